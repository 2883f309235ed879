#include "reader/mapping/column_name.hpp"

#include "reader/encoding/ascii.hpp"
#include "row/csv_cell.hpp"

namespace amend {
namespace {

// The length of a separator at the start; 0: there is none. Spreadsheets and people put separators between words, and
// leave them unseen at the ends.
std::size_t separator_length(std::string_view text) noexcept {
  constexpr std::string_view separators = " \t\r\n_-";
  if (separators.find(text.front()) != std::string_view::npos) return 1;
  if (text.starts_with("\xC2\xA0")) return 2;  // no-break space
  return text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
}

std::string_view from_next_letter(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = separator_length(text);
    if (length == 0) break;
    text.remove_prefix(length);
  }
  return text;
}

}  // namespace

bool same_column(std::string_view a, std::string_view b) noexcept {
  for (;;) {
    a = from_next_letter(a);
    b = from_next_letter(b);
    if (a.empty() || b.empty()) return a.empty() && b.empty();
    if (ascii_lower(a.front()) != ascii_lower(b.front())) return false;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
}

}  // namespace amend
