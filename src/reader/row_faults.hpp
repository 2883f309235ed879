// How a row that cannot be read is turned into a faulty record. Shared by the parsers of this folder. Layer 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// Of a faulty row so much is kept for people to recognise it.
inline constexpr std::size_t raw_kept_bytes = 4096;
/// One byte more shows whether the cut would fall inside a character.
inline constexpr std::size_t raw_seen_bytes = raw_kept_bytes + 1;

/// A reason of origin `input`; the text is made printable and cut. `column`: Reason::column.
Reason row_fault(std::string_view code, const std::string& text, std::uint32_t column = 0);

/// Makes the record faulty; its raw bytes are cut to `raw_kept_bytes`, at a UTF-8 boundary where there is one.
void refuse_row(Record& record, Reason reason);

/// Refuses the record when its raw bytes hold a NUL or are not UTF-8. True when they are fine.
bool judge_bytes(Record& record);

}  // namespace amend
