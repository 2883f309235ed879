// What `amend version` prints: the program, its commit, its compiler, and the libraries that it uses. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "cli/options.hpp"

namespace amend::cli {

ExitCode run_version(const Options& options);

}  // namespace amend::cli
