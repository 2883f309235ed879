// Finds requests of earlier runs that the API may still apply. Layer 4.
//
// *Threads.* One. *Errors.* InputError when a log cannot be read. *Bounds.* It reads only logs with a write within the
// timeout. *Lifetime.* Functions. *Source.* The logs of the chain.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "amend/row/late_requests.hpp"
#include "amend/row/row_set.hpp"
#include "amend/run/run_chain.hpp"

namespace amend {

/// The late requests of the runs in `chain`. Rows of the last run up to `maybe_sent_until` that are not in `recorded`
/// may have been in flight when it ended. A request is late until a time after its end: the --timeout of its run, or
/// the longer `timeout`. Without a record that time begins with the last write to the results log or the timeline.
LateRequests late_requests_of(const std::vector<RunHead>& chain, std::chrono::milliseconds timeout,
                              std::uint64_t maybe_sent_until, RowSet recorded);

/// The time after which the API can apply no request of these runs. Without such a request it is in the past. A run
/// that was killed or stopped early may have had requests in flight without a record. They are late since its last
/// write.
std::chrono::system_clock::time_point late_until_of(const std::vector<RunHead>& chain,
                                                    std::chrono::milliseconds timeout);

}  // namespace amend
