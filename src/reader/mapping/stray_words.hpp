// Recognises what programs leave in values: words for "no value", errors of spreadsheets, escapes. The text is valid
// UTF-8. Pure. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// Whether it is a mark such as "\N", "(null)", "N/A", which is never a name.
bool is_null_mark(std::string_view value) noexcept;

/// Whether it is "NULL", "none" or "nan" in any letter case.
bool is_null_word(std::string_view value) noexcept;

/// Whether such a word is more likely a program's word than a name. "Nan" and "Nil" are names of people; "nan" and
/// "NIL" are probably not. "Null" may be either.
bool is_null_as_name(std::string_view value) noexcept;

/// Whether it is TRUE or FALSE in the languages of spreadsheets.
bool is_boolean(std::string_view value) noexcept;

/// Whether it is "#NAME?", "#DIV/0!", "#N/A" in any language, a column of #, or "Err:502".
bool is_error_value(std::string_view value) noexcept;

/// Whether it is a number that a spreadsheet shortened: "8.5E+11", "8,52913e11".
bool is_scientific(std::string_view text) noexcept;

/// Whether it has an escape of a database: \", \', \\, \n, or a backslash at the end.
bool has_backslash_escape(std::string_view value) noexcept;

/// Whether it has a character reference of HTML: "&amp;", "&#39;".
bool has_entity(std::string_view value) noexcept;

}  // namespace amend
