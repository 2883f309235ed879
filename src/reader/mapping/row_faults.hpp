// Turns a row that cannot be read into a faulty record, for all parsers of this folder. Layer 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// The part of a faulty row that is kept, so that people recognise it.
inline constexpr std::size_t raw_kept_bytes = 4096;
/// One byte more shows whether the cut would be inside a character.
inline constexpr std::size_t raw_seen_bytes = raw_kept_bytes + 1;

/// A reason of origin `input`. The text is made printable and cut. `column` becomes Reason::column.
Reason row_fault(std::string_view code, const std::string& text, std::uint32_t column = 0);

/// Makes the record faulty, and cuts its raw bytes to `raw_kept_bytes`, at a UTF-8 boundary if there is one.
void refuse_row(Record& record, Reason reason);

/// Refuses the record when its raw bytes contain a NUL or are not UTF-8. Returns true when they are valid.
bool judge_bytes(Record& record);

}  // namespace amend
