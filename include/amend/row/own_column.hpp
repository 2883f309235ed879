// The columns and members that amend adds to rows it writes to be sent again (reporter/feedback.hpp). Layer 0.
#pragma once

#include <cstddef>
#include <string_view>

namespace amend {

inline constexpr std::string_view own_prefix = "amend_";

/// Such a column is never sent, and no option can name it.
inline bool is_own_column(std::string_view name) noexcept { return name.starts_with(own_prefix); }

/// By how much a row may be longer and wider than the limits once amend has added to it.
inline constexpr std::size_t own_bytes_max = std::size_t{64} << 10;
inline constexpr std::size_t own_columns_max = 4;

}  // namespace amend
