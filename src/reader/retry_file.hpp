// How a file is recognised that amend wrote to be sent again (reporter/feedback.hpp). No I/O. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// Whether this is the header of a CSV that amend wrote: separated by commas, with the column amend_line. `line` is one
/// header, a line end behind it or not.
bool is_retry_header(std::string_view line);

/// Whether an NDJSON line ends in members that amend has added.
bool is_retry_line(std::string_view line) noexcept;

}  // namespace amend
