// The spellings of option values: durations, shares, rates. Pure. All throw std::invalid_argument saying what is taken.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "capacity.hpp"
#include "fault_plan.hpp"
#include "hidden_limit.hpp"
#include "service.hpp"

namespace amend::sim {

/// `20ms`, `2s`, `10m`, `1h`; also `0`. Whole numbers or decimals.
std::chrono::nanoseconds parse_duration(std::string_view text);

/// `0.5%` or `0.005`; 0 … 1.
double parse_share(std::string_view text);

/// `503:1%`; the status 400 … 599.
std::pair<std::uint16_t, double> parse_status_share(std::string_view text);

/// `100/s`, `600/m`, `50/10s`: so many a window; the window in whole seconds.
RequestQuota parse_quota(std::string_view text);

/// `100/s`, `100/s,20` (so many at once after a pause; else a tenth of the rate), `50/s@30s` (from then on).
HiddenRate parse_hidden_rate(std::string_view text);

/// `20:50ms` (so many at once, each takes so long), `20:50ms:100` (and so many may wait).
Capacity parse_capacity(std::string_view text);

/// `ietf`, `legacy`, `x` or `none`.
RateFields parse_rate_fields(std::string_view text);

/// `5s..10s`, the second later than the first.
std::pair<std::chrono::milliseconds, std::chrono::milliseconds> parse_outage(std::string_view text);

/// "1s/10s": for so long, at the end of each such period.
Stall parse_stall(std::string_view text);

/// `none`, `2s` (seconds on the wire), `date` or `date:5s` (an HTTP date so far ahead), `raw:TEXT` (sent as it is).
RetryAfter parse_retry_after(std::string_view text);

}  // namespace amend::sim
