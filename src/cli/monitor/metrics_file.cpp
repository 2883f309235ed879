#include "cli/monitor/metrics_file.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "amend/error.hpp"
#include "cli/text/atomic_file.hpp"
#include "run/run_place.hpp"

namespace amend::cli {
namespace {

// The run would create such a file later, and the metrics would overwrite it.
void refuse_name_of_a_result(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  const auto names = run_file_names();
  if (name != "lock" && name != "control" && std::ranges::find(names, name) == names.end()) return;
  throw ConfigError("--metrics-file: " + printable(path) + ": " + printable(name) +
                    " is a name that amend gives to a file of a run. Choose another name");
}

}  // namespace

MetricsFile::MetricsFile(std::string path) : path_(std::move(path)) {
  refuse_name_of_a_result(path_);
  refuse_irreplaceable("--metrics-file", path_, "a metrics file of amend",
                       [](std::string_view bytes) { return bytes.starts_with("# HELP amend_"); });
}

std::error_code MetricsFile::replace(std::string_view text) const { return replace_file(path_, text, 0644); }

}  // namespace amend::cli
