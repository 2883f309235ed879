// results.ndjson read back from a run directory, without changing or locking anything. Layer 2; any one thread. A run
// that is still going on may be read: its last, half-written record is left out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "amend/reporter/journal.hpp"
#include "amend/reporter/result_log.hpp"

namespace amend {

/// What is to be said of a results.ndjson beside its records.
class LogState {
 public:
  LogState() = default;

  std::uint64_t records = 0;
  LogEnd end;                               ///< behind the last whole record
  std::uint64_t torn_bytes = 0;             ///< behind that: a crash, or a write that goes on now
  std::optional<std::uint64_t> damaged_at;  ///< what was durable has changed here: the records before it were shown
};
static_assert(!std::is_aggregate_v<LogState>);

/// Shows the records of the log in the directory `run` in their order, up to the first that is not whole. A log that
/// is not there is an empty one. Throws InputError when it cannot be read. Memory: 1 MiB.
LogState read_log(const std::string& run, const std::function<void(const JournalRecord&)>& show);

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
static_assert(!std::is_aggregate_v<RecordText>);

}  // namespace amend
