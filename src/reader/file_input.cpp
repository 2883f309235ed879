#include "reader/file_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "amend/error.hpp"

namespace amend {
namespace {

std::string error_text(int error) { return std::generic_category().message(error); }

bool same_file(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

class FileInput final : public ByteInput {
 public:
  explicit FileInput(const std::string& path) : path_(path), shown_(path == "-" ? "stdin" : printable(path)) {
    fd_ = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) throw ConfigError(shown_ + ": cannot be opened: " + error_text(errno), ExitCode::input);
    if (::fstat(fd_, &at_start_) != 0) {
      const int error = errno;
      close();
      throw ConfigError(shown_ + ": cannot be examined: " + error_text(error), ExitCode::input);
    }
    if (S_ISDIR(at_start_.st_mode)) {
      close();
      throw ConfigError(shown_ + ": is a directory; name a CSV or NDJSON file", ExitCode::input);
    }
  }
  ~FileInput() override { close(); }
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  std::size_t read(std::span<char> buffer) override {
    for (;;) {
      const ssize_t bytes = ::read(fd_, buffer.data(), buffer.size());
      if (bytes > 0) return static_cast<std::size_t>(bytes);
      if (bytes == 0) {
        refuse_change();
        return 0;
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        poll_for(-1);
      } else if (errno != EINTR) {
        throw InputError(shown_ + ": cannot be read: " + error_text(errno));
      }
    }
  }

  bool ready() override { return wait(std::chrono::milliseconds(0)); }

  bool wait(std::chrono::milliseconds timeout) override {
    return is_regular() || poll_for(static_cast<int>(timeout.count()));
  }

  std::uint64_t bytes_total() const override {
    return is_regular() ? static_cast<std::uint64_t>(at_start_.st_size) : 0;
  }

 private:
  bool is_regular() const noexcept { return S_ISREG(at_start_.st_mode); }

  // Hang-up and errors count: read() then returns at once.
  bool poll_for(int timeout_ms) noexcept {
    struct pollfd wanted {};
    wanted.fd = fd_;
    wanted.events = POLLIN;
    return ::poll(&wanted, 1, timeout_ms) > 0;
  }

  void refuse_change() const {
    if (!is_regular()) return;
    struct stat now {};
    bool same = ::fstat(fd_, &now) == 0 && same_file(at_start_, now);
    if (path_ != "-") same = same && ::stat(path_.c_str(), &now) == 0 && same_file(at_start_, now);
    if (!same) throw InputError(shown_ + ": changed while it was read (truncated, appended to or replaced)");
  }

  void close() noexcept {
    if (fd_ > STDIN_FILENO) ::close(fd_);
    fd_ = -1;
  }

  std::string path_;
  std::string shown_;
  int fd_ = -1;
  struct stat at_start_ {};
};

}  // namespace

std::unique_ptr<ByteInput> open_file(const std::string& path) { return std::make_unique<FileInput>(path); }

}  // namespace amend
