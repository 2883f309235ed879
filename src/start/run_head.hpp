// Writes run.json, which `resume`, `retry` and `undo` read. Layer 4.
//
// *Threads.* One. *Errors.* DurabilityError. *Bounds.* One file. *Lifetime.* A function. *Source.* The configuration.
#pragma once

#include <chrono>
#include <string>

#include "amend/config.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/summary.hpp"

namespace amend {

/// Writes run.json with absolute paths, because a later process may have another working directory.
void write_run_json(const RunDirectory& run, Config config, const InputIdentity& input,
                    std::chrono::system_clock::time_point started_at, const std::string& parent = {});

}  // namespace amend
