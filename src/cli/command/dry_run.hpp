// `amend update --dry-run`: shows the first requests, masked. It sends nothing and creates nothing. Layer 5.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/reader/source.hpp"
#include "amend/worker/signer.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

inline constexpr std::uint64_t dry_run_rows = 3;

/// Masks the values of a JSON body: the first character and ***; a token as *** only; "" and null unchanged.
std::string mask_body(std::string_view body);

/// Masks the values of header lines (each with CRLF), except Credential's and those of the lines in `open_lines`.
std::string mask_headers(std::string_view lines, std::string_view open_lines);

/// All rows of `source` as text. Throws ConfigError for a mapping that does not fit.
std::string dry_run_text(const Config& config, const Credentials& credentials, Source& source);

/// Shows --limit rows, or `dry_run_rows`, on stdout, and the planned actions on stderr.
ExitCode run_dry(const Options& options, const Credentials& credentials);

}  // namespace amend::cli
