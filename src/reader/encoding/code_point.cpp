#include "reader/encoding/code_point.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace amend {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

bool lies_in(char32_t point, std::span<const Range> ranges) noexcept {
  return std::ranges::any_of(ranges, [&](const Range& range) { return point >= range.first && point <= range.last; });
}

constexpr std::array spaces{Range{0x09, 0x0D},     Range{0x20, 0x20},     Range{0x85, 0x85},     Range{0xA0, 0xA0},
                            Range{0x1680, 0x1680}, Range{0x2000, 0x200A}, Range{0x2028, 0x2029}, Range{0x202F, 0x202F},
                            Range{0x205F, 0x205F}, Range{0x3000, 0x3000}};

constexpr std::array direction_marks{Range{0x061C, 0x061C}, Range{0x200E, 0x200F}, Range{0x202A, 0x202E},
                                     Range{0x2066, 0x206F}};

// The variation selectors are not in it: they belong to the character before them.
constexpr std::array invisible_besides{
    Range{0xAD, 0xAD},     Range{0x034F, 0x034F}, Range{0x115F, 0x1160}, Range{0x180E, 0x180E}, Range{0x200B, 0x200D},
    Range{0x2060, 0x2065}, Range{0x3164, 0x3164}, Range{0xFEFF, 0xFEFF}, Range{0xFFA0, 0xFFA0}, Range{0xFFF9, 0xFFFB}};

constexpr std::array joined_scripts{Range{0x0600, 0x07FF}, Range{0x0840, 0x0DFF},   Range{0x1000, 0x109F},
                                    Range{0x1780, 0x18AF}, Range{0x1900, 0x1CFF},   Range{0x2190, 0x2BFF},
                                    Range{0xA800, 0xABFF}, Range{0xFB50, 0xFDFF},   Range{0xFE00, 0xFE0F},
                                    Range{0xFE70, 0xFEFC}, Range{0x10A00, 0x11FFF}, Range{0x1F000, 0x1FAFF}};

constexpr std::array right_to_left{Range{0x0590, 0x08FF}, Range{0xFB1D, 0xFDFF}, Range{0xFE70, 0xFEFC},
                                   Range{0x10800, 0x10FFF}, Range{0x1E800, 0x1EFFF}};

constexpr std::array unspaced_scripts{Range{0x0E00, 0x0EFF}, Range{0x1000, 0x109F}, Range{0x1780, 0x17FF},
                                      Range{0x19E0, 0x1AAF}, Range{0xA9E0, 0xA9FF}, Range{0xAA60, 0xAADF}};

// The zeros of the scripts. Each is followed by its digits 1 to 9.
constexpr std::array<char32_t, 21> zeros{0x30,   0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66,
                                         0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
                                         0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10};

}  // namespace

char32_t last_code_point(std::string_view text, std::size_t& size) noexcept {
  size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[text.size() - size]) & 0xC0) == 0x80) ++size;
  std::string_view last = text.substr(text.size() - size);
  return take_code_point(last);
}

bool is_space(char32_t point) noexcept { return lies_in(point, spaces); }

bool is_invisible(char32_t point) noexcept {
  return point >= 0xAD &&
         (is_direction_mark(point) || lies_in(point, invisible_besides) || (point >= 0xE0000 && point <= 0xE007F));
}

bool is_direction_mark(char32_t point) noexcept { return lies_in(point, direction_marks); }

bool takes_joiners(char32_t point) noexcept { return lies_in(point, joined_scripts); }

bool runs_right_to_left(char32_t point) noexcept { return lies_in(point, right_to_left); }

bool breaks_without_spaces(char32_t point) noexcept { return lies_in(point, unspaced_scripts); }

bool is_digit(char32_t point) noexcept {
  return std::ranges::any_of(zeros, [&](char32_t zero) { return point >= zero && point < zero + 10; });
}

}  // namespace amend
