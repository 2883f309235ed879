// Recognises UTF-8 that was read as another encoding and encoded again: "Ã©", "â€™", "ðŸ˜€". Pure. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// Whether the text, valid UTF-8, was encoded twice somewhere. Two letters that look so by chance do not count ("IRMÃ”"
/// at the end of a quotation). A single letter beyond Latin script counts only when a second one follows
/// somewhere.
bool is_doubly_encoded(std::string_view text) noexcept;

/// Whether Chinese in UTF-8 was read as GBK: U+6D63 U+72B2 U+30BD for U+4F60 U+597D. Two characters of it are proof.
bool is_utf8_read_as_gbk(std::string_view text) noexcept;

}  // namespace amend
