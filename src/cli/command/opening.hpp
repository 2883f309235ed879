// The first lines of a run: target, contents and rate. Pure. Layer 5.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "amend/job.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// Several lines, each with a line end. They name every column that is not sent, and no secret.
std::string opening_text(const Options& options, const Plan& plan);

/// "id <- id, name <- Full Name": each text is cut to 80 bytes and made printable.
std::string join_printable(const std::vector<std::string>& texts);

/// 1536 → "1.5 KiB".
std::string show_bytes(std::uint64_t bytes);

}  // namespace amend::cli
