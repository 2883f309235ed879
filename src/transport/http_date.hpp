// Parses HTTP's dates. Pure. Layer 1.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace amend {

/// Reads a date in one of the three forms that a recipient must know (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37
/// GMT", "Sunday, 06-Nov-94 08:49:37 GMT" (a year from 1970 to 2069), "Sun Nov  6 08:49:37 1994". nullopt for any other
/// text. The day of the week is not compared with the date.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept;

}  // namespace amend
