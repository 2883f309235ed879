// The directory of one run: made, locked, and the place of small files that are replaced as a whole. Layer 2.
// Made on the main thread before the first request; const afterwards, so any thread may use it.
//
// Which files it holds: `amend help run-directory`. Directories are created 0700, files 0600: they hold customers'
// data.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/error.hpp"

namespace amend {

/// `amend-runs/20261123T120000Z-0a1b2c`: the directory of a run that was not given one. The six hexadecimal digits are
/// the low 24 bits of `random`.
std::string default_run_directory(std::chrono::system_clock::time_point now, std::uint32_t random);

/// One of that name for now, in the folder where the run in `run` lies; relative to the working directory when that is
/// above it.
std::string new_directory_beside(const std::string& run);

/// Another process has the run in `directory` (exit 7).
ConfigError directory_in_use(const std::string& directory);

/// Throws for a file or directory of a new run that cannot be made: DurabilityError when the disk is at fault, else
/// ConfigError naming --run.
[[noreturn]] void fail_to_create(const std::string& path, std::string_view action, int error_number);

/// For a directory that holds no run.json. Names the command that lists the runs where it may have been meant to lie.
ConfigError no_run_in(const std::string& directory);

/// The file in the directory of a run that `amend undo` has begun to take back: names the run that does it.
inline constexpr std::string_view undone_name = "undone";

/// What it says; nullopt: the run in `directory` was not undone.
std::optional<std::string> undone_by(const std::string& directory);

/// What a run directory is opened for.
enum class Opening : std::uint8_t {
  start,   ///< a new run
  resume,  ///< to continue the run that it contains
  again,   ///< to begin the run that it contains once more: one that has sent nothing
};

/// One process at a time starts a run in a folder: waits for those before it, which need some milliseconds, for 10 s at
/// most. Makes the folder of `directory` when it is not there. Where a file server knows no locks on folders there is
/// none. Throws as RunDirectory does when the folder cannot be made.
class StartLock {
 public:
  explicit StartLock(const std::string& directory);
  StartLock(const StartLock&) = delete;
  StartLock& operator=(const StartLock&) = delete;
  ~StartLock();

 private:
  int folder_ = -1;
};

class RunLocks;

/// Holds the locks of its directory for as long as it lives (run_locks.hpp): they die with the process, so a killed run
/// leaves nothing to clean up, and removing a file of the directory does not let a second process in.
class RunDirectory {
 public:
  /// Creates `directory`, parents included, for a new run; empty: `default_run_directory` of now.
  /// Throws ConfigError: exit 7 when another process holds it; exit 2, naming --run, when it cannot be created or
  /// contains a file of a run (refuse_used_directory). Throws DurabilityError when the disk is full or broken.
  /// The other openings create nothing: exit 2 when there is no run in the directory.
  explicit RunDirectory(const std::string& directory, Opening opening = Opening::start);
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;
  ~RunDirectory();

  /// Whether a process holds the run in `directory` now.
  static bool is_held(const std::string& directory);

  /// As given (relative to the working directory it was made in), without a slash at its end.
  const std::string& path() const noexcept { return path_; }
  std::string path(std::string_view name) const;

  /// Opens one of its files (0600) to append to it, and makes it when it is not there. The caller closes it.
  /// results.ndjson is locked by this descriptor: ConfigError (exit 7) when another process has it.
  /// Throws DurabilityError. On the thread that made the directory.
  int open_to_append(std::string_view name) const;

  /// Replaces the file `name` by `text`, whole or not at all, also over a power cut: write to `name`.tmp, fdatasync,
  /// rename, fsync of the directory. Throws DurabilityError.
  void write_file(std::string_view name, std::string_view text) const;

  /// Removes one of its files when it is there; not durable before sync(). Throws DurabilityError.
  void remove(std::string_view name) const;

  /// Renames one of its files durably, over `to` when that exists. Throws DurabilityError.
  void rename(std::string_view from, std::string_view to) const;

  /// fsync of the directory: files created before are there after a power cut. Throws DurabilityError.
  void sync() const;

  /// Names of the run's files that exist now, in the order of `amend help run-directory`; neither the lock nor *.tmp.
  std::vector<std::string> files() const;

 private:
  void take_place() const;
  void open_existing_log();

  std::string path_;
  std::unique_ptr<RunLocks> locks_;
  mutable int log_ = -1;  // of a run that is continued, until open_to_append gives it away
};

}  // namespace amend
