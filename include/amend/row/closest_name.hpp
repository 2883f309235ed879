// Which of some names a person may have meant who typed another one. Layer 0: pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace amend {

/// The one of `names` that `typed` becomes by the fewest changes: a letter added, left out or replaced, or two
/// neighbours exchanged. At most one change to three letters of `typed`, and at most two; of several equally near the
/// first. Empty: none is near. Names longer than `name_bytes_max` are near to nothing. ASCII case counts.
std::string_view closest_name(std::string_view typed, std::span<const std::string_view> names);

inline constexpr std::size_t name_bytes_max = 64;

}  // namespace amend
