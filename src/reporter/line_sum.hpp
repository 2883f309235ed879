// The checksum that chains the lines of a file: a line that was changed, lost, doubled or moved does not fit. Layer 1.
#pragma once

#include <cstdint>
#include <string_view>

namespace amend {

/// Of the text of a line; `before`: the sum of the line before it, 0 for the first.
std::uint32_t line_sum(std::string_view text, std::uint32_t before) noexcept;

}  // namespace amend
