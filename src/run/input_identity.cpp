#include "run/input_identity.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>

namespace amend {
namespace {

constexpr std::string_view restore = "Restore the file that the run read";

}  // namespace

InputIdentity identify(const Config& config, const Source& source) {
  InputIdentity identity;
  identity.path = config.input.file;
  identity.format = source.format();
  identity.delimiter = source.delimiter();
  struct stat status {};
  if (identity.path == "-" || ::stat(identity.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return identity;
  identity.size = static_cast<std::uint64_t>(status.st_size);
  identity.modified = std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  identity.changed = std::chrono::seconds(status.st_ctim.tv_sec) + std::chrono::nanoseconds(status.st_ctim.tv_nsec);
  identity.device = status.st_dev;
  identity.inode = status.st_ino;
  return identity;
}

bool can_be_read_again(const InputIdentity& then, const InputIdentity& now, const std::optional<ContentRead>& read) {
  if (then.inode == 0 || now.inode == 0 || then.size != now.size) return false;
  const bool same_inode = then.inode == now.inode && then.device == now.device && then.modified == now.modified;
  if (!read || (same_inode && then.changed == now.changed)) return same_inode;
  return read_content(now.path, read->bytes) == read;
}

void refuse_one_time_input(const std::string& file) {
  struct stat info {};
  if (file != "-" && ::stat(file.c_str(), &info) != 0)
    throw ConfigError(printable(file) + ": " + std::generic_category().message(errno), ExitCode::input);
  if (file != "-" && S_ISREG(info.st_mode)) return;
  throw ConfigError((file == "-" ? "standard input" : printable(file)) +
                        " cannot be read again, and this command reads its input more than once: save it as a file",
                    ExitCode::input);
}

void refuse_other_row(const std::string& file, const Position& position) {
  throw InputError(
      fmt::format("{}: row {} (line {}) differs from the row that the run read: the file was edited, "
                  "reordered or replaced. This command sent nothing for this row. {}",
                  printable(file), position.row, position.line, restore));
}

void require_row(const std::string& file, std::uint64_t wanted, std::uint64_t last_row) {
  if (wanted <= last_row) return;
  throw InputError(fmt::format("{}: has no row {}, which the run read: the file was cut or replaced. {}",
                               printable(file), wanted, restore));
}

}  // namespace amend
