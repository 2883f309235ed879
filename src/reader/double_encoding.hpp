// Text that was UTF-8, was read as another encoding and written as UTF-8 once more: "Ã©", "â€™", "ðŸ˜€". Layer 1: pure.
#pragma once

#include <string_view>

namespace amend {

/// Whether the text, valid UTF-8, has such a place. Two letters that only look so by chance ("IRMÃ”" at the end of a
/// quotation) do not count; a single letter beyond Latin script counts only where a second one follows somewhere.
bool is_doubly_encoded(std::string_view text) noexcept;

/// Chinese in UTF-8 that was read as GBK: U+6D63 U+72B2 U+30BD for U+4F60 U+597D. Two characters of it are proof.
bool is_utf8_read_as_gbk(std::string_view text) noexcept;

}  // namespace amend
