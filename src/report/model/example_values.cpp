#include "report/model/example_values.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "amend/error.hpp"
#include "amend/reader/source.hpp"

namespace amend::report {
namespace {

constexpr std::string_view line_column = "amend_line";

// Column and cell, without amend's own.
using Cells = std::vector<std::pair<std::string, std::string>>;

std::string name_of(const Source& source, const Record& record, std::size_t i) {
  if (source.format() == Format::ndjson) return std::string(record.name(i));
  return i < source.header().size() ? source.header()[i] : std::string();
}

void take_row(const Source& source, const Record& record, std::multimap<std::string, ErrorGroup*>& wanted) {
  Cells cells;
  std::string line;
  for (std::size_t i = 0; i < record.size(); ++i) {
    std::string name = name_of(source, record, i);
    if (name == line_column) line = std::string(record.field(i));
    if (!name.starts_with("amend_")) cells.emplace_back(std::move(name), std::string(record.field(i)));
  }
  const auto [begin, end] = wanted.equal_range(line);
  for (auto at = begin; at != end; ++at) at->second->values = cells;
}

void take_file(const std::string& path, std::multimap<std::string, ErrorGroup*>& wanted) {
  InputConfig config;
  config.file = path;
  config.delimiter = ',';  // retry files have it, whatever the input has
  const auto source = open_source(config);
  Record record;
  while (source->next(record))
    if (!record.fault()) take_row(*source, record, wanted);
}

}  // namespace

void add_example_values(const std::string& directory, std::vector<ErrorGroup>& errors) {
  std::multimap<std::string, ErrorGroup*> wanted;
  for (ErrorGroup& error : errors) wanted.emplace(std::to_string(error.line), &error);
  for (const char* stem : {"/failed", "/unknown", "/rejected"})
    for (const char* extension : {".csv", ".ndjson"}) {
      const std::string path = directory + stem + extension;
      std::error_code missing;
      if (!std::filesystem::exists(path, missing)) continue;
      try {
        take_file(path, wanted);
      } catch (const std::runtime_error&) {
        // The page has no example then. The report is about the log.
      }
    }
}

}  // namespace amend::report
