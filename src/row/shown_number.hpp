// Numbers and durations as people read them. Layer 0: pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace amend {

/// 1234567 → "1,234,567".
std::string show_count(std::uint64_t number);

/// "480 ms", "12.3 s", "4 min 05 s", "2 h 07 min".
std::string show_duration(std::chrono::milliseconds duration);

}  // namespace amend
