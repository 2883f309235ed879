// The locks of a run directory.
//
// Three files are locked (flock(2)), because each covers a case that the others do not:
// - `lock`: amend 0.1.0 knows only this one;
// - the directory: it is locked although `lock` was removed;
// - results.ndjson, by the descriptor through which it is written: when a file server has lost the lock, writing fails
//   with EIO, so two writers never mix.
//
// Threads: one. Errors: ConfigError and DurabilityError, as each function says. Lifetime: the locks end with the
// object, and with the process when it is killed.
#pragma once

#include <string>

namespace amend {

class RunLocks {
 public:
  /// Locks `lock`, which is made when it is missing, and the directory. Throws ConfigError (exit 7) when another
  /// process has one of them, and as fail_to_create when `lock` cannot be made or locked.
  explicit RunLocks(const std::string& directory);
  RunLocks(const RunLocks&) = delete;
  RunLocks& operator=(const RunLocks&) = delete;
  ~RunLocks();

  /// Locks the log by the descriptor that was opened to append to it. The lock stays when the descriptor is closed. A
  /// device is not locked. Throws as the constructor, and closes the descriptor first.
  void add_log(int descriptor);

  /// Whether a process has one of the locks in `directory` now.
  static bool is_held(const std::string& directory);

 private:
  void release() noexcept;

  std::string directory_;
  int lock_file_ = -1;
  int folder_ = -1;
  int log_ = -1;
};

}  // namespace amend
