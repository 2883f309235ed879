// `amend resume RUN`: continues a run that stopped or was killed. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// `options.config.run_directory` is the run. Throws ConfigError and InputError for errors before the first request.
ExitCode run_resume(const Options& options);

/// For `update`: throws ConfigError when the folder of the new run has an unfinished run of the same input.
void refuse_unfinished_run(const Config& config);

}  // namespace amend::cli
