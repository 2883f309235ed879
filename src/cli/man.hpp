// `amend man`: manual pages, made of the tables that --help is made of. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// In the macros of man(7). `command`: its page, amend-COMMAND(1); empty: amend(1). Throws ConfigError when there is no
/// such command.
std::string man_page(std::string_view command);

ExitCode run_man(const Options& options);

}  // namespace amend::cli
