// When two names of columns mean the same one. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// "Full Name", "full_name", "FullName" and " FULL-NAME " are the same: ASCII case, spaces (no-break ones too),
/// underscores and hyphens do not count.
bool same_column(std::string_view a, std::string_view b) noexcept;

}  // namespace amend
