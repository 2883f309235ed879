// `amend ping`: sends one signed echo to test address, TLS, credentials and clock. Layer 5.
#pragma once

#include <string>

#include "amend/error.hpp"
#include "amend/ping.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// 0: the echo succeeded. 4: no response, or the server is busy (429, 5xx). 5: needs an operator.
ExitCode ping_exit_code(const Ping& result);

/// Several lines, with the likely cause of a failure.
std::string ping_text(const Ping& result, const Options& options);

/// One JSON object and a line end. Unknown values are null.
std::string ping_json(const Ping& result);

ExitCode run_ping(const Options& options);

}  // namespace amend::cli
