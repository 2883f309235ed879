// Properties of the characters of UTF-8 text. Pure. Layer 1.
//
// Source: the Unicode Character Database 15.0 (General_Category Nd, Cf and Zs, Script, Bidi_Class).
#pragma once

#include <cstddef>
#include <string_view>

namespace amend {

/// Removes the first character from `rest`, which is valid UTF-8 and not empty.
inline char32_t take_code_point(std::string_view& rest) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(rest[i])); };
  const char32_t first = byte(0);
  std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (size > rest.size()) size = rest.size();
  char32_t point = size == 1 ? first : first & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) point = point << 6 | (byte(i) & 0x3F);
  rest.remove_prefix(size);
  return point;
}

/// The last character of the text, which is valid UTF-8 and not empty. `size` becomes its length in bytes.
char32_t last_code_point(std::string_view text, std::size_t& size) noexcept;

/// Whether it is white space of any width.
bool is_space(char32_t point) noexcept;

/// Whether it is invisible and not a space: joiners, direction marks, the byte order mark, the soft hyphen.
bool is_invisible(char32_t point) noexcept;

/// Whether it is U+200C or U+200D, which shape the letters beside them.
constexpr bool is_joiner(char32_t point) noexcept { return point == 0x200C || point == 0x200D; }

/// Whether it is a mark or an embedding that sets the direction of text.
bool is_direction_mark(char32_t point) noexcept;

/// Whether its script, or its kind of sign, is written with joiners: Arabic, Indic, Khmer, emoji.
bool takes_joiners(char32_t point) noexcept;

/// Whether its script is written from right to left.
bool runs_right_to_left(char32_t point) noexcept;

/// Whether its script has no spaces between words and uses U+200B instead: Thai, Lao, Khmer, Burmese.
bool breaks_without_spaces(char32_t point) noexcept;

/// Whether it is a decimal digit of any script.
bool is_digit(char32_t point) noexcept;

}  // namespace amend
