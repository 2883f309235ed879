// Writes the state of a run as text: for Prometheus, and as one line of JSON. Pure.
//
// The names are stable, because dashboards and scripts use them. Every metric and every member is always present.
//
// Threads: any. Source: layer 4.
#pragma once

#include <string>

#include "amend/run_state.hpp"

namespace amend {

/// The Prometheus text format, version 0.0.4, about 6 KiB. Units are seconds and bytes. Counters end in `_total`.
/// Metrics:
/// - amend_build_info{version}: always 1; amend_start_time_seconds (since the epoch)
/// - amend_rows_read_total, amend_rows_total{status}: every status is present; amend_input_bytes_read_total,
///   amend_input_bytes (0: unknown)
/// - amend_attempts_total, amend_retries_total, amend_requeues_total, amend_throttled_answers_total,
///   amend_overloaded_attempts_total, amend_connections_opened_total, amend_handshakes_failed_total
/// - amend_requests_in_flight, amend_requests_in_flight_max, amend_connections_max
/// - amend_rate_limit_requests_per_second (+Inf: unlimited), amend_paced_by{by}: 1 for the present source, 0 for the
///   others; amend_limiter_wait_seconds_total, amend_held_seconds, amend_paused and amend_stopping (0 or 1)
/// - amend_retry_budget_tokens, amend_circuit_state{state}: 1 for the present state, 0 for the others;
///   amend_circuit_open_seconds_total
/// - amend_connection_trouble (0 or 1), amend_connection_troubles_total, amend_connection_trouble_seconds_total
/// - amend_request_duration_seconds: a histogram from 1 ms to 60 s of the attempts with a response
std::string to_prometheus(const RunState& state);

/// One JSON object and a line end. Members:
/// - `version`, `run`, `input`, `started_at`, `elapsed_s`
/// - `rows`: {`read`, `success`, `failed`, `unknown`, `rejected`, `superseded`}; `rows_limit` (null: no limit)
/// - `bytes_read`, `bytes_total` (null: unknown)
/// - `attempts`, `retries`, `requeues`, `throttled`, `overloaded`, `connections_opened`, `handshakes_failed`
/// - `in_flight`, `in_flight_max`, `connections`
/// - `rate`: requests per second, null when unlimited; `paced_by`, `limiter_wait_s`, `held_s`, `paused`, `stopping`
/// - `retry_tokens`, `circuit`, `circuit_open_s`
/// - `connection_trouble`: {`cause`, `error`, `for_s`, `gives_up_after_s`}, null without trouble;
///   `connection_troubles`, `connection_trouble_s`: their number and total time
/// - `latency_ms`: {`p50`, `p99`} of the attempts with a response, null without any
std::string to_json(const RunState& state);

}  // namespace amend
