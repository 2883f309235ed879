#include "cli/metrics_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "amend/error.hpp"

namespace amend::cli {
namespace {

namespace fs = std::filesystem;

int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

MetricsFile::MetricsFile(std::string path)
    : path_(std::move(path)), draft_(fmt::format("{}.{}.tmp", path_, ::getpid())) {
  std::error_code error;
  const fs::path folder = fs::path(path_).parent_path();
  if (!fs::is_directory(folder.empty() ? "." : folder, error))
    throw ConfigError(fmt::format("--metrics-file: the folder of {} does not exist", printable(path_)));
  if (fs::exists(path_, error) && !fs::is_regular_file(path_, error))
    throw ConfigError(fmt::format("--metrics-file: {} is no regular file", printable(path_)));
}

std::error_code MetricsFile::replace(std::string_view text) const {
  // Never through a link that somebody else has put there.
  ::unlink(draft_.c_str());
  const int descriptor = ::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (descriptor < 0) return {errno, std::generic_category()};
  int error = write_all(descriptor, text);
  if (::close(descriptor) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error == 0 && ::rename(draft_.c_str(), path_.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(draft_.c_str());
  return {error, std::generic_category()};
}

}  // namespace amend::cli
