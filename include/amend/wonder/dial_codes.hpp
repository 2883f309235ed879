// Telephone numbers in international form, taken apart into country code and the rest. Layer 1: pure; any thread.
//
// Source: the country codes of ITU-T Recommendation E.164 that are assigned (list of November 2016 with its
// amendments), those for global services among them. No code begins with another one, so there is never a choice to
// make.
#pragma once

#include <optional>
#include <string_view>

namespace amend::wonder {

/// Pieces of the text that was split.
class DialedNumber {
 public:
  DialedNumber(std::string_view dial_code_, std::string_view number_) noexcept
      : dial_code(dial_code_), number(number_) {}

  std::string_view dial_code;  ///< "+852"
  std::string_view number;     ///< what follows, without the separators between: "1234 5678"
};

/// `phone` begins with '+' and a country code, and a digit follows somewhere; else nullopt. Spaces (also no-break
/// ones), hyphens, dots and slashes directly behind the code are dropped, everything else is left as it is:
/// "+1 (212) 555-0100" is "+1" and "(212) 555-0100". A number that begins with 00 is not international to everybody: it
/// is not split.
std::optional<DialedNumber> split_dialed_number(std::string_view phone) noexcept;

/// Whether a dial_code as people write it ("852", "+852 ") is this one ("+852").
bool same_dial_code(std::string_view written, std::string_view dial_code) noexcept;

}  // namespace amend::wonder
