// The result of a reconciliation as text and as JSON. Pure. Layer 5.
#pragma once

#include <string>

#include "amend/config.hpp"
#include "amend/reconciliation.hpp"
#include "amend/run/summary.hpp"

namespace amend::cli {

/// The report as text; values are masked unless ReconcileConfig::show_values.
std::string reconcile_text(const ReconcileConfig& config, const ReconcileReport& report);

/// The report as one line of JSON. `applied` is the result of applying it; null: it was not applied.
std::string reconcile_json(const ReconcileConfig& config, const ReconcileReport& report, const Summary* applied);

/// The changes that will be sent, and those that cannot be undone.
std::string before_applying(const ReconcileReport& report);

/// A line for a comparison that skips rows and has read no customer: it explains why that proves nothing. Otherwise
/// empty.
std::string nothing_looked_at(const Config& config, const ReconcileReport& report);

}  // namespace amend::cli
