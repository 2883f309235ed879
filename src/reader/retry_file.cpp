#include "reader/retry_file.hpp"

#include <algorithm>

#include "reader/csv/csv_parser.hpp"
#include "row/own_column.hpp"

namespace amend {

bool is_retry_header(std::string_view line) {
  if (line.find("amend_line") == std::string_view::npos) return false;
  const std::size_t room = line.size() + 1;
  CsvParser parser(',', room, room);
  Record header;
  if (parser.parse(line, header) != CsvParser::Stop::record && parser.finish(header) != CsvParser::Stop::record)
    return false;
  if (header.fault()) return false;
  for (std::size_t i = 0; i < header.size(); ++i)
    if (header.field(i) == "amend_line") return true;
  return false;
}

bool is_retry_line(std::string_view line) noexcept {
  const std::string_view end = line.substr(line.size() - std::min(line.size(), own_bytes_max));
  return end.find("\"amend_line\":") != std::string_view::npos;
}

}  // namespace amend
