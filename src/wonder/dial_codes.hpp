// Splits international telephone numbers into the country code and the rest. Pure.
//
// No country code begins with another one, so the split is unambiguous.
//
// Threads: any. Source: layer 1. The country codes that ITU-T Recommendation E.164 assigns (list of November 2016 with
// its amendments), global services included.
#pragma once

#include <optional>
#include <string_view>

namespace amend::wonder {

/// The parts of the text, as views into it.
class DialedNumber {
 public:
  DialedNumber(std::string_view dial_code_, std::string_view number_) noexcept
      : dial_code(dial_code_), number(number_) {}

  std::string_view dial_code;  ///< "+852"
  std::string_view number;     ///< what follows, without the separators between: "1234 5678"
};

/// Splits a `phone` that begins with '+' and a country code, and has a digit after it; otherwise nullopt. Spaces (also
/// no-break spaces), hyphens, dots and slashes directly after the code are dropped. The rest stays as it is: "+1 (212)
/// 555-0100" becomes "+1" and "(212) 555-0100". A number that begins with 00 is not split, because it is not
/// international everywhere.
std::optional<DialedNumber> split_dialed_number(std::string_view phone) noexcept;

/// Whether a dial_code as people write it ("852", "+852 ") equals this one ("+852").
bool same_dial_code(std::string_view written, std::string_view dial_code) noexcept;

}  // namespace amend::wonder
