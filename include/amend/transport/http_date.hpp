// HTTP's dates. Layer 1, pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace amend {

/// IMF-fixdate (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT"; nullopt for anything else, the obsolete forms
/// included. The day of the week is not checked against the date.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept;

}  // namespace amend
