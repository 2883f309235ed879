// The status of a run, as `amend runs`, `amend status`, the report and the next command show it.
//
// Threads: any one. Errors: none; a file that cannot be read counts as missing. Source: run.json, summary.json, the
// locks of the run directory and the size of results.ndjson. No log is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/run/summary.hpp"

namespace amend {

enum class RunStatus : std::uint8_t {
  running,   ///< a process has its locks
  damaged,   ///< its run.json cannot be read, or its log is missing or shorter than it was
  compared,  ///< a reconciliation that sends nothing, and its plan is complete or begun
  killed,    ///< it has no summary, and no process has its locks
  stopped,   ///< it ended before its input did
  finished,  ///< every row has a result; the counts say whether rows did not succeed
  measured,  ///< a benchmark, not a run
};

/// "running", "killed", …
std::string_view to_string(RunStatus status) noexcept;

/// What decides the status of a run.
class RunFacts {
 public:
  RunFacts() = default;

  bool is_held = false;        ///< a process has one of its locks
  bool is_damaged = false;     ///< RunStatus::damaged
  bool only_compares = false;  ///< RunStatus::compared
  bool has_summary = false;
  bool is_whole = false;  ///< Summary::is_whole
};

/// Reads the facts about the run in `directory`.
RunFacts facts_of(const std::string& directory, const RunRecord& record, const std::optional<Summary>& summary);

/// The first that applies: running, damaged, compared, killed, finished, stopped. Pure.
RunStatus status_of(const RunFacts& facts) noexcept;

}  // namespace amend
