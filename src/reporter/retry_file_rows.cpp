#include "reporter/retry_file_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "reader/csv/csv_parser.hpp"
#include "row/csv_cell.hpp"
#include "row/json_text.hpp"
#include "row/own_column.hpp"

namespace amend {
namespace {

constexpr std::size_t raw_bytes_max = 4096;

// RFC 4180 §2.
constexpr std::string_view crlf = "\r\n";

std::string_view first_bytes(std::string_view raw) {
  if (raw.size() <= raw_bytes_max) return raw;
  std::size_t end = raw_bytes_max;
  while (end > raw_bytes_max - 4 && (static_cast<unsigned char>(raw[end]) & 0xC0) == 0x80) --end;
  return raw.substr(0, end);
}

void append_readable_cell(std::string& out, std::string_view text) {
  std::string readable;
  append_readable(readable, text);
  append_csv_cell(out, readable);
}

// Codes of rows that a parser refuses. Their text may be cut (Record::raw).
bool is_parser_code(std::string_view code) {
  return code.starts_with("input.csv.") || code.starts_with("input.row.") || code.starts_with("input.json.") ||
         code == "input.nul" || code == "input.utf8";
}

// Text that may look like a row and must not be written as one: it is inside a damaged quote, has a row in a value, was
// read in the wrong encoding, or was cut and so may have a shorter last value. A cut at a UTF-8 boundary leaves up to
// four bytes less.
bool only_looks_like_a_row(std::string_view raw, const Reason* reason) {
  constexpr std::array<std::string_view, 3> never{"input.csv.damaged", "input.csv.swallowed_row", "input.encoding"};
  if (reason && std::ranges::find(never, std::string_view(reason->code)) != never.end()) return true;
  if (!reason || !is_parser_code(reason->code)) return false;
  return raw.size() + 4 >= raw_bytes_max && raw.size() <= raw_bytes_max;
}

bool is_json_object(std::string_view raw) {
  boost::json::error_code error;
  const boost::json::value value = boost::json::parse(boost::json::string_view(raw.data(), raw.size()), error);
  return !error && value.is_object();
}

// Index behind the string that begins at `begin`.
std::size_t string_end(std::string_view json, std::size_t begin) {
  std::size_t i = begin + 1;
  while (json[i] != '"') i += json[i] == '\\' ? 2 : 1;
  return i + 1;
}

bool is_own_member(std::string_view member) {
  const std::size_t begin = member.find('"');
  const std::string_view key = member.substr(begin, string_end(member, begin) - begin);
  if (key.find('\\') == std::string_view::npos) return key.substr(1).starts_with(own_prefix);
  const boost::json::value text = boost::json::parse(boost::json::string_view(key.data(), key.size()));
  return std::string_view(text.get_string().data(), text.get_string().size()).starts_with(own_prefix);
}

// The text of each member of a valid JSON object, white space included, so that joining them with commas gives the
// original bytes again: numbers must not be converted.
std::vector<std::string_view> members_of(std::string_view object) {
  std::vector<std::string_view> members;
  std::size_t begin = object.find('{') + 1;
  const std::size_t end = object.rfind('}');
  int depth = 0;
  std::size_t i = begin;
  while (i < end) {
    const char c = object[i];
    if (c == '"') {
      i = string_end(object, i);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == ',' && depth == 0) {
      members.push_back(object.substr(begin, i - begin));
      begin = i + 1;
    }
    ++i;
  }
  const std::string_view last = object.substr(begin, end - begin);
  if (last.find('"') != std::string_view::npos) members.push_back(last);
  return members;
}

void append_foreign_members(std::string& out, std::string_view object) {
  for (const std::string_view member : members_of(object)) {
    if (is_own_member(member)) continue;
    out += member;
    out += ',';
  }
}

}  // namespace

RetryFileRows::RetryFileRows(InputLayout layout, RetryFileKind kind) : layout_(std::move(layout)), kind_(kind) {
  for (std::size_t i = 0; i < layout_.header.size(); ++i) {
    if (!is_own_column(layout_.header[i])) kept_.push_back(i);
  }
}

void RetryFileRows::append_header(std::string& out) const {
  if (layout_.format == Format::ndjson) return;
  // By this mark a spreadsheet reads the file as UTF-8, and amend does too, whatever the options of the run were.
  out += byte_order_mark;
  for (const std::size_t i : kept_) {
    append_csv_cell(out, layout_.header[i]);
    out += ',';
  }
  out += "amend_line";
  if (kind_ != RetryFileKind::unsent) out += ",amend_error_code,amend_error";
  if (kind_ != RetryFileKind::sent) out += ",amend_raw";
  out += crlf;
}

void RetryFileRows::append_row(std::string& out, std::uint64_t line, std::string_view raw, const Reason* reason) {
  if (layout_.format == Format::ndjson) {
    append_json(out, line, raw, reason);
  } else {
    append_csv(out, line, raw, reason);
  }
}

void RetryFileRows::append_csv(std::string& out, std::uint64_t line, std::string_view raw, const Reason* reason) {
  const bool doubtful = kind_ != RetryFileKind::sent && only_looks_like_a_row(raw, reason);
  const bool ragged = reason && reason->code == "input.csv.columns";
  const bool parsed = !doubtful && !ragged && parse_cells(raw);
  if (!parsed && kind_ == RetryFileKind::sent) {
    throw std::logic_error(fmt::format("line {}: amend sent this row, but now cannot parse the row again", line));
  }
  for (const std::size_t i : kept_) {
    if (parsed) append_csv_cell(out, record_.field(i));
    out += ',';
  }
  out += std::to_string(line);
  if (kind_ != RetryFileKind::unsent) {
    out += ',';
    if (reason) append_readable_cell(out, reason->code);
    out += ',';
    if (reason) append_readable_cell(out, reason->text);
  }
  if (kind_ != RetryFileKind::sent) {
    out += ',';
    if (!parsed) append_readable_cell(out, first_bytes(raw));
  }
  out += crlf;
}

void RetryFileRows::append_json(std::string& out, std::uint64_t line, std::string_view raw,
                                const Reason* reason) const {
  const bool doubtful = kind_ != RetryFileKind::sent && only_looks_like_a_row(raw, reason);
  const bool parsed = !doubtful && is_json_object(raw);
  out += '{';
  if (parsed) append_foreign_members(out, raw);
  out += "\"amend_line\":" + std::to_string(line);
  if (reason && kind_ != RetryFileKind::unsent) {
    out += ",\"amend_error_code\":";
    append_json_string(out, reason->code);
    out += ",\"amend_error\":";
    append_json_string(out, reason->text);
  }
  if (!parsed) {
    out += ",\"amend_raw\":";
    append_json_string(out, first_bytes(raw));
  }
  out += "}\n";
}

bool RetryFileRows::parse_cells(std::string_view raw) {
  // The reader has applied the limits of the run. These only have to be large enough.
  const std::size_t room = raw.size() + layout_.header.size() + 16;
  CsvParser parser(layout_.delimiter, room, room);
  auto stop = parser.parse(raw, record_);
  if (stop == CsvParser::Stop::need_input) stop = parser.finish(record_);
  const bool whole = stop == CsvParser::Stop::record && raw.empty();
  if (!whole || record_.fault()) return false;
  // When retry files were concatenated, the rows of the second may have another number of amend's own columns at the
  // end.
  const bool own_at_end = !kept_.empty() && kept_.size() < layout_.header.size() && kept_.back() + 1 == kept_.size();
  return own_at_end ? record_.size() >= kept_.size() : record_.size() == layout_.header.size();
}

}  // namespace amend
