// `amend retry RUN`: a new run over the rows that did not succeed. Layer 5.
#pragma once

#include <string>

#include "amend/error.hpp"
#include "amend/job.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// What the retry does, for people: the first line says how many rows it sends, one more each other number that is
/// not 0.
std::string retry_lines(const RetryReport& report);

/// When no row is left to be sent the exit code is that of `status`. Throws ConfigError and InputError for what is
/// found before the first request.
ExitCode run_retry(const Options& options);

}  // namespace amend::cli
