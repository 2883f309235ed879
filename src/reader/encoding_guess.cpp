#include "reader/encoding_guess.hpp"

#include <cstddef>

namespace amend {
namespace {

bool in(unsigned char byte, unsigned low, unsigned high) noexcept { return byte >= low && byte <= high; }

bool is_second_half(unsigned char byte) noexcept { return in(byte, 0x40, 0x7E) || in(byte, 0x80, 0xFE); }

}  // namespace

void EncodingGuess::take(std::string_view raw) noexcept {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const auto lead = static_cast<unsigned char>(raw[i]);
    if (lead < 0x80) continue;
    const auto trail = static_cast<unsigned char>(i + 1 < raw.size() ? raw[i + 1] : '\0');
    ++units_;
    if (lead >= 0xC0 && trail < 0x80) ++letters_;
    if (in(lead, 0xB0, 0xF7) && trail >= 0xA1) ++gb2312_;
    if (in(lead, 0xA4, 0xC6) && (in(trail, 0x40, 0x7E) || trail >= 0xA1)) ++big5_common_;
    if (is_second_half(trail)) ++i;
  }
}

// Chinese first: the second half of a Big5 character is often an ASCII letter, and then looks like windows-1252.
std::string_view EncodingGuess::name() const noexcept {
  const auto at_least = [this](std::uint64_t count, unsigned percent) {
    return units_ > 0 && count * 100 >= units_ * percent;
  };
  if (at_least(gb2312_, 90)) return "gbk";
  if (at_least(big5_common_, 75)) return "big5";
  if (at_least(letters_, 75)) return "windows-1252";
  return {};
}

}  // namespace amend
