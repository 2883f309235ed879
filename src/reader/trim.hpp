// Implements --trim. Pure. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// The text without white space and invisible characters at its ends. The text is valid UTF-8. A joiner at the end
/// stays when it shapes the letter before it.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace amend
