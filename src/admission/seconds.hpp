// Times as numbers. Layer 1: pure.
#pragma once

#include <chrono>
#include <cstdint>

namespace amend {

inline std::int64_t ns_of(std::chrono::steady_clock::time_point time) noexcept {
  return std::chrono::nanoseconds(time.time_since_epoch()).count();
}

inline double seconds_of(std::chrono::nanoseconds time) noexcept { return std::chrono::duration<double>(time).count(); }

}  // namespace amend
