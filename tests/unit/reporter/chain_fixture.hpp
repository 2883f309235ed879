// Run directories as `update` and `retry` leave them, made without a server.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "amend/run/result_log.hpp"
#include "amend/run/summary.hpp"
#include "unit/reporter/fixture.hpp"

namespace amend::test {

class Row {
 public:
  Row(std::uint64_t number_, Status status_, std::string id_, std::string code_ = {})
      : number(number_), status(status_), id(std::move(id_)), code(std::move(code_)) {}

  std::uint64_t number;
  Status status;
  std::string id;
  std::string code;
};

/// What a run has written. The content of row N is "row N".
class Written {
 public:
  Written(std::vector<Row> rows_, std::uint64_t rows_in_all_, std::string parent_ = {})
      : rows(std::move(rows_)), rows_in_all(rows_in_all_), parent(std::move(parent_)) {}

  std::vector<Row> rows;
  std::uint64_t rows_in_all;
  std::string parent;
};

inline std::string log_of(const std::vector<Row>& written) {
  Rows rows;
  ResultLine lines;
  std::string log;
  for (const Row& row : written) {
    Outcome outcome =
        rows.make(row.status, row.id, "row " + std::to_string(row.number), Position(row.number, row.number + 1, 0));
    if (!row.code.empty()) outcome.reason = std::make_unique<Reason>(row.code, "text of " + row.code, Origin::api);
    lines.append(log, outcome, log.size());  // as if each line before was durable
  }
  return log;
}

/// One record of row `number`, which said something else than "row N".
inline std::string log_of_other_content(std::uint64_t number, const std::string& id) {
  Rows rows;
  ResultLine lines;
  std::string log;
  lines.append(log, rows.make(Status::success, id, "another file", Position(number, number + 1, 0)));
  return log;
}

inline void make_run(const std::string& directory, const Written& written,
                     const std::string& started_at = "2026-11-24T08:00:00Z") {
  std::filesystem::create_directory(directory);
  std::string run = run_json(Config(), InputIdentity(), std::chrono::system_clock::time_point(), written.parent);
  run.replace(run.find("1970-01-01T00:00:00Z"), started_at.size(), started_at);
  std::ofstream(directory + "/run.json") << run;
  std::ofstream(directory + "/results.ndjson", std::ios::binary) << log_of(written.rows);
  Summary summary;
  for (const Row& row : written.rows) ++summary.rows_by_status[static_cast<std::size_t>(row.status)];
  summary.unsent = written.rows_in_all - written.rows.size();
  std::ofstream(directory + "/summary.json") << to_json(summary);
}

/// summary.json says how long the log is, as after a run.
inline void set_log_bytes(const std::string& directory) {
  std::string summary = content(directory + "/summary.json");
  const std::string unknown = "\"log_bytes\":null";
  const auto bytes = std::filesystem::file_size(directory + "/results.ndjson");
  summary.replace(summary.find(unknown), unknown.size(), "\"log_bytes\":" + std::to_string(bytes));
  std::ofstream(directory + "/summary.json") << summary;
}

}  // namespace amend::test
