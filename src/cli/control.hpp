// `amend control RUN ACTION`: asks a run that goes on, through its control socket. Layer 5.
#pragma once

#include <string>

#include "amend/error.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// Sends one request (ControlRequest) to the run in the directory `run` and returns its line of JSON, without the line
/// end. Waits 10 s at most. Throws ConfigError: no run goes on there, or it does not answer.
std::string ask_run(const std::string& run, const std::string& request);

/// Throws ConfigError also for what the run refuses.
ExitCode run_control(const Options& options);

}  // namespace amend::cli
