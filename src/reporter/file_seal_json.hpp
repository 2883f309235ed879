// Seals of retry files in summary.json. Layer 1.
#pragma once

#include <boost/json/array.hpp>
#include <vector>

#include "amend/reporter/file_seal.hpp"

namespace amend {

/// [{"name","bytes","hash"}]
boost::json::array seals_json(const std::vector<FileSeal>& seals);

}  // namespace amend
