// What the summary of a run adds to its picture, in whichever way the picture is made. Layer 1: pure.
#pragma once

#include "amend/report/run_picture.hpp"
#include "amend/run/summary.hpp"

namespace amend::report {

/// Sets how the run ended and its requests, and adds the latencies of all attempts. Reads `picture.requests_of`.
void take(RunPicture& picture, const Summary& summary);

}  // namespace amend::report
