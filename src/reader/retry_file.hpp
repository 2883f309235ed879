// Recognises the retry files that amend writes (reporter/retry_files.hpp). No I/O. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// Whether `line` is the header of a CSV that amend wrote: separated by commas, with the column amend_line. A line end
/// may follow it.
bool is_retry_header(std::string_view line);

/// Whether an NDJSON line ends in members that amend added.
bool is_retry_line(std::string_view line) noexcept;

}  // namespace amend
