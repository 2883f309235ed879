// Recognises telephone numbers, and what spreadsheets make of them. The text is valid UTF-8. Pure. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// Whether it is a number with a decimal point, thousands separators or a sign: "85291234567.0", "85,291,234,567",
/// "-12382".
bool is_formatted_number(std::string_view text) noexcept;

/// Whether it is a date or a time, in figures or with a month: "2026-05-12", "12/05/2026", "12-May", "5月12日",
/// "12:30:00".
bool is_date(std::string_view text) noexcept;

/// Whether it has two numbers, each long enough to dial: "+852 9123 4567 ::: +852 2123 4567". An extension does not
/// count.
bool has_several_phones(std::string_view text) noexcept;

/// Counts the digits of any script.
unsigned count_digits(std::string_view text) noexcept;

/// Whether it has only digits and what people write between them: seven digits or more, or six after a '+'.
bool looks_like_phone(std::string_view text) noexcept;

}  // namespace amend
