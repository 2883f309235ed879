// Compares the limit of open files with what a command needs. Layer 5.
#pragma once

#include <exception>

#include "cli/option/options.hpp"

namespace amend::cli {

/// Raises the limit of open files, as far as allowed, to what the command needs. Throws ConfigError (exit 4) with both
/// numbers when that is not enough. Nothing was sent then.
void require_descriptors(const Options& options);

/// Whether the error, or the system call that caused it, means that no further file can be opened.
bool lacks_descriptors(const std::exception& error) noexcept;

/// The remedy: "raise the limit of open files (`ulimit -n`), …".
inline constexpr const char* descriptor_remedy =
    "raise the limit of open files (ulimit -n, LimitNOFILE= of systemd) and run the command again";

}  // namespace amend::cli
