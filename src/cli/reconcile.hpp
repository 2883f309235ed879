// `amend reconcile`, `amend verify` and `amend undo`: a file, or what a run was to make true, or what it has
// overwritten, beside what the API holds. Layer 5.
#pragma once

#include <functional>

#include "amend/error.hpp"
#include "amend/reconciliation.hpp"
#include "amend/reporter/run_directory.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// A report; with ReconcileConfig::apply then a run that sends what differs. 0: the API holds what every row wants; 1:
/// something differs, is missing, could not be read or did not succeed. No other thread may exist before.
/// `before_sending` is called once it is certain that something is sent.
ExitCode run_reconcile(const Options& options, const std::function<void(const ReconcileReport&)>& before_sending = {});

/// Leaves the name of the run that restores its old values in the run `undone`. Throws DurabilityError.
void mark_undone(const RunDirectory& undone, const std::string& by);

/// Holds the lock of the run that is undone.
ExitCode run_undo(const Options& options);

}  // namespace amend::cli
