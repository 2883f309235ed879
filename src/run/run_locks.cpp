#include "run/run_locks.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "amend/run/result_log.hpp"
#include "amend/run/run_directory.hpp"

namespace amend {
namespace {

// is_held of another process takes the lock for a moment. Returns 0 or the errno.
int lock_patiently(int descriptor) {
  constexpr int tries_max = 5;
  for (int tries = 1;; ++tries) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno != EWOULDBLOCK || tries == tries_max) return errno;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

bool is_locked(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | flags);
  if (descriptor < 0) return false;
  const bool locked = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return locked;
}

void close_if_open(int& descriptor) noexcept {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

RunLocks::RunLocks(const std::string& directory) : directory_(directory) {
  const std::string file = directory + "/lock";
  lock_file_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_file_ < 0) fail_to_create(file, "cannot create the lock file", errno);
  folder_ = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int of_file = lock_patiently(lock_file_);
  // A file server may not support locks on directories. Then the other two are enough.
  const int of_folder = of_file == 0 && folder_ >= 0 ? lock_patiently(folder_) : 0;
  if (of_file == 0 && of_folder != EWOULDBLOCK) return;
  release();
  if (of_file != 0 && of_file != EWOULDBLOCK) fail_to_create(file, "cannot lock", of_file);
  throw directory_in_use(directory_);
}

RunLocks::~RunLocks() { release(); }

void RunLocks::release() noexcept {
  close_if_open(log_);
  close_if_open(folder_);
  close_if_open(lock_file_);
}

void RunLocks::add_log(int descriptor) {
  struct stat info {};
  if (::fstat(descriptor, &info) == 0 && !S_ISREG(info.st_mode)) return;
  close_if_open(log_);  // of a log that this process has closed
  int error = lock_patiently(descriptor);
  if (error == 0) log_ = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (error == 0 && log_ < 0) error = errno;
  if (error == 0) return;
  ::close(descriptor);
  if (error == EWOULDBLOCK) throw directory_in_use(directory_);
  fail_to_create(directory_ + "/" + std::string(result_log_name), "cannot lock", error);
}

bool RunLocks::is_held(const std::string& directory) {
  return is_locked(directory + "/lock", 0) || is_locked(directory, O_DIRECTORY) ||
         is_locked(directory + "/" + std::string(result_log_name), 0);
}

}  // namespace amend
