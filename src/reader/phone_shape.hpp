// What a telephone number looks like, and what spreadsheets make of one. Layer 1: pure; needs valid UTF-8.
#pragma once

#include <string_view>

namespace amend {

/// A number with a decimal point, thousands separators or a sign: "85291234567.0", "85,291,234,567", "-12382".
bool is_formatted_number(std::string_view text) noexcept;

/// A date or a time, in figures or with a month's name: "2026-05-12", "12/05/2026", "12-May", "5月12日", "12:30:00".
bool is_date(std::string_view text) noexcept;

/// Two numbers, each long enough to be dialled: "+852 9123 4567 ::: +852 2123 4567". An extension is not one.
bool has_several_phones(std::string_view text) noexcept;

/// Digits of any script.
unsigned count_digits(std::string_view text) noexcept;

/// Digits and what people write between them, seven or more, or six behind a '+'.
bool looks_like_phone(std::string_view text) noexcept;

}  // namespace amend
