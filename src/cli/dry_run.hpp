// `amend update --dry-run`: the first requests as they would be sent, masked; sends nothing, creates nothing. Layer 5.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/reader/source.hpp"
#include "amend/worker/signer.hpp"
#include "cli/options.hpp"

namespace amend::cli {

inline constexpr std::uint64_t dry_run_rows = 3;

/// Each value of a JSON body as its first character and ***; a token as *** alone; "" and null as they are.
std::string mask_body(std::string_view body);

/// Header lines (each ending in CRLF) with every value masked but Credential's and those of the lines in `open_lines`.
std::string mask_headers(std::string_view lines, std::string_view open_lines);

/// All rows that `source` gives, as text. Throws ConfigError for a mapping that does not fit.
std::string dry_run_text(const Config& config, const Credentials& credentials, Source& source);

/// Shows --limit rows, or `dry_run_rows`, on stdout; what would be done on stderr.
ExitCode run_dry(const Options& options, const Credentials& credentials);

}  // namespace amend::cli
