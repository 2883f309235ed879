// The directory of one run: made, locked, and the place of small files that are replaced as a whole. Layer 2.
//
// Threads: made on the main thread before the first request. It is const afterwards, so any thread may use it. Errors:
// ConfigError and DurabilityError, as each function says. Lifetime: the locks end with the object. Source: `amend help
// run-directory` lists its files. Directories have mode 0700 and files 0600, because they contain customers' data.
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

/// `amend-runs/20261123T120000Z-0a1b2c`: the directory of a run without --run. The six hexadecimal digits are the low
/// 24 bits of `random`.
std::string default_run_directory(std::chrono::system_clock::time_point now, std::uint32_t random);

/// A directory of that name in the folder of the run in `run`. Relative to the working directory when that is above it.
std::string new_directory_beside(const std::string& run);

/// For a run directory that another process has locked (exit 7).
ConfigError directory_in_use(const std::string& directory);

/// Throws for a file or directory of a new run that cannot be made: DurabilityError when the disk is at fault,
/// otherwise ConfigError naming --run.
[[noreturn]] void fail_to_create(const std::string& path, std::string_view action, int error_number);

/// For a directory without run.json. Names the command that lists the runs in the folder that was probably meant.
ConfigError no_run_in(const std::string& directory);

/// The file in a run directory by which `amend undo` marks that it has begun to undo the run. It names the undo run.
inline constexpr std::string_view undone_name = "undone";

/// The run that undid the run in `directory`. nullopt: none did.
std::optional<std::string> undone_by(const std::string& directory);

/// What a run directory is opened for.
enum class Opening : std::uint8_t {
  start,   ///< a new run
  resume,  ///< to continue the run that it contains
  again,   ///< to begin the run that it contains again, because it has sent no request
};

/// Lets one process at a time start a run in a folder. Waits at most 10 s for the others, which need some milliseconds.
/// Makes the folder of `directory` when it is missing. Has no effect on a file server without locks on folders. Throws
/// as RunDirectory when the folder cannot be made.
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

/// Locks its directory for its lifetime (run_locks.hpp). The locks of a killed process end with it. A second process
/// cannot lock the directory although a file in it was removed.
class RunDirectory {
 public:
  /// Creates `directory`, parents included, for a new run; empty: `default_run_directory` of now.
  /// Throws ConfigError: exit 7 when another process has locked it; exit 2, naming --run, when it cannot be created or
  /// contains a file of a run (refuse_used_directory). Throws DurabilityError when the disk is full or broken.
  /// The other openings create nothing: exit 2 when there is no run in the directory.
  explicit RunDirectory(const std::string& directory, Opening opening = Opening::start);
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;
  ~RunDirectory();

  /// Whether a process has locked the run in `directory` now.
  static bool is_held(const std::string& directory);

  /// As given (relative to the working directory it was made in), without a slash at its end.
  const std::string& path() const noexcept { return path_; }
  std::string path(std::string_view name) const;

  /// Opens one of its files (0600) to append to it, and makes it when it is missing. The caller closes it.
  /// results.ndjson is locked by this descriptor: ConfigError (exit 7) when another process has it.
  /// Throws DurabilityError. On the thread that made the directory.
  int open_to_append(std::string_view name) const;

  /// Replaces the file `name` by `text`, whole or not at all, also over a power cut: write to `name`.tmp, fdatasync,
  /// rename, fsync of the directory. Throws DurabilityError.
  void write_file(std::string_view name, std::string_view text) const;

  /// Removes one of its files if it exists. Durable after sync(). Throws DurabilityError.
  void remove(std::string_view name) const;

  /// Renames one of its files durably, over `to` when that exists. Throws DurabilityError.
  void rename(std::string_view from, std::string_view to) const;

  /// fsync of the directory: files created before survive a power cut. Throws DurabilityError.
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
