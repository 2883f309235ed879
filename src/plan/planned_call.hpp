// The call that a reconciliation's rows make when it is applied: PUT of the planned body; with Recheck::yes a GET of
// the customer before it. Layer 4.
//
// What the GET shows decides: as it was when it was compared, in each field that would be written: PUT. What the row
// wants: unchanged. Anything else: another client has changed it, and nothing is written (reconcile.changed). The
// API knows no version and no condition for a PUT, so a window stays, of one answer.
//
// What the response to the PUT shows is compared with what was sent (Judgement::drift), and with what was there before:
// another field that has changed was changed by another client. What the comparison ignored is ignored here too.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "amend/config.hpp"
#include "amend/wonder/customer.hpp"
#include "plan/comparison.hpp"
#include "worker/api_call.hpp"

namespace amend {

/// A hash of what the answer showed in the fields that drifted, bound to what was sent, so that it tells nothing to who
/// does not know that: `undo` knows by it what the run has left there. `sent`: as serialised by Boost.JSON.
std::uint64_t drift_mark(std::string_view sent, FieldSet drifted, const wonder::Customer& shown);

/// `path_prefix` of --url outlives it.
std::unique_ptr<ApiCall> make_planned_call(const std::string& path_prefix, Guard guard, const ReconcileConfig& config);

}  // namespace amend
