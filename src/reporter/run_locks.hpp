// The locks of a run directory, for as long as they live: they die with the process. Layer 2, one thread.
//
// Three files are locked (flock(2)), as each covers what the others do not:
// - `lock`: the only one that amend 0.1.0 knows;
// - the directory: no file in it has to be there, so that a lock file that was removed makes no second writer;
// - results.ndjson, by the very descriptor that it is written through: where a file server has lost the lock, writing
//   fails with EIO instead of mixing with another writer.
#pragma once

#include <string>

namespace amend {

class RunLocks {
 public:
  /// Locks `lock`, made when it is not there, and the directory. Throws ConfigError (exit 7) when another process has
  /// one of them; as fail_to_create says when `lock` cannot be made or locked.
  explicit RunLocks(const std::string& directory);
  RunLocks(const RunLocks&) = delete;
  RunLocks& operator=(const RunLocks&) = delete;
  ~RunLocks();

  /// Locks the log by the descriptor that was opened to append to it. The lock stays when that is closed. For a file
  /// only: a device has none. Throws as the constructor does, and closes the descriptor then.
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
