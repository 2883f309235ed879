// What the report needs of each line of results.ndjson, without parsing all of its JSON. Layer 1: pure; one thread.
//
// A line whose checksum fits is ours: its members stand in the order in which ResultLine writes them, and a quote
// inside of a text has a backslash before it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/reporter/journal.hpp"

namespace amend::report {

class RecordGlance {
 public:
  RecordGlance() = default;

  bool answered = false;  ///< it has an HTTP status
  bool sent = false;      ///< it was attempted
  std::chrono::nanoseconds latency{0};
  std::optional<std::chrono::system_clock::time_point> at;
  std::string_view error_code;  ///< as written, escapes included; empty: none
  std::string_view drift;       ///< `"name","phone"`; empty: none
};

/// Remembers the last second it has read: most lines are of the same.
class GlanceReader {
 public:
  RecordGlance read(const JournalRecord& record);

 private:
  std::optional<std::chrono::system_clock::time_point> time(std::string_view text);

  std::string second_;
  std::chrono::system_clock::time_point second_at_{};
};

}  // namespace amend::report
