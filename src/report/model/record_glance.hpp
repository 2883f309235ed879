// The members of a line of results.ndjson that the report needs, read without parsing all of its JSON. Layer 1: pure.
//
// amend wrote each line whose checksum fits: its members are in the order of ResultLine, and a quote inside a text has
// a backslash before it.
//
// Threads: one. Errors: none. Lifetime: the texts are those of the line.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/run/journal.hpp"

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

/// Remembers the last second, because most lines have the same.
class GlanceReader {
 public:
  RecordGlance read(const JournalRecord& record);

 private:
  std::optional<std::chrono::system_clock::time_point> time(std::string_view text);

  std::string second_;
  std::chrono::system_clock::time_point second_at_{};
};

}  // namespace amend::report
