// Letters and digits of ASCII, in every locale. Layer 1: pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace amend {

constexpr bool is_ascii_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr bool is_ascii_letter(char c) noexcept { return is_ascii_lower(ascii_lower(c)); }

/// The digits at the start, taken off.
inline std::string_view take_ascii_digits(std::string_view& rest) noexcept {
  const std::size_t size = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_ascii_digit) - rest.begin());
  const std::string_view digits = rest.substr(0, size);
  rest.remove_prefix(size);
  return digits;
}

}  // namespace amend
