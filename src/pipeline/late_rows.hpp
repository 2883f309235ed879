// Finds what the runs before this one have sent and the API may still apply. Layer 4.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "amend/reporter/run_chain.hpp"
#include "amend/row/late_requests.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

/// Of the runs in `chain`; the last of them may have had rows in flight as it ended: those up to `maybe_sent_until`
/// that are not in `recorded`. What a run sent is late until its --timeout, or the longer `timeout`, has passed since
/// the request ended; without a record: since the last write of the results log or the timeline. Errors: throws
/// InputError when a log cannot be read. Bounds: reads only logs that were written to so recently.
LateRequests late_requests_of(const std::vector<RunHead>& chain, std::chrono::milliseconds timeout,
                              std::uint64_t maybe_sent_until, RowSet recorded);

/// When no request of these runs can be applied any more: past where there is none. A run that was killed or stopped
/// early may have had requests in flight without a record: those are late since its last write. `timeout`, errors and
/// bounds as above.
std::chrono::system_clock::time_point late_until_of(const std::vector<RunHead>& chain,
                                                    std::chrono::milliseconds timeout);

}  // namespace amend
