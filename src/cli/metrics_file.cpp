#include "cli/metrics_file.hpp"

#include <utility>

#include "cli/atomic_file.hpp"

namespace amend::cli {

MetricsFile::MetricsFile(std::string path) : path_(std::move(path)) {
  refuse_irreplaceable("--metrics-file", path_, "a metrics file of amend",
                       [](std::string_view bytes) { return bytes.starts_with("# HELP amend_"); });
}

std::error_code MetricsFile::replace(std::string_view text) const { return replace_file(path_, text, 0644); }

}  // namespace amend::cli
