// What the plan of a reconciliation says, counted. Layer 2; one thread; memory: one line.
#pragma once

#include <string>
#include <string_view>

#include "amend/report/run_picture.hpp"
#include "report/error_groups.hpp"

namespace amend::report {

/// Of the plan in `directory`; rows that could not be read go into `errors` when that is given.
ComparisonPicture read_comparison(const std::string& directory, ErrorGroups* errors);

/// `names`: `"name","phone"`, as a record lists the fields whose answer showed another value.
void add_drift(ComparisonPicture& comparison, std::string_view names);

}  // namespace amend::report
