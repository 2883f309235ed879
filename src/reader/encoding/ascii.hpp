// Reads ASCII digits at the start of a text. Pure. Layer 1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "row/ascii.hpp"

namespace amend {

/// Removes the digits at the start of `rest` and returns them.
inline std::string_view take_ascii_digits(std::string_view& rest) noexcept {
  const std::size_t size = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_ascii_digit) - rest.begin());
  const std::string_view digits = rest.substr(0, size);
  rest.remove_prefix(size);
  return digits;
}

}  // namespace amend
