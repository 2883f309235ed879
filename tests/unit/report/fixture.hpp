// A run directory made by hand: run.json, and a log whose checksums fit.
#pragma once

#include <fmt/format.h>

#include <fstream>
#include <string>

#include "amend/run/journal.hpp"
#include "amend/run/summary.hpp"
#include "report/model/timeline.hpp"
#include "support/process.hpp"

namespace test {

class HandMadeRun {
 public:
  HandMadeRun() {
    amend::RunRecord record;
    record.config.input.file = record.input.path = "customers.csv";
    record.config.target.url = "https://gateway.example";
    record.config.version = "0.1.0";
    record.input.size = 1'000;
    record.input.format = amend::Format::csv;
    record.started_at = "2026-11-23T12:00:00Z";
    write_file(directory() + "/run.json", amend::run_json(record));
    log_.open(directory() + "/results.ndjson", std::ios::binary);
  }

  /// `members`: of a record, behind its `at`; with a comma before each.
  void add(const std::string& status, double ms, int second, const std::string& members = {},
           const std::string& id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301") {
    std::string line = fmt::format(
        "{{\"row\":{},\"line\":{},\"id\":\"{}\",\"status\":\"{}\",\"http\":200,\"attempts\":1,\"ms\":{:.1f},"
        "\"request_id\":\"r-{}\",\"at\":\"2026-11-23T12:{:02}:{:02}.000Z\"{}",
        rows_ + 1, rows_ + 2, id, status, ms, rows_ + 1, second / 60, second % 60, members);
    seal_.close_line(line, 0, 0, std::nullopt);
    log_ << line;
    ++rows_;
  }
  void add_failed(const std::string& code, const std::string& text, const std::string& source = "api", int second = 1) {
    add("failed", 5.0, second,
        fmt::format(",\"error_code\":\"{}\",\"error\":\"{}\",\"source\":\"{}\"", code, text, source));
  }
  void close() { log_.close(); }
  const std::string& directory() const { return dir_.path(); }

 private:
  TempDir dir_;
  std::ofstream log_;
  amend::JournalSeal seal_;
  std::size_t rows_ = 0;
};

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace test
