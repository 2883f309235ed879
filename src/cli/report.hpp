// `amend report RUN`: one HTML page about a run; changes nothing else. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// Writes the page, into the run directory unless --out names another file, and prints where it is. An older page is
/// replaced as a whole. Exit code 3 when the log was changed: the page says what it lacks.
ExitCode run_report(const Options& options);

}  // namespace amend::cli
