#include "amend/reader/input_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "amend/error.hpp"
#include "row/xxh3.hpp"

namespace amend {
namespace {

std::string error_text(int error) { return std::generic_category().message(error); }

bool same_moment(const timespec& a, const timespec& b) noexcept {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// A program that writes to a file can reset its mtime, but not its ctime.
bool untouched(const struct stat& a, const struct stat& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size && same_moment(a.st_mtim, b.st_mtim) &&
         same_moment(a.st_ctim, b.st_ctim);
}

/// Hashes bytes that arrive in pieces.
class ContentHash {
 public:
  void add(std::string_view bytes) noexcept {
    hash_.add(bytes);
    bytes_ += bytes.size();
  }
  std::uint64_t bytes() const noexcept { return bytes_; }
  ContentRead content() const noexcept { return ContentRead(bytes_, hash_.digest()); }

 private:
  Xxh3 hash_;
  std::uint64_t bytes_ = 0;
};

// Reads `bytes` from `start` on, or fewer when the file is shorter. nullopt: they cannot be read.
std::optional<ContentRead> content_at(int descriptor, off_t start, std::uint64_t bytes) {
  std::vector<char> piece(256 * 1024);
  ContentHash hash;
  while (bytes > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, piece.size()));
    const ssize_t got = ::pread(descriptor, piece.data(), wanted, start);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    hash.add(std::string_view(piece.data(), static_cast<std::size_t>(got)));
    start += got;
    bytes -= static_cast<std::uint64_t>(got);
  }
  return hash.content();
}

}  // namespace

class OpenInput {
 public:
  explicit OpenInput(const std::string& path_)
      : path(path_),
        shown(path == "-" ? "stdin" : printable(path)),
        number(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (number < 0) throw ConfigError(shown + ": cannot be opened: " + error_text(errno), ExitCode::input);
  }
  ~OpenInput() {
    if (number != STDIN_FILENO) ::close(number);
  }
  OpenInput(const OpenInput&) = delete;
  OpenInput& operator=(const OpenInput&) = delete;

  struct stat status() const {
    struct stat found {};
    if (::fstat(number, &found) != 0)
      throw ConfigError(shown + ": cannot be examined: " + error_text(errno), ExitCode::input);
    return found;
  }

  const std::string path;
  const std::string shown;
  const int number;
};

namespace {

class Reading final : public ByteInput {
 public:
  explicit Reading(std::shared_ptr<const OpenInput> file)
      : file_(std::move(file)), at_start_(file_->status()), last_seen_(at_start_) {
    if (is_regular() && is_stdin()) start_ = std::max<off_t>(::lseek(fd(), 0, SEEK_CUR), 0);
  }

  std::size_t read(std::span<char> buffer) override {
    for (;;) {
      const ssize_t bytes = read_some(buffer);
      if (bytes > 0) {
        take(std::string_view(buffer.data(), static_cast<std::size_t>(bytes)));
        return static_cast<std::size_t>(bytes);
      }
      if (bytes == 0) {
        refuse_other_file();
        return 0;
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        poll_for(-1);
      } else if (errno != EINTR) {
        throw InputError(file_->shown + ": cannot be read: " + error_text(errno));
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

  std::optional<ContentRead> content_read() const override {
    return is_regular() && start_ == 0 ? std::optional(read_.content()) : std::nullopt;
  }

 private:
  int fd() const noexcept { return file_->number; }
  bool is_stdin() const noexcept { return file_->path == "-"; }
  bool is_regular() const noexcept { return S_ISREG(at_start_.st_mode); }

  // Readings of one descriptor have an offset each. That of standard input belongs to other programs, too.
  ssize_t read_some(std::span<char> buffer) const noexcept {
    if (!is_regular() || is_stdin()) return ::read(fd(), buffer.data(), buffer.size());
    return ::pread(fd(), buffer.data(), buffer.size(), static_cast<off_t>(read_.bytes()));
  }

  // Hang-up and errors count as ready, because read() then returns immediately.
  bool poll_for(int timeout_ms) noexcept {
    struct pollfd wanted {};
    wanted.fd = fd();
    wanted.events = POLLIN;
    return ::poll(&wanted, 1, timeout_ms) > 0;
  }

  // A file that was written to may still have the bytes that were read. Then reading continues.
  void take(std::string_view bytes) {
    if (!is_regular()) return;
    read_.add(bytes);
    struct stat now {};
    if (::fstat(fd(), &now) != 0 || untouched(last_seen_, now)) return;
    last_seen_ = now;
    touched_ = true;
    const bool same = now.st_size == at_start_.st_size;
    if (!same || content_at(fd(), start_, read_.bytes()) != read_.content()) refuse();
  }

  // Call it at the end. A file system's clock is coarse, so a file that was written to is compared as a whole.
  void refuse_other_file() const {
    if (!is_regular()) return;
    struct stat named {};
    const bool there = is_stdin() ? ::fstat(fd(), &named) == 0 : ::stat(file_->path.c_str(), &named) == 0;
    if (!there || named.st_size != at_start_.st_size) refuse();
    if (!touched_ && untouched(at_start_, named)) return;
    const std::uint64_t bytes = read_.bytes();
    if ((is_stdin() ? content_at(fd(), start_, bytes) : read_content(file_->path, bytes)) != read_.content()) refuse();
  }

  [[noreturn]] void refuse() const {
    throw InputError(file_->shown + ": changed while it was read (edited, truncated, appended to or replaced)");
  }

  std::shared_ptr<const OpenInput> file_;
  struct stat at_start_;
  struct stat last_seen_;
  bool touched_ = false;
  off_t start_ = 0;  // standard input may begin in the middle of a file
  ContentHash read_;
};

}  // namespace

std::optional<ContentRead> read_content(const std::string& path, std::uint64_t bytes) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  const auto content = content_at(descriptor, 0, bytes);
  ::close(descriptor);
  return content;
}

InputFile::InputFile(const std::string& path) : file_(std::make_shared<const OpenInput>(path)) {
  if (S_ISDIR(file_->status().st_mode))
    throw ConfigError(file_->shown + ": is a directory; name a CSV or NDJSON file", ExitCode::input);
}

std::unique_ptr<ByteInput> InputFile::read() const { return std::make_unique<Reading>(file_); }

}  // namespace amend
