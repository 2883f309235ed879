// The text of `amend version`: the program, its commit, its compiler, and its libraries. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

ExitCode run_version(const Options& options);

}  // namespace amend::cli
