// What programs leave in values: words for "no value", errors of spreadsheets, escapes. Layer 1: pure; needs valid
// UTF-8.
#pragma once

#include <string_view>

namespace amend {

/// "\N", "(null)", "N/A": no person and no company has such a name.
bool is_null_mark(std::string_view value) noexcept;

/// "NULL", "none", "nan" in any letter case.
bool is_null_word(std::string_view value) noexcept;

/// The same where a name is meant: "Nan" and "Nil" are names of people, "nan" and "NIL" are more likely a program's
/// words. "Null" is both.
bool is_null_as_name(std::string_view value) noexcept;

/// TRUE or FALSE in the languages that spreadsheets write.
bool is_boolean(std::string_view value) noexcept;

/// "#NAME?", "#DIV/0!", "#N/A" in any language, a column of #, and "Err:502".
bool is_error_value(std::string_view value) noexcept;

/// The number of a spreadsheet that has room for a few digits only: "8.5E+11", "8,52913e11".
bool is_scientific(std::string_view text) noexcept;

/// An escape of a database: \", \', \\, \n, or a backslash at the end.
bool has_backslash_escape(std::string_view value) noexcept;

/// A character reference of HTML: "&amp;", "&#39;".
bool has_entity(std::string_view value) noexcept;

}  // namespace amend
