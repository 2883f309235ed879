// results.ndjson: the per-row log, and the journal that a later process reads. Layer 2, reporter thread.
//
// One line per row, append-only, in the order in which rows end:
//   {"row":17,"line":18,"id":"…","status":"success","http":200,"attempts":1,"ms":12.3,"request_id":"…",
//    "at":"2026-11-23T12:00:00.123Z"}
// - `row`, `line`: Position; a rejected row also has `byte`. `ms`: the last attempt, send → answer or its loss, one
// decimal; 0.0 when none was made.
// - `http` is absent when there was no answer, `request_id` when there was no attempt.
// - not a success: then also `error_code`, `error`, `source`, and `"applied":true` or `"applied":"maybe"` when the API
//   may hold the row's values all the same. A success may carry `warning`, and in a
//   reconciliation `drift`: names of fields that the answer shows otherwise than they were sent, and `drift_mark`, a
//   hash of what it shows.
// - `"sent_before":"maybe"`: the run was resumed, and this row may have been in flight when it ended.
// - at the end `hash` and `sum`, now and then `synced`: what makes the log a journal (journal.hpp).
// Every line is valid JSON in valid UTF-8 whatever bytes the row held: bytes that are not UTF-8 are written as the text
// \xNN.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "amend/reporter/journal.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/sink.hpp"

namespace amend {

inline constexpr std::string_view result_log_name = "results.ndjson";

/// Where a log is gone on with: behind its last whole line.
class LogEnd {
 public:
  LogEnd() = default;
  LogEnd(std::uint64_t bytes_, std::uint32_t last_sum_) noexcept : bytes(bytes_), last_sum(last_sum_) {}

  std::uint64_t bytes = 0;
  std::uint32_t last_sum = 0;
};

/// Creates results.ndjson (0600) and makes its name durable, or goes on with it: what it holds behind `end` is cut off
/// first, durably. `run` must outlive the sink. Throws DurabilityError.
/// A plain success costs about 0.15 µs, plus one write(2) per call of write(). Memory: the largest call's text.
std::unique_ptr<Sink> open_result_log(const RunDirectory& run, LogEnd end = LogEnd());

/// Makes the lines of the log; keeps the text of the last second seen. For one thread.
class ResultLine {
 public:
  ResultLine() = default;
  explicit ResultLine(std::uint32_t last_sum) noexcept : seal_(last_sum) {}

  /// Appends the line of `outcome`, "\n" included. `synced`: how much of the file is durable, when it is to be told.
  void append(std::string& out, const Outcome& outcome, std::optional<std::uint64_t> synced = std::nullopt);

 private:
  void append_time(std::string& out, std::chrono::system_clock::time_point at);

  JournalSeal seal_;
  std::int64_t second_ = -1;
  std::string second_text_;
};

}  // namespace amend
