#include "amend/wonder/secret_file.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "amend/error.hpp"
#include "row/shell_path.hpp"

namespace amend::wonder {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void refuse(std::string_view option, const std::string& path, std::string_view why) {
  throw ConfigError(std::string(option) + " " + printable(path) + ": " + std::string(why));
}

void require_private_regular_file(int fd, const std::string& path, std::string_view option) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) refuse(option, path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) refuse(option, path, "this is not a regular file");
  if ((status.st_mode & 077) != 0) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(status.st_mode & 07777));
    refuse(option, path,
           std::string("other users have rights to this secret file (mode ") + mode + "). Run: chmod 600 " +
               shell_path(path));
  }
  if (static_cast<std::size_t>(status.st_size) > secret_file_bytes_max)
    refuse(option, path, "the file is larger than 64 KiB");
}

}  // namespace

std::string read_secret_file(const std::string& path, std::string_view option) {
  // O_NONBLOCK makes open() return for a named pipe, which must be refused and not waited for.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) refuse(option, path, std::strerror(errno));
  require_private_regular_file(file.get(), path, option);
  std::string content(secret_file_bytes_max + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(option, path, std::strerror(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > secret_file_bytes_max) refuse(option, path, "the file is larger than 64 KiB");
  content.resize(size);
  return content;
}

void forbid_core_dumps() noexcept {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace amend::wonder
