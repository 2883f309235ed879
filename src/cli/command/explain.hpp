// `amend explain`: the meaning and the remedy of an error_code. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// The text for one code. A code that is not amend's own is the API's.
std::string explain_text(std::string_view code);

/// The text for all of amend's own codes.
std::string explain_all_text();

/// Returns 1 when the code is not amend's own.
ExitCode run_explain(const Options& options);

}  // namespace amend::cli
