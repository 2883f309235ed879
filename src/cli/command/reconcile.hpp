// `amend reconcile`, `amend verify` and `amend undo`: compare values with the API. The values are from a file, from
// what a run sent, or from what it overwrote. Layer 5.
#pragma once

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// A report; with ReconcileConfig::apply then a run that sends what differs. 0: the API has what every row wants; 1:
/// something differs, is missing, could not be read or did not succeed. No other thread may exist before.
ExitCode run_reconcile(const Options& options);

}  // namespace amend::cli
