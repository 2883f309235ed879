#include <string>

#include "reader/json/ndjson.hpp"
#include "reader/mapping/row_faults.hpp"

namespace amend {
namespace {

bool is_blank(std::string_view line) noexcept { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

}  // namespace

LineSplitter::LineSplitter(std::size_t line_bytes_max, Position start)
    : line_bytes_max_(line_bytes_max), next_row_(start.row), line_(start.line), offset_(start.byte) {}

LineSplitter::Stop LineSplitter::parse(std::string_view& input, Record& out) {
  while (!input.empty()) {
    if (!in_line_) begin_line(out);
    const std::size_t line_end = input.find('\n');
    const std::string_view bytes = input.substr(0, line_end);
    keep(bytes, out);
    offset_ += bytes.size();
    input.remove_prefix(bytes.size());
    if (line_end == std::string_view::npos) break;
    input.remove_prefix(1);
    ++offset_;
    ++line_;
    if (end_line(out)) return Stop::record;
  }
  return Stop::need_input;
}

LineSplitter::Stop LineSplitter::finish(Record& out) { return in_line_ && end_line(out) ? Stop::record : Stop::end; }

void LineSplitter::begin_line(Record& out) {
  out.clear();
  out.set_position(Position(next_row_, line_, offset_));
  in_line_ = true;
  ended_in_cr_ = false;
  line_bytes_ = 0;
}

// Keeps one byte above the limit, as it may be the CR of the line end.
void LineSplitter::keep(std::string_view bytes, Record& out) noexcept {
  if (bytes.empty()) return;
  const std::size_t room = line_bytes_max_ + 1 - out.raw().size();
  out.raw().append(bytes.substr(0, room));
  ended_in_cr_ = bytes.back() == '\r';
  line_bytes_ += bytes.size();
}

bool LineSplitter::end_line(Record& out) {
  in_line_ = false;
  const std::uint64_t bytes = line_bytes_ - (ended_in_cr_ ? 1 : 0);
  if (bytes > line_bytes_max_) {
    ++next_row_;
    refuse_row(out, row_fault("input.row.too_large", "longer than " + std::to_string(line_bytes_max_) + " bytes"));
    return true;
  }
  out.raw().resize(bytes);
  if (is_blank(out.raw())) return false;
  ++next_row_;
  return true;
}

}  // namespace amend
