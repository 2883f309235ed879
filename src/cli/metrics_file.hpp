// A file with the metrics, replaced as a whole each time: a reader never sees half of it. Layer 5; any one thread.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

namespace amend::cli {

class MetricsFile {
 public:
  /// Writes nothing yet. Throws ConfigError naming --metrics-file when its folder does not exist, when it is there and
  /// is not a metrics file, and when it is named like a file of a run.
  explicit MetricsFile(std::string path);

  const std::string& path() const noexcept { return path_; }

  /// Writes to a file beside it, then renames that over it. Not made durable: the next one comes in seconds.
  std::error_code replace(std::string_view text) const;

 private:
  std::string path_;
};

}  // namespace amend::cli
