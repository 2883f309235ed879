// `amend resume RUN`: goes on with a run that stopped or was killed. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// `options.config.run_directory` is the run. Throws ConfigError and InputError for what is found before the first
/// request.
ExitCode run_resume(const Options& options);

/// For `update`: throws ConfigError when a run of this very input, beside where the new one would be, is not finished.
void refuse_unfinished_run(const Config& config);

}  // namespace amend::cli
