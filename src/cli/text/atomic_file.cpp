#include "cli/text/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

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

// Returns "" when the file cannot be read, so that it counts as foreign.
std::string first_bytes_of(const std::string& path) {
  std::string bytes(4096, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace

void refuse_irreplaceable(std::string_view option, const std::string& path, std::string_view kind, IsOurs is_ours) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!fs::is_directory(folder.empty() ? "." : folder, error))
    throw ConfigError(fmt::format("{}: the folder of {} does not exist", option, printable(path)));
  const bool leads_nowhere = fs::is_symlink(path, error) && !fs::exists(path, error);
  if (leads_nowhere || (fs::exists(path, error) && !fs::is_regular_file(path, error)))
    throw ConfigError(fmt::format("{}: {} is not a regular file. Name another file", option, printable(path)));
  if (fs::exists(path, error) && !is_ours(first_bytes_of(path)))
    throw ConfigError(fmt::format("{}: {} exists and is not {}, so amend does not replace it. Name a new file", option,
                                  printable(path), kind));
}

std::error_code replace_file(const std::string& path, std::string_view text, mode_t mode) {
  const std::string draft = fmt::format("{}.{}.tmp", path, ::getpid());
  // Never write through a link that another user may have put there.
  ::unlink(draft.c_str());
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (descriptor < 0) return {errno, std::generic_category()};
  int error = write_all(descriptor, text);
  if (::close(descriptor) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error == 0 && ::rename(draft.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(draft.c_str());
  return {error, std::generic_category()};
}

}  // namespace amend::cli
