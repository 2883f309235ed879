// The columns and members that amend adds to the rows of retry files (reporter/retry_files.hpp). Layer 0.
#pragma once

#include <cstddef>
#include <string_view>

namespace amend {

inline constexpr std::string_view own_prefix = "amend_";

/// Whether it is such a column. It is never sent, and no option can name it.
inline bool is_own_column(std::string_view name) noexcept { return name.starts_with(own_prefix); }

/// The limits for what amend adds to a row, beyond the limits of the input.
inline constexpr std::size_t own_bytes_max = std::size_t{64} << 10;
inline constexpr std::size_t own_columns_max = 4;

}  // namespace amend
