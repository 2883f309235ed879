// `amend reconcile`: a file beside what the API holds; a report, and nothing is sent that changes anything. Layer 5.
#pragma once

#include <string>

#include "amend/reconciliation.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// 0: the API holds what every row wants; 1: something differs, is missing or could not be read.
ExitCode run_reconcile(const Options& options);

/// The report for people; values are masked unless ReconcileConfig::show_values.
std::string reconcile_text(const ReconcileConfig& config, const ReconcileReport& report);

/// The same as one line of JSON.
std::string reconcile_json(const ReconcileConfig& config, const ReconcileReport& report);

/// "A… (12 characters)": enough to recognise a value that one knows. "" as it is.
std::string masked(std::string_view value);

}  // namespace amend::cli
