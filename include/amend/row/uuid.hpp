// The text form of a uuid. Layer 0: pure.
#pragma once

#include <string_view>

namespace amend {

/// 8-4-4-4-12 hexadecimal digits, in any case of letters.
bool is_uuid(std::string_view text) noexcept;

}  // namespace amend
