// A run and its retries: the first run over an input, and the runs that retry it or one of its retries. The run.json of
// a retry names its parent.
//
// Threads: any one. Errors: ConfigError, as each function says. Bounds: `chain_max` runs in a folder of any size; a few
// KiB for each run of the chain, and a name for each other run beside it. Lifetime: the locks live as long as the chain.
// Source: run.json and summary.json, each read once; no log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "amend/run/log_reading.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/summary.hpp"

namespace amend {

inline constexpr std::size_t chain_max = 1000;

/// One run directory.
class RunHead {
 public:
  RunHead() = default;

  std::string directory;  ///< of the run asked for as it was given, of the others absolute
  RunRecord record;
  std::optional<Summary> summary;  ///< nullopt: it was killed, or is running
  LogState log;                    ///< set by RunView

  /// Whether it was killed, is running, or ended before its input did.
  bool stopped_early() const noexcept { return !summary || !summary->stop_reason.empty(); }
  StopCause stop_cause() const noexcept { return summary ? summary->stop_cause : StopCause::none; }
};

/// What a row says, by its number (content_hash); nullopt: not known.
using ContentHash = std::function<std::optional<std::uint64_t>(std::uint64_t row)>;

class RunChain {
 public:
  /// The chain of the run in `directory`: the runs it descends from, and the retries of these that are in the same
  /// folders. Errors: exit 2 when there is no run; exit 3 when a run.json cannot be read, a parent is missing, or a
  /// folder cannot be searched to its end.
  explicit RunChain(const std::string& directory);
  RunChain(RunChain&&) = default;
  RunChain& operator=(RunChain&&) = default;

  /// The first run first, a retry behind its parent. In the order of their starts otherwise.
  const std::vector<RunHead>& runs() const noexcept { return runs_; }
  const RunHead& asked() const noexcept { return runs_[asked_]; }
  const RunHead& last() const noexcept { return runs_.back(); }
  /// The run.json of the run asked for, as it is in the file.
  const std::string& asked_text() const noexcept { return asked_text_; }

  /// Locks every run, so that no other process resumes or retries one. Reads again what has changed since. Errors:
  /// exit 7 when another process has a lock, or has started a retry since.
  void lock();
  /// The locked directory of a run; null: the chain is not locked.
  const RunDirectory* locked(const RunHead& run) const noexcept;

  /// Adds the run in `directory`, a retry that this process has just begun. Errors: as the constructor.
  void add(const std::string& directory);

  /// Directories beside the run asked for that contain a retry of which the run.json is damaged or missing, and that may
  /// be about the same input: no record of it contradicts `hash_of`.
  std::vector<std::string> unreadable_retries(const ContentHash& hash_of) const;

 private:
  using Path = std::filesystem::path;

  // What a run.json says of its parent. nullopt: it cannot be read. Empty: a first run.
  using Parent = std::optional<std::string>;

  void follow_parents(Path place);
  std::string text_of(const Path& place);
  void look_beside();
  bool add_retries_found();
  void search(const Path& folder);
  void include(const Path& place, const Path& parent);
  void read_heads(const std::string& directory);
  void read_again();
  bool is_unreadable_retry(const Path& directory) const;

  std::map<Path, Path> found_;         // place → place of the parent, empty for a first run
  std::map<Path, Parent> seen_;        // each run in the folders searched
  std::map<Path, std::string> texts_;  // run.json of runs of the chain, until they are read
  std::vector<RunHead> runs_;
  std::map<Path, std::filesystem::file_time_type> written_;  // when each run.json was
  std::size_t asked_ = 0;
  Path start_;
  std::string asked_text_;
  std::vector<std::pair<std::string, std::unique_ptr<RunDirectory>>> locks_;  // by RunHead::directory
};

/// Throws InputError naming the first, when there is one.
void refuse_unreadable_retries(const std::vector<std::string>& retries);

}  // namespace amend
