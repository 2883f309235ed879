// The cells of example rows, from the retry files. Layer 2.
//
// Threads: one. Errors: none; a file that cannot be read is skipped. Bounds: one row.
#pragma once

#include <string>
#include <vector>

#include "amend/report/run_picture.hpp"

namespace amend::report {

/// Fills ErrorGroup::values of each group whose example row is in failed, unknown or rejected (.csv, .ndjson) in
/// `directory`. Finds the row by its line and its code.
void add_example_values(const std::string& directory, std::vector<ErrorGroup>& errors);

}  // namespace amend::report
