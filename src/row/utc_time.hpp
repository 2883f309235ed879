// A moment as files and pages show it: in UTC. Layer 0.
#pragma once

#include <chrono>
#include <string>

namespace amend {

/// Appends it as `format` of strftime(3) says, at most 63 bytes. Allocates only to grow `out`.
void append_utc(std::string& out, std::chrono::system_clock::time_point at, const char* format);

/// "2026-11-23T12:00:00Z", or in another `format`.
std::string utc_text(std::chrono::system_clock::time_point at, const char* format = "%Y-%m-%dT%H:%M:%SZ");

}  // namespace amend
