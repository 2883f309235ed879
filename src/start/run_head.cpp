#include "start/run_head.hpp"

#include <filesystem>
#include <utility>

#include "engine/sizing.hpp"
#include "row/utc_time.hpp"
#include "run/run_place.hpp"

namespace amend {

void write_run_json(const RunDirectory& run, Config config, const InputIdentity& input,
                    std::chrono::system_clock::time_point started_at, const std::string& parent) {
  for (std::string* file : paths_read(config))
    if (!file->empty() && *file != "-") *file = std::filesystem::absolute(*file).lexically_normal().string();
  RunRecord record;
  record.config = std::move(config);
  record.input = input;
  record.started_at = utc_text(started_at);
  record.parent = parent;
  record.read_ahead_rows = read_ahead_rows(record.config.load);
  run.write_file("run.json", run_json(record));
}

}  // namespace amend
