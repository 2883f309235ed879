// Checks a run regularly, and stops it when it has taken too long or makes no progress. Layer 4.
//
// *Threads.* One of its own. *Errors.* None: it stops the run. *Bounds.* None. *Lifetime.* All arguments outlive it.
// *Source.* run_watch.hpp decides.
#pragma once

#include <stop_token>

#include "admission/admission_control.hpp"
#include "engine/run_watch.hpp"
#include "queue/run_control.hpp"

namespace amend {

/// The body of a thread. It returns when the run is stopped, or at `over`.
void watch_run(RunWatch run_watch, const Metrics& metrics, AdmissionControl& admission, RunControl& control,
               const std::stop_token& over);

}  // namespace amend
