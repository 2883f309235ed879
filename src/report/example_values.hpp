// The cells of example rows, from the files of rows that did not succeed. Layer 2; one thread. Memory: one row.
#pragma once

#include <string>
#include <vector>

#include "amend/report/run_picture.hpp"

namespace amend::report {

/// Fills ErrorGroup::values of those whose example row stands in failed, unknown or rejected (.csv, .ndjson) in
/// `directory`; found by its line and its code. A file that cannot be read is passed over.
void add_example_values(const std::string& directory, std::vector<ErrorGroup>& errors);

}  // namespace amend::report
