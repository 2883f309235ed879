// The spellings of option values: durations, shares, rates. Pure. All throw std::invalid_argument, which names the
// valid forms.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "service.hpp"
#include "sim/faults/capacity.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/faults/hidden_limit.hpp"

namespace amend::sim {

/// For example `20ms`, `2s`, `10m`, `1h`; also `0`. Whole numbers or decimals.
std::chrono::nanoseconds parse_duration(std::string_view text);

/// For example `0.5%` or `0.005`; 0 … 1.
double parse_share(std::string_view text);

/// For example `503:1%`; the status is 400 … 599.
std::pair<std::uint16_t, double> parse_status_share(std::string_view text);

/// For example `100/s`, `600/m`, `50/10s`: requests per window. The window is in whole seconds.
RequestQuota parse_quota(std::string_view text);

/// For example `100/s`, `100/s,20` (20 at once after a pause; default: a tenth of the rate), `50/s@30s` (from 30 s on).
HiddenRate parse_hidden_rate(std::string_view text);

/// For example `20:50ms` (20 places, 50 ms each) or `20:50ms:100` (and at most 100 waiting).
Capacity parse_capacity(std::string_view text);

/// `ietf`, `legacy`, `x` or `none`.
RateFields parse_rate_fields(std::string_view text);

/// For example `5s..10s`; the second time is later than the first.
std::pair<std::chrono::milliseconds, std::chrono::milliseconds> parse_outage(std::string_view text);

/// For example `1s/10s`: for 1 s, at the end of each 10 s.
Stall parse_stall(std::string_view text);

/// `none`, `2s` (sent in seconds), `date` or `date:5s` (sent as an HTTP date, 5 s ahead), or `raw:TEXT` (sent as it
/// is).
RetryAfter parse_retry_after(std::string_view text);

}  // namespace amend::sim
