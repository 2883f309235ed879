// `amend man`: manual pages, made from the tables of --help. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// The page in the macros of man(7): amend-COMMAND(1) for `command`, amend(1) when it is empty. Throws ConfigError when
/// there is no such command.
std::string man_page(std::string_view command);

ExitCode run_man(const Options& options);

}  // namespace amend::cli
