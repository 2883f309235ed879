#include "run/append_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "amend/error.hpp"

namespace amend {

namespace {

constexpr std::uint64_t cached_bytes = 4U << 20;  // at the end of a file; the kernel frees whole huge pages only

}  // namespace

DurabilityError::DurabilityError(const std::string& file, std::string_view action, int error_number)
    : std::runtime_error(file + ": " + std::string(action) + ": " + std::generic_category().message(error_number) +
                         (error_number == EMFILE ? " (raise the limit of open files: ulimit -n)" : "")),
      error_number_(error_number) {}

DurabilityError::DurabilityError(const std::string& text) : std::runtime_error(text) {}

LogLostError::LogLostError(const std::string& file, std::string_view how)
    : DurabilityError(printable(file) + " " + std::string(how) +
                      " while the run was writing to the file. The results in that file are lost, and amend sends no "
                      "more requests") {}

int write_all(int descriptor, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0) {
      return EIO;
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

AppendFile::AppendFile(const RunDirectory& run, std::string_view name, std::uint64_t bytes)
    : path_(run.path(name)), descriptor_(run.open_to_append(name)), bytes_(bytes) {
  try {
    cut(bytes);
    run.sync();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

// A new file is not cut, and a device (tests use a full one) has no size.
void AppendFile::cut(std::uint64_t bytes) {
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0) throw DurabilityError(path_, "cannot examine", errno);
  if (!S_ISREG(info.st_mode) || static_cast<std::uint64_t>(info.st_size) == bytes) return;
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) throw DurabilityError(path_, "cannot cut", errno);
  if (::fdatasync(descriptor_) != 0)
    throw DurabilityError(path_, "cannot write the change of the file size to disk (fdatasync)", errno);
}

AppendFile::~AppendFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void AppendFile::write(std::string_view bytes) {
  check();
  if (bytes.empty()) return;
  dirty_ = true;
  if (const int error = write_all(descriptor_, bytes)) poison("cannot write", error);
  bytes_ += bytes.size();
}

void AppendFile::flush() {
  check();
  if (!dirty_) return;
  if (::fdatasync(descriptor_) != 0) poison("cannot write the results to disk (fdatasync)", errno);
  dirty_ = false;
  let_go_of_cache();
}

// This advice changes only the speed.
void AppendFile::let_go_of_cache() noexcept {
  if (bytes_ < let_go_ + 2 * cached_bytes) return;
  const std::uint64_t until = (bytes_ / cached_bytes - 1) * cached_bytes;
  static_cast<void>(::posix_fadvise(descriptor_, static_cast<off_t>(let_go_), static_cast<off_t>(until - let_go_),
                                    POSIX_FADV_DONTNEED));
  let_go_ = until;
}

void AppendFile::require_in_place() {
  check();
  struct stat written {};
  if (::fstat(descriptor_, &written) != 0) poison("cannot examine", errno);
  if (!S_ISREG(written.st_mode)) return;
  struct stat named {};
  if (::stat(path_.c_str(), &named) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) poison("cannot examine", errno);
    lose("was deleted or moved away");
  }
  if (named.st_dev != written.st_dev || named.st_ino != written.st_ino) lose("was replaced by another file");
  const auto size = static_cast<std::uint64_t>(written.st_size);
  if (size < bytes_) lose("was cut");
  if (size > bytes_) lose("was written to by another process");
}

void AppendFile::close() {
  flush();
  if (descriptor_ < 0) return;
  // NFS and some FUSE file systems report a full disk only here.
  const int result = ::close(descriptor_);
  descriptor_ = -1;
  if (result != 0 && errno != EINTR) poison("cannot close", errno);
}

void AppendFile::check() const {
  if (failure_) std::rethrow_exception(failure_);
}

void AppendFile::poison(std::string_view action, int error_number) {
  failure_ = std::make_exception_ptr(DurabilityError(path_, action, error_number));
  std::rethrow_exception(failure_);
}

void AppendFile::lose(std::string_view how) {
  failure_ = std::make_exception_ptr(LogLostError(path_, how));
  std::rethrow_exception(failure_);
}

}  // namespace amend
