// `amend update FILE`: the main job. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "amend/pipeline.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// Runs on the calling thread, with a Terminal and a Console beside it; no other thread may exist before. Throws
/// ConfigError and InputError for what is found before the first request.
ExitCode run_update(const Options& options);

/// pipeline.run() with a Terminal and a Console beside it, and what a person is told at its end.
Summary run_watched(Pipeline& pipeline, const Options& options);

/// The same, and what a script is told.
ExitCode run_to_the_end(Pipeline& pipeline, const Options& options);

}  // namespace amend::cli
