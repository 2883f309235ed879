// What amend writes as CSV, and what a UTF-8 file of a spreadsheet begins with. Layer 0: pure.
#pragma once

#include <string>
#include <string_view>

namespace amend {

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Adds the cell as RFC 4180 has it between commas: in quotes where it needs them.
inline void append_csv_cell(std::string& out, std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

}  // namespace amend
