// Makes the job of a resumed run: reads its log, compares its options and its input, writes its retry files again. Sends
// nothing. Layer 4.
#pragma once

#include <string>
#include <vector>

#include "amend/config.hpp"
#include "amend/pipeline.hpp"
#include "amend/reader/input_file.hpp"
#include "pipeline/job.hpp"

namespace amend {

class ResumedRun {
 public:
  ResumedRun() = default;

  Job job;
  ResumeReport report;
  std::vector<std::string> notices;  ///< what an operator should know of its retry files
};

/// `config.run_directory` is the run. Locks it. Throws ConfigError and InputError as Pipeline::recover says.
ResumedRun make_resume(const Config& config, const InputFile& file, ChangedOptions changed);

/// Throws ConfigError naming the first option that would make other requests than those of the rows that are done.
void refuse_changed_options(const Config& was, const Config& is);

}  // namespace amend
