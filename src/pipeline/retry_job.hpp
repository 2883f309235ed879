// Makes the job of a retry: its chain locked and read, its options compared, its rows chosen. Sends nothing and creates
// nothing. Layer 4.
#pragma once

#include <string>

#include "amend/config.hpp"
#include "amend/pipeline.hpp"
#include "amend/reader/input_file.hpp"
#include "pipeline/job.hpp"

namespace amend {

class RetriedRun {
 public:
  RetriedRun() = default;

  Job job;
  RetryReport report;
  std::string directory;  ///< of the new run: beside those it retries, where they find it
};

/// Throws ConfigError and InputError as Pipeline::retry says.
RetriedRun make_retry(const Config& config, const InputFile& file, const std::string& run, const RetryChoice& choice,
                      ChangedOptions changed);

}  // namespace amend
