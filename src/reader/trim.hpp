// What --trim drops. Layer 1: pure.
#pragma once

#include <string_view>

namespace amend {

/// The text, valid UTF-8, without white space and characters that cannot be seen at its ends. A joiner at the end stays
/// where it shapes the letter before it.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace amend
