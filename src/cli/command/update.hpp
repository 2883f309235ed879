// `amend update FILE`: the main command. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "amend/run.hpp"
#include "cli/option/options.hpp"
#include "cli/text/console.hpp"

namespace amend::cli {

/// Runs on the calling thread, with a Terminal and a Console beside it. No other thread may exist before. Throws
/// ConfigError, InputError and ThreadError for errors before the first request.
ExitCode run_update(const Options& options);

/// Opens the input with its credentials, and prints the first lines of a run.
Input open_input(const Options& options, Credentials credentials);

/// Executes the job with a Terminal and a Console beside it, and prints how it ended.
Summary run_watched(Job job, const Options& options, ConsoleOutputs& outputs);

/// The same, and the summary as JSON when --json asks for it.
ExitCode run_to_the_end(Job job, const Options& options, ConsoleOutputs& outputs);

}  // namespace amend::cli
