// `amend control RUN ACTION`: queries or controls an active run through its control socket. Layer 5.
#pragma once

#include <string>

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// Sends one request (ControlRequest) to the run in the directory `run`. Returns its line of JSON without the line end.
/// Waits at most 10 s.
///
/// Errors: throws ConfigError when no run is active there, or when it does not respond.
std::string ask_run(const std::string& run, const std::string& request);

/// Throws ConfigError also for a request that the run refuses.
ExitCode run_control(const Options& options);

}  // namespace amend::cli
