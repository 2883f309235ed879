// results.ndjson, read from a run directory. Neither changes nor locks the directory. A run may be running: its last
// record is left out while it is incomplete.
//
// Threads: any one. Errors: InputError when a log cannot be read. Bounds: 1 MiB.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/run/journal.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/summary.hpp"

namespace amend {

/// The damage of a log whose bytes were durable.
enum class LogDamage : std::uint8_t {
  changed,  ///< a line does not fit
  cut,      ///< it is shorter than its run has made it, or lacks a line
  lost,     ///< it is missing, although its run has begun to send
};

/// The state of a results.ndjson, beside its records.
class LogState {
 public:
  LogState() = default;

  std::uint64_t records = 0;
  LogEnd end;                               ///< behind the last whole record
  std::uint64_t torn_bytes = 0;             ///< behind that: a crash has cut them, or amend is writing them
  std::optional<std::uint64_t> damaged_at;  ///< what was durable ends here: the records before it were shown
  LogDamage damage = LogDamage::changed;    ///< of that
};

/// "was changed at byte 17", "was cut at byte 17", "is missing": for a message about results.ndjson. For a damaged log.
std::string describe(const LogState& log);

/// Shows the records of the log in the directory `run` in their order, up to the first that is not whole, and compares
/// the log with summary.json. A missing log counts as empty when its run has not begun to send.
LogState read_log(const std::string& run, const std::function<void(const JournalRecord&)>& show);
/// The same with the summary of the run, which was read before.
LogState read_log(const std::string& run, const std::optional<Summary>& summary,
                  const std::function<void(const JournalRecord&)>& show);

/// Throws InputError with the damage of a log.
[[noreturn]] void refuse_damaged(const std::string& run, const LogState& log);

/// Whether the log of a run is missing although it has begun to send, or is shorter than its summary.json says. Does
/// not read the log.
bool log_was_shortened(const std::string& run);
bool log_was_shortened(const std::string& run, const std::optional<Summary>& summary);

/// Throws InputError when the log of the run is missing, although the run has begun to send.
void refuse_lost_log(const std::string& run);

/// The other members of a record. "" and 0 where the record has none.
class RecordText {
 public:
  /// `line` is JournalRecord::text.
  explicit RecordText(std::string_view line);

  std::uint64_t line = 0;
  std::string id;
  std::string http;
  std::string attempts;
  std::string ms;
  std::string request_id;
  std::string at;
  std::string error_code;
  std::string error;
  std::string source;
  std::string applied;             ///< "true" or "maybe"
  std::string sent_before;         ///< "maybe"
  std::vector<std::string> drift;  ///< names of fields
  std::string drift_mark;
  std::string warning;
};

}  // namespace amend
