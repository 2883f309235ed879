// The call for the rows of a reconciliation that is applied: PUT of the planned body. With Recheck::yes, a GET of the
// customer comes before it. Layer 4.
//
// The GET decides. If each field that would be written has the value of the comparison: PUT. If the customer has what
// the row wants: unchanged. Otherwise another client has changed it, and it is not written (reconcile.changed). The API
// has no version and no condition for a PUT, so a window of one response remains.
//
// The response to the PUT is compared with what was sent (Classification::drift) and with the values before. Another field
// that differs was changed by another client. What the comparison ignored is ignored here, too.
//
// *Threads.* One call belongs to one worker. *Errors.* As ApiCall. *Bounds.* A few bytes per row in flight. *Lifetime.*
// `path_prefix` outlives it. *Source.* api_call.hpp.
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

/// A hash of the response's values in the fields that drifted. It is bound to what was sent, so it reveals nothing
/// without that text. `undo` finds by it what the run has left there. `sent`: as serialised by Boost.JSON.
std::uint64_t drift_mark(std::string_view sent, FieldSet drifted, const wonder::Customer& shown);

/// `path_prefix` of --url outlives it.
std::unique_ptr<ApiCall> make_planned_call(const std::string& path_prefix, Guard guard, const ReconcileConfig& config);

}  // namespace amend
