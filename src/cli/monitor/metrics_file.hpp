// A file with the metrics, replaced as a whole each time, so that a reader never sees half of it. Layer 5; one thread.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

namespace amend::cli {

class MetricsFile {
 public:
  /// Writes nothing yet. Throws ConfigError, which names --metrics-file. Causes: its folder does not exist, it exists
  /// and is not a metrics file, or it has the name of a run's file.
  explicit MetricsFile(std::string path);

  const std::string& path() const noexcept { return path_; }

  /// Writes another file and renames it. The result is not durable, because the next one follows in seconds.
  std::error_code replace(std::string_view text) const;

 private:
  std::string path_;
};

}  // namespace amend::cli
