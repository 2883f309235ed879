// Standard output of every command: data, for people and for scripts. Layer 5. The main thread only.
#pragma once

#include <string_view>

namespace amend::cli {

/// Written at once. What fails is remembered and does not stop the command: a run is worth more than what is said of
/// it.
void print(std::string_view text) noexcept;

/// Throws DurabilityError when not all that was printed could be written. A reader that has left does not count.
void require_all_printed();

}  // namespace amend::cli
