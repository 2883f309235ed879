// `amend retry RUN`: starts a new run with the rows that did not succeed. Layer 5.
#pragma once

#include <string>

#include "amend/error.hpp"
#include "amend/job.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// What the retry will do. The first line has the number of rows to send, and each other number above 0 has a further
/// line.
std::string retry_lines(const RetryReport& report);

/// When no row is left to send, the exit code is that of `status`. Throws ConfigError and InputError for errors before
/// the first request.
ExitCode run_retry(const Options& options);

}  // namespace amend::cli
