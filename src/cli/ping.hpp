// `amend ping`: one signed echo, to see that address, TLS, credentials and clock are right. Layer 5.
#pragma once

#include <string>

#include "amend/error.hpp"
#include "amend/ping.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// 0: the echo came back; 4: nobody answered, or the server is busy (429, 5xx); 5: a person is needed.
ExitCode ping_exit_code(const Ping& result);

/// For people, several lines; with the likely cause when it failed.
std::string ping_text(const Ping& result, const Options& options);

/// One JSON object and a line end. What is not known is null.
std::string ping_json(const Ping& result);

ExitCode run_ping(const Options& options);

}  // namespace amend::cli
