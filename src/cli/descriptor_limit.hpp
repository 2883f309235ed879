// How many files this process may have open, against what a command needs. Layer 5.
#pragma once

#include <exception>

#include "cli/options.hpp"

namespace amend::cli {

/// Raises the limit of open files, as far as it may, to what the command needs. Throws ConfigError (exit 4) that names
/// both numbers when that is not enough: nothing was sent then.
void require_descriptors(const Options& options);

/// Whether this, or what a system call said in it, is that no further file can be opened.
bool lacks_descriptors(const std::exception& error) noexcept;

/// "raise the limit of open files (`ulimit -n`), …": what helps then.
inline constexpr const char* descriptor_remedy =
    "raise the limit of open files (ulimit -n, LimitNOFILE= of systemd) and run the command again";

}  // namespace amend::cli
