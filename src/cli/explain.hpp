// `amend explain`: what an error_code means, and what to do. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// One code, for people. A code that is none of amend's own is the API's.
std::string explain_text(std::string_view code);

/// All of amend's own.
std::string explain_all_text();

/// 1: the code is none of amend's own.
ExitCode run_explain(const Options& options);

}  // namespace amend::cli
