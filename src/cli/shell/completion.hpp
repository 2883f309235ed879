// `amend completion`: the completion scripts of shells, made from the tables of --help. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// A script for `shell`: bash, zsh or fish. Throws ConfigError for any other.
std::string completion_script(std::string_view shell);

ExitCode run_completion(const Options& options);

}  // namespace amend::cli
