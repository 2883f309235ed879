// Which options may not change between a run and its resume or retry. Layer 4.
//
// *Threads.* Any. *Errors.* ConfigError. *Bounds.* None. *Lifetime.* A function. *Source.* The two configurations.
#pragma once

#include "amend/config.hpp"

namespace amend {

/// Throws ConfigError naming the first option whose new value would make other requests than those of the finished
/// rows.
void refuse_changed_options(const Config& was, const Config& is);

}  // namespace amend
