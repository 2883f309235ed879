// Hexadecimal digits. Layer 0: pure.
#pragma once

#include <string>
#include <string_view>

#include "row/ascii.hpp"

namespace amend {

inline constexpr std::string_view hex_digits = "0123456789abcdef";
inline constexpr std::string_view capital_hex_digits = "0123456789ABCDEF";

/// 0 … 15; -1 for any other character.
constexpr int hex_value(char c) noexcept {
  if (is_ascii_digit(c)) return c - '0';
  const char l = ascii_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

constexpr bool is_hex_digit(char c) noexcept {
  const char l = ascii_lower(c);
  return is_ascii_digit(c) || (l >= 'a' && l <= 'f');
}

/// Two digits of `digits`.
inline void append_hex(std::string& out, unsigned char byte, std::string_view digits = hex_digits) {
  out += {digits[byte >> 4], digits[byte & 15]};
}

}  // namespace amend
