// A text without what is blank around it. Layer 0: pure.
#pragma once

#include <string_view>

namespace amend {

/// Without those characters at both ends that are in `blanks`.
constexpr std::string_view without_blanks(std::string_view text, std::string_view blanks = " \t") noexcept {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace amend
