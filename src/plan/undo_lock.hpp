// The run whose old values an undo restores. Layer 4.
//
// *Threads.* One. *Errors.* ConfigError, InputError and DurabilityError, as documented below. *Bounds.* None.
// *Lifetime.* Functions. *Source.* The run directory.
#pragma once

#include <memory>
#include <string>

#include "amend/run/run_directory.hpp"

namespace amend {

/// Locks the run, so that no other process resumes it during the undo. Throws ConfigError (exit 7) when another process
/// has locked it, InputError when its log is lost.
std::unique_ptr<RunDirectory> lock_run_to_undo(const std::string& run);

/// Records in the run that `by`, the directory of another run, restores its old values. Throws DurabilityError.
void mark_undone(const RunDirectory& undone, const std::string& by);

}  // namespace amend
