// A run that goes on, in the numbers that people are shown. Layer 5; any thread.
#pragma once

#include <cstdint>

#include "amend/pipeline.hpp"
#include "cli/progress.hpp"

namespace amend::cli {

/// All but rows_per_second: that takes two looks (RateMeter).
Snapshot take_snapshot(const Pipeline& pipeline, std::uint64_t rows_limit);

}  // namespace amend::cli
