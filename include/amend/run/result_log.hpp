// results.ndjson: the log of rows, and the journal that a later process reads.
//
// One line per row, append-only, in the order in which rows end:
//   {"row":17,"line":18,"id":"…","status":"success","http":200,"attempts":1,"ms":12.3,"request_id":"…",
//    "at":"2026-11-23T12:00:00.123Z"}
// - `row`, `line`: Position; a rejected row also has `byte`. `ms`: the last attempt, from sending to its response or
// its loss, with one decimal; 0.0 when no attempt was made.
// - `http` is absent without a response, `request_id` without an attempt.
// - any other status than success: also `error_code`, `error`, `source`, and `"applied":true` or `"applied":"maybe"`
//   when
//   the API may still have the row's values. A success may carry `warning`, and in a
//   reconciliation `drift`: names of fields that the response shows otherwise than they were sent, and `drift_mark`, a
//   hash of what it shows.
// - `"sent_before":"maybe"`: the run was resumed, and this row may have been in flight when its process ended.
// - at the end `hash` and `sum`, and at times `synced`: see journal.hpp.
// Every line is valid JSON in valid UTF-8: bytes that are not UTF-8 are written as the text \xNN.
//
// Threads: the reporter's. Errors: DurabilityError. Bounds: the text of the largest call of write(). A success costs
// about 0.15 µs, and each call of write() one write(2).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "amend/run/journal.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/sink.hpp"

namespace amend {

inline constexpr std::string_view result_log_name = "results.ndjson";

/// Where a log is continued: behind its last whole line.
class LogEnd {
 public:
  LogEnd() = default;
  LogEnd(std::uint64_t bytes_, std::uint32_t last_sum_) noexcept : bytes(bytes_), last_sum(last_sum_) {}

  std::uint64_t bytes = 0;
  std::uint32_t last_sum = 0;
};

/// Creates results.ndjson (0600) and makes its name durable, or continues it: bytes behind `end` are first cut off,
/// durably. Lifetime: `run` outlives the sink.
std::unique_ptr<Sink> open_result_log(const RunDirectory& run, LogEnd end = LogEnd());

/// Makes the lines of the log. Keeps the text of the last second. For one thread.
class ResultLine {
 public:
  ResultLine() = default;
  explicit ResultLine(std::uint32_t last_sum) noexcept : seal_(last_sum) {}

  /// Appends the line of `outcome`, "\n" included. `synced`: how much of the file is durable, when the line is to have
  /// it.
  void append(std::string& out, const Outcome& outcome, std::optional<std::uint64_t> synced = std::nullopt);

 private:
  void append_time(std::string& out, std::chrono::system_clock::time_point at);

  JournalSeal seal_;
  std::int64_t second_ = -1;
  std::string second_text_;
};

}  // namespace amend
