#include "wonder/dial_codes.hpp"

#include "row/ascii.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace amend::wonder {
namespace {

constexpr std::array<std::uint16_t, 216> country_codes{
    1,   7,   20,  27,  30,  31,  32,  33,  34,  36,  39,  40,  41,  43,  44,  45,  46,  47,  48,  49,  51,  52,
    53,  54,  55,  56,  57,  58,  60,  61,  62,  63,  64,  65,  66,  81,  82,  84,  86,  90,  91,  92,  93,  94,
    95,  98,  211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234,
    235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256,
    257, 258, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 290, 291, 297, 298, 299, 350, 351, 352, 353, 354,
    355, 356, 357, 358, 359, 370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 380, 381, 382, 383, 385, 386, 387,
    389, 420, 421, 423, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 590, 591, 592, 593, 594, 595, 596, 597,
    598, 599, 670, 672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691,
    692, 800, 808, 850, 852, 853, 855, 856, 870, 878, 880, 881, 882, 883, 886, 888, 960, 961, 962, 963, 964, 965,
    966, 967, 968, 970, 971, 972, 973, 974, 975, 976, 977, 979, 992, 993, 994, 995, 996, 998};
static_assert(std::ranges::is_sorted(country_codes));
static_assert(std::ranges::none_of(country_codes, [](std::uint16_t code) {
  return std::ranges::binary_search(country_codes, static_cast<std::uint16_t>(code / 10)) ||
         std::ranges::binary_search(country_codes, static_cast<std::uint16_t>(code / 100));
}));

constexpr std::size_t digits_max = 3;
constexpr std::string_view no_break_space = "\xC2\xA0";

// The number of digits of the country code at the start; 0: there is no code.
std::size_t country_code_length(std::string_view digits) noexcept {
  std::uint16_t code = 0;
  for (std::size_t n = 0; n < std::min(digits.size(), digits_max) && is_ascii_digit(digits[n]); ++n) {
    code = static_cast<std::uint16_t>(code * 10 + (digits[n] - '0'));
    if (code == 0) break;
    if (std::ranges::binary_search(country_codes, code)) return n + 1;
  }
  return 0;
}

std::string_view without_separators(std::string_view text) noexcept {
  for (;;) {
    if (!text.empty() && std::string_view(" -./").find(text.front()) != std::string_view::npos) {
      text.remove_prefix(1);
    } else if (text.starts_with(no_break_space)) {
      text.remove_prefix(no_break_space.size());
    } else {
      return text;
    }
  }
}

std::string_view digits_of(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<DialedNumber> split_dialed_number(std::string_view phone) noexcept {
  if (!phone.starts_with('+')) return std::nullopt;
  const std::size_t length = country_code_length(phone.substr(1));
  if (length == 0) return std::nullopt;
  const std::string_view number = without_separators(phone.substr(1 + length));
  if (std::ranges::none_of(number, is_ascii_digit)) return std::nullopt;
  return DialedNumber(phone.substr(0, 1 + length), number);
}

bool same_dial_code(std::string_view written, std::string_view dial_code) noexcept {
  return digits_of(written) == digits_of(dial_code);
}

}  // namespace amend::wonder
