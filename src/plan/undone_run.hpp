// The run whose old values an undo restores. Layer 4.
#pragma once

#include <memory>
#include <string>

#include "amend/run/run_directory.hpp"

namespace amend {

/// Locks the run, so that no other process resumes it while it is undone. Throws ConfigError: exit 7 when another
/// process has it; exit 2 when it saved no old values. Throws InputError when its log is lost.
std::unique_ptr<RunDirectory> lock_run_to_undo(const std::string& run);

/// Writes into the run that `by`, the directory of another run, restores its old values. Throws DurabilityError.
void mark_undone(const RunDirectory& undone, const std::string& by);

}  // namespace amend
