// Characters of UTF-8 text, one by one, and what they are good for. Layer 1: pure.
//
// Source: the Unicode Character Database 15.0 (General_Category Nd, Cf and Zs, Script, Bidi_Class).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace amend {

/// Takes the first character off `rest`, which is not empty and valid UTF-8.
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

/// The last character of the text, which is not empty and valid UTF-8; `size`: its bytes.
char32_t last_code_point(std::string_view text, std::size_t& size) noexcept;

/// White space of any width.
bool is_space(char32_t point) noexcept;

/// Leaves no mark of its own and is no space: joiners, direction marks, the byte order mark, the soft hyphen.
bool is_invisible(char32_t point) noexcept;

/// U+200C and U+200D: they shape the letters beside them.
constexpr bool is_joiner(char32_t point) noexcept { return point == 0x200C || point == 0x200D; }

/// Marks and embeddings that say which way text runs.
bool is_direction_mark(char32_t point) noexcept;

/// A letter of a script, or a sign, that is written with joiners: Arabic, Indic, Khmer, emoji.
bool takes_joiners(char32_t point) noexcept;

/// A letter of a script that is written from right to left.
bool runs_right_to_left(char32_t point) noexcept;

/// A letter of a script without spaces between words, where U+200B stands for them: Thai, Lao, Khmer, Burmese.
bool breaks_without_spaces(char32_t point) noexcept;

/// A decimal digit of any script.
bool is_digit(char32_t point) noexcept;

}  // namespace amend
