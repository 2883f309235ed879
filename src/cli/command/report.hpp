// `amend report RUN`: writes one HTML page about a run, and changes no other file. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// Writes the page into the run directory, or to the file of --out, and prints its place. It replaces an older page as
/// a whole. It returns exit code 3 when the log was changed; the page then names what it lacks.
ExitCode run_report(const Options& options);

}  // namespace amend::cli
