// Finds the name that an operator probably meant when they typed another one. Pure. Layer 0.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace amend {

/// The name of `names` that `typed` becomes by the fewest changes. A change adds, drops or replaces a letter, or
/// exchanges two neighbours. At most one change per three letters of `typed` counts, and at most two in all. Of equals
/// the first wins. Empty: no name is close. Names longer than `name_bytes_max` are never close. ASCII case counts.
std::string_view closest_name(std::string_view typed, std::span<const std::string_view> names);

inline constexpr std::size_t name_bytes_max = 64;

}  // namespace amend
