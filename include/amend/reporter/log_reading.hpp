// results.ndjson read back from a run directory, without changing or locking anything. Layer 2; any one thread. A run
// that is still going on may be read: its last, half-written record is left out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/reporter/journal.hpp"
#include "amend/reporter/result_log.hpp"
#include "amend/reporter/summary.hpp"

namespace amend {

/// What was durable of a log, and is not there any more.
enum class LogDamage : std::uint8_t {
  changed,  ///< a line does not fit
  cut,      ///< it is shorter than its run has made it, or a line of it was taken out
  lost,     ///< there is no log, although its run has begun to send
};

/// What is to be said of a results.ndjson beside its records.
class LogState {
 public:
  LogState() = default;

  std::uint64_t records = 0;
  LogEnd end;                               ///< behind the last whole record
  std::uint64_t torn_bytes = 0;             ///< behind that: a crash, or a write that goes on now
  std::optional<std::uint64_t> damaged_at;  ///< what was durable ends here: the records before it were shown
  LogDamage damage = LogDamage::changed;    ///< of that
};

/// "was changed at byte 17", "was cut at byte 17", "is missing": for a message about results.ndjson. For a damaged log.
std::string describe(const LogState& log);

/// Shows the records of the log in the directory `run` in their order, up to the first that is not whole. What is read
/// is compared with what summary.json says of the log. A log that is not there is an empty one when its run has not
/// begun to send. Throws InputError when it cannot be read. Memory: 1 MiB.
LogState read_log(const std::string& run, const std::function<void(const JournalRecord&)>& show);
/// The same with the summary of the run, which was read before.
LogState read_log(const std::string& run, const std::optional<Summary>& summary,
                  const std::function<void(const JournalRecord&)>& show);

/// Throws InputError: a log whose damage is described so cannot be relied on.
[[noreturn]] void refuse_damaged(const std::string& run, const LogState& log);

/// Whether the log of a run is missing although it has begun to send, or shorter than its summary.json says: known
/// without reading it.
bool log_was_shortened(const std::string& run);
bool log_was_shortened(const std::string& run, const std::optional<Summary>& summary);

/// Throws InputError when the run in the directory `run` has begun to send, and has no log any more.
void refuse_lost_log(const std::string& run);

/// The members of a record that only people, or another format, need. "" and 0 where the record has none.
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
