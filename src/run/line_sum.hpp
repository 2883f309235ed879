// The checksum that chains the lines of a file. It shows a line that was changed, lost, doubled or moved. Layer 1,
// pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace amend {

/// The sum of a line. `before`: the sum of the line before it, 0 for the first line.
std::uint32_t line_sum(std::string_view text, std::uint32_t before) noexcept;

}  // namespace amend
