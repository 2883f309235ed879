// What a person, and a script, is told of a reconciliation. Layer 5: pure.
#pragma once

#include <string>

#include "amend/config.hpp"
#include "amend/reconciliation.hpp"
#include "amend/reporter/summary.hpp"

namespace amend::cli {

/// The report for people; values are masked unless ReconcileConfig::show_values.
std::string reconcile_text(const ReconcileConfig& config, const ReconcileReport& report);

/// The same as one line of JSON. `applied`: what came of it; null: nothing was applied.
std::string reconcile_json(const ReconcileConfig& config, const ReconcileReport& report, const Summary* applied);

/// What is about to be sent, and what of it cannot be taken back.
std::string before_applying(const ReconcileReport& report);

/// A line that says why a comparison that passes rows over, and has read no customer, proves nothing; empty: it has
/// read some, or passes none over.
std::string nothing_looked_at(const Config& config, const ReconcileReport& report);

}  // namespace amend::cli
