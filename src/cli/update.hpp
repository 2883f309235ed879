// `amend update FILE`: the main job. Layer 5.
#pragma once

#include <functional>

#include "amend/error.hpp"
#include "amend/pipeline.hpp"
#include "cli/console.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// Runs on the calling thread, with a Terminal and a Console beside it; no other thread may exist before. Throws
/// ConfigError, InputError and ThreadError for what is found before the first request.
ExitCode run_update(const Options& options);

/// pipeline.run() with a Terminal and a Console beside it, and what a person is told at its end. `before_run` is called
/// when both are there: what it throws ends all before the first request.
Summary run_watched(Pipeline& pipeline, const Options& options, ConsoleOutputs& outputs,
                    const std::function<void()>& before_run = {});

/// The same, and what a script is told.
ExitCode run_to_the_end(Pipeline& pipeline, const Options& options, ConsoleOutputs& outputs);

}  // namespace amend::cli
