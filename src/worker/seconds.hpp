// Lengths of time as numbers. Layer 1: pure.
#pragma once

#include <chrono>

namespace amend {

inline double seconds_of(std::chrono::nanoseconds time) noexcept { return std::chrono::duration<double>(time).count(); }

}  // namespace amend
