// A run that is running, in the numbers that are shown. Layer 5; any thread.
#pragma once

#include "amend/run.hpp"
#include "cli/text/progress.hpp"

namespace amend::cli {

/// All but rows_per_second: that takes two looks (RateMeter).
Snapshot take_snapshot(const Run& run);

}  // namespace amend::cli
