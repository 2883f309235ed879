// The state of a run as text: for Prometheus, and as one line of JSON. Layer 4, pure; any thread.
//
// The names are stable: dashboards and scripts are written against them. Every metric and every member is always there.
#pragma once

#include <string>

#include "amend/run_state.hpp"

namespace amend {

/// The Prometheus text format, version 0.0.4. Seconds and bytes; what only grows ends in `_total`. About 6 KiB.
/// Metrics:
/// - amend_build_info{version}: always 1; amend_start_time_seconds (since the epoch)
/// - amend_rows_read_total, amend_rows_total{status}: every status is there;
///   amend_input_bytes_read_total, amend_input_bytes (0: not known)
/// - amend_attempts_total, amend_retries_total, amend_requeues_total, amend_throttled_answers_total,
///   amend_overloaded_attempts_total, amend_connections_opened_total, amend_handshakes_failed_total
/// - amend_requests_in_flight, amend_requests_in_flight_max, amend_connections_max
/// - amend_rate_limit_requests_per_second (+Inf: unlimited), amend_paced_by{by}: 1 for what decides, 0 for the others;
///   amend_limiter_wait_seconds_total, amend_held_seconds, amend_paused and amend_stopping (0 or 1)
/// - amend_retry_budget_tokens, amend_circuit_state{state}: 1 for the present one, 0 for the others;
///   amend_circuit_open_seconds_total
/// - amend_connection_trouble (0 or 1), amend_connection_troubles_total, amend_connection_trouble_seconds_total
/// - amend_request_duration_seconds: a histogram from 1 ms to 60 s of the attempts that were answered
std::string to_prometheus(const RunState& state);

/// One JSON object and a line end. Members:
/// - `version`, `run`, `input`, `started_at`, `elapsed_s`
/// - `rows`: {`read`, `success`, `failed`, `unknown`, `rejected`, `superseded`}; `rows_limit` (null: none)
/// - `bytes_read`, `bytes_total` (null: not known)
/// - `attempts`, `retries`, `requeues`, `throttled`, `overloaded`, `connections_opened`, `handshakes_failed`
/// - `in_flight`, `in_flight_max`, `connections`
/// - `rate`: requests a second, null when unlimited; `paced_by`, `limiter_wait_s`, `held_s`, `paused`, `stopping`
/// - `retry_tokens`, `circuit`, `circuit_open_s`
/// - `connection_trouble`: {`cause`, `error`, `for_s`, `gives_up_after_s`}, null while there is none;
///   `connection_troubles`, `connection_trouble_s`: how often and how long there was, in all
/// - `latency_ms`: {`p50`, `p99`} of the attempts that were answered, null while there is none
std::string to_json(const RunState& state);

}  // namespace amend
