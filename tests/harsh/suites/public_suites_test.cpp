// csv-spectrum and JSONTestSuite, unmodified, from the folder that AMEND_PUBLIC_SUITES names. They are not part of this
// project. Without them, these tests are skipped with a message. The project's own tables (tests/unit/reader) cover the same
// ground.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "reader/csv/csv_parser.hpp"
#include "reader/json/ndjson.hpp"

using namespace amend;
namespace json = boost::json;

namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The suite's files with this extension. Without the suite there are no files, and the test prints a message.
std::vector<std::filesystem::path> suite(const std::string& folder, const std::string& extension) {
  std::vector<std::filesystem::path> files;
  const char* const suites = std::getenv("AMEND_PUBLIC_SUITES");
  const std::filesystem::path path = std::filesystem::path(suites ? suites : "") / folder;
  if (!suites || !std::filesystem::is_directory(path)) {
    std::cout << "SKIPPED: AMEND_PUBLIC_SUITES names no folder that holds " << folder << std::endl;
    return files;
  }
  for (const auto& entry : std::filesystem::directory_iterator(path))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

Rows parse_csv(std::string_view text, std::size_t piece) {
  CsvParser parser(',', 1 << 20, 100);
  Rows rows;
  Record record;
  const auto keep = [&] {
    REQUIRE_MESSAGE(!record.fault(), record.fault()->text);
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < record.size(); ++i) row.emplace_back(record.field(i));
  };
  while (!text.empty()) {
    std::string_view input = text.substr(0, piece);
    text.remove_prefix(input.size());
    while (parser.parse(input, record) == CsvParser::Stop::record) keep();
  }
  while (parser.finish(record) == CsvParser::Stop::record) keep();
  return rows;
}

Rows expected_rows(const json::value& document) {
  Rows rows;
  for (const json::value& object : document.as_array()) {
    if (rows.empty()) {
      auto& header = rows.emplace_back();
      for (const auto& member : object.as_object()) header.emplace_back(member.key());
    }
    auto& row = rows.emplace_back();
    for (const auto& member : object.as_object()) row.emplace_back(member.value().as_string());
  }
  return rows;
}

// The grammar alone: that a row has to be an object, with no member twice, are rules about records.
bool grammar_accepts(const std::string& text) {
  NdjsonParser parser(100'000);
  Record record;
  record.raw() = text;
  parser.parse(record);
  if (!record.fault()) return true;
  return record.fault()->code == "input.json.not_object" || record.fault()->code == "input.json.duplicate_key";
}

// What RFC 8259 leaves to the parser, and what this one does.
bool accepted_freely(const std::string& name) {
  // Numbers of any size are text to us: they keep their characters. One with an exponent beyond all bounds is refused
  // by the grammar already; the mapper takes none with an exponent.
  if (name.starts_with("i_number_")) return name != "i_number_huge_exp.json";
  // Bytes that are not UTF-8, escaped lone surrogates, a BOM (the source drops the one at the start of a file), nesting
  // beyond 32 levels.
  return false;
}

}  // namespace

TEST_CASE("csv-spectrum: every file reads as its JSON says, whole and in pieces") {
  std::size_t right = 0;
  for (const auto& path : suite("csv-spectrum/csvs", ".csv")) {
    if (path.stem() == "location_coordinates") continue;  // its CSV and its JSON hold different numbers
    CAPTURE(path.filename().string());
    const auto wanted = path.parent_path().parent_path() / "json" / (path.stem().string() + ".json");
    const Rows expected = expected_rows(json::parse(content(wanted)));
    const std::string text = content(path);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()})
      CHECK(parse_csv(text, piece) == expected);
    ++right;
  }
  if (right != 0) CHECK(right == 11);
}

TEST_CASE("JSONTestSuite: the grammar accepts all that must be accepted and rejects all that must be rejected") {
  std::map<char, std::size_t> files;
  for (const auto& path : suite("json-test-suite", ".json")) {
    const std::string name = path.filename().string();
    CAPTURE(name);
    const bool expected = name[0] == 'y' || (name[0] == 'i' && accepted_freely(name));
    CHECK(grammar_accepts(content(path)) == expected);
    ++files[name[0]];
  }
  if (files.empty()) return;
  CHECK(files['y'] == 95);
  CHECK(files['n'] == 188);
  CHECK(files['i'] == 35);
}
