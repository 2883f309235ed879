// Compares the names of columns. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// Whether the two names mean the same column. ASCII case, spaces (also no-break spaces), underscores and hyphens do
/// not count: "Full Name", "full_name", "FullName" and " FULL-NAME " are the same.
bool same_column(std::string_view a, std::string_view b) noexcept;

}  // namespace amend
