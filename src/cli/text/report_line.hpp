// The layout of the reports on the command line: a label and its text. Layer 5.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "cli/option/units.hpp"

namespace amend::cli {

/// "  rows      528 read". A line without a label continues the previous one.
inline std::string line(std::string_view label, std::string_view text) {
  return fmt::format("  {:<9} {}\n", label, text);
}

/// "1 row", "1,200 rows".
inline std::string plural(std::uint64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", show_count(number), noun, number == 1 ? "" : "s");
}

/// The complete `text`, with unprintable characters escaped.
inline std::string whole(std::string_view text) { return printable(text, 4 * text.size() + 4); }

}  // namespace amend::cli
