// The counts of the plan of a reconciliation. Layer 2.
//
// Threads: one. Errors: none; a line of another form is skipped. Bounds: one line.
#pragma once

#include <string>
#include <string_view>

#include "amend/report/run_picture.hpp"
#include "report/page/error_groups.hpp"

namespace amend::report {

/// Of the plan in `directory`. Rows that could not be read are added to `errors`, which may be null.
ComparisonPicture read_comparison(const std::string& directory, ErrorGroups* errors);

/// `names`: `"name","phone"`, as a record lists the fields whose response showed another value.
void add_drift(ComparisonPicture& comparison, std::string_view names);

}  // namespace amend::report
