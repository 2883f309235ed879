// Writes CSV cells, and names the byte order mark with which spreadsheets begin UTF-8 files. Pure. Layer 0.
#pragma once

#include <string>
#include <string_view>

namespace amend {

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Appends the cell as in RFC 4180, in quotes when it needs them.
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
