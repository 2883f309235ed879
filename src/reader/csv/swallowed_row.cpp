#include "reader/csv/swallowed_row.hpp"

#include <algorithm>
#include <string_view>

#include "amend/wonder/customer_schema.hpp"

namespace amend {
namespace {

constexpr std::size_t columns_told_apart = 3;  // a single separator occurs in many texts
constexpr std::size_t uuid_size = 36;

// Removes a line and its end from the text, and returns the line.
std::string_view take_line(std::string_view& text) noexcept {
  const std::size_t size = std::min(text.find_first_of("\r\n"), text.size());
  const std::string_view line = text.substr(0, size);
  text.remove_prefix(size);
  if (!text.empty()) text.remove_prefix(text.starts_with("\r\n") ? 2 : 1);
  return line;
}

bool has_id_cell(std::string_view line, char delimiter) noexcept {
  for (;;) {
    const std::size_t size = std::min(line.find(delimiter), line.size());
    std::string_view cell = line.substr(0, size);
    while (cell.starts_with(' ') || cell.starts_with('"')) cell.remove_prefix(1);
    while (cell.ends_with(' ') || cell.ends_with('"')) cell.remove_suffix(1);
    if (wonder::is_uuid(cell)) return true;
    if (size == line.size()) return false;
    line.remove_prefix(size + 1);
  }
}

bool looks_like_row(std::string_view line, std::size_t columns, char delimiter) noexcept {
  if (wonder::is_uuid(line.substr(0, uuid_size)) || has_id_cell(line, delimiter)) return true;
  const auto separators = static_cast<std::size_t>(std::ranges::count(line, delimiter));
  return columns >= columns_told_apart && separators + 1 == columns;
}

std::uint64_t count_line_ends(std::string_view text) noexcept {
  std::uint64_t count = 0;
  while (text.find_first_of("\r\n") != std::string_view::npos) {
    take_line(text);
    ++count;
  }
  return count;
}

}  // namespace

std::optional<std::uint64_t> swallowed_row(const Record& record, std::size_t columns, char delimiter) noexcept {
  std::uint64_t line = record.position().line;
  for (std::size_t i = 0; i < std::min(record.size(), columns); ++i) {
    std::string_view rest = record.field(i);
    const std::uint64_t last = line + count_line_ends(rest);
    take_line(rest);
    while (line < last) {
      ++line;
      if (looks_like_row(take_line(rest), columns, delimiter)) return line;
    }
  }
  return std::nullopt;
}

}  // namespace amend
