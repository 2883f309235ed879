// Which options may not change between a run and its resume or retry. Layer 4.
#pragma once

#include "amend/config.hpp"

namespace amend {

/// Throws ConfigError naming the first option that makes other requests than those of the rows that are finished.
void refuse_changed_options(const Config& was, const Config& is);

}  // namespace amend
