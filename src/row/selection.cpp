#include "amend/row/selection.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "amend/error.hpp"
#include "row/xxh3.hpp"

namespace amend {
namespace {

constexpr std::string_view send_word = "send ";
constexpr std::string_view superseded_word = "superseded ";
constexpr std::string_view end_word = "end ";

void append(std::string& out, std::string_view word, const RowSet& rows) {
  for (std::uint64_t first = 0; first < rows.end(); ++first) {
    if (!rows.contains(first)) continue;
    std::uint64_t last = first;
    while (rows.contains(last + 1)) ++last;
    out += fmt::format("{}{}", word, first);
    if (last != first) out += fmt::format("-{}", last);
    out += '\n';
    first = last;
  }
}

std::string seal_of(std::string_view lines) { return fmt::format("{}{:016x}\n", end_word, xxh3(lines)); }

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

// Reads "17" or "20-45". The checksum was correct, so a fault here means that another program wrote the text.
bool insert(RowSet& rows, std::string_view range) {
  const std::size_t dash = range.find('-');
  const auto first = number(range.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number(range.substr(dash + 1));
  if (!first || !last || *first > *last) return false;
  for (std::uint64_t row = *first; row <= *last; ++row)
    if (!rows.insert(row)) return false;
  return true;
}

bool take_line(Selection& selection, std::string_view line) {
  if (line.starts_with(send_word)) return insert(selection.to_send, line.substr(send_word.size()));
  if (line.starts_with(superseded_word)) return insert(selection.superseded, line.substr(superseded_word.size()));
  return false;
}

}  // namespace

std::string to_text(const Selection& selection) {
  std::string out;
  append(out, send_word, selection.to_send);
  append(out, superseded_word, selection.superseded);
  return out + seal_of(out);
}

Selection parse_selection(std::string_view text, const std::string& file) {
  const auto refuse = [&file] {
    throw InputError(
        printable(file) +
        ": this file is damaged, or amend did not write it. amend cannot know which rows to retry. Restore the file");
  };
  const std::size_t seal = text.starts_with(end_word) ? 0 : text.rfind("\nend ") + 1;
  const std::string_view lines = text.substr(0, seal);
  if (text.substr(seal) != seal_of(lines)) refuse();
  Selection selection;
  for (std::string_view rest = lines; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (!take_line(selection, rest.substr(0, end))) refuse();
    rest.remove_prefix(end + 1);
  }
  return selection;
}

}  // namespace amend
