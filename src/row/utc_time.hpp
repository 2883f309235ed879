// Writes a time in UTC for files and pages. Layer 0.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace amend {

/// Appends the time in a `format` of strftime(3), at most 63 bytes. Allocates only to grow `out`.
void append_utc(std::string& out, std::chrono::system_clock::time_point at, const char* format);

/// For example "2026-11-23T12:00:00Z", or the time in another `format`.
std::string utc_text(std::chrono::system_clock::time_point at, const char* format = "%Y-%m-%dT%H:%M:%SZ");

/// "2026-11-23T12:00:00.123Z", with or without the fraction. nullopt: another text, or a moment outside 1970 to 2199.
std::optional<std::chrono::system_clock::time_point> parse_utc(std::string_view text) noexcept;

}  // namespace amend
