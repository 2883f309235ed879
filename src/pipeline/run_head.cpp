#include "pipeline/run_head.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <utility>

#include "amend/reporter/run_place.hpp"
#include "pipeline/resumption.hpp"
#include "row/utc_time.hpp"

namespace amend {

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

void write_run_json(const RunDirectory& run, Config config, const InputIdentity& input,
                    std::chrono::system_clock::time_point started_at, const std::string& parent) {
  for (std::string* file : paths_read(config))
    if (!file->empty() && *file != "-") *file = std::filesystem::absolute(*file).lexically_normal().string();
  RunRecord record;
  record.config = std::move(config);
  record.input = input;
  record.started_at = utc_text(started_at);
  record.parent = parent;
  record.read_ahead_rows = read_ahead_rows(record.config.pace);
  run.write_file("run.json", run_json(record));
}

}  // namespace amend
