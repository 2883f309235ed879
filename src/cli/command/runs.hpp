// `amend runs`: the runs in a folder, their status, and what to type next. Layer 5.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/run/run_status.hpp"
#include "amend/run/summary.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// One run, from its run.json, its summary.json and its locks, or a benchmark from its bench.json. No log is read.
class ListedRun {
 public:
  ListedRun() = default;

  /// Rows that failed, are unknown or were rejected. nullopt: not known.
  std::optional<std::uint64_t> not_well() const;
  std::optional<std::uint64_t> unsent() const { return summary ? summary->unsent : std::nullopt; }

  std::string directory;
  RunRecord record;  ///< of a benchmark only started_at and input.path, the API's address
  RunStatus status = RunStatus::finished;
  std::optional<Summary> summary;
  std::string stop_reason;
  bool retried = false;  ///< another run in the folder retries it
  bool undone = false;   ///< `amend undo` has restored its customers
};

/// The runs of a folder for which `wanted` returns true, the latest first; `retried` is not set then.
///
/// Errors: throws ConfigError when the folder cannot be read. Bounds: a few KiB for each wanted run.
std::vector<ListedRun> list_runs(const std::string& folder, const std::function<bool(const ListedRun&)>& wanted);
std::vector<ListedRun> list_runs(const std::string& folder);

/// Whether `input` is the file that a run has read, without a write since then.
bool is_same_input(const InputIdentity& then, const std::string& input);

/// A run in `folder` that has sent each row of the present `file`; nullopt: there is no such run or folder.
std::optional<ListedRun> run_that_sent(const std::string& file, const std::string& folder);

/// The next command; empty: no row is left.
std::string next_command(const ListedRun& run);

std::string runs_text(const std::string& folder, const std::vector<ListedRun>& runs);

/// `amend runs`.
ExitCode run_runs(const Options& options);

}  // namespace amend::cli
