// The page of a benchmark, made of its bench.json. Layer 1: pure.
//
// Threads: any. Errors: InputError. Source: samples/bench.schema.json.
#pragma once

#include <string>
#include <string_view>

namespace amend::report {

/// Marks a trial that did not meet the objective because of this machine (RateTrial::client_limited).
inline constexpr std::string_view client_limited_text =
    "this machine sent late, so the trial says nothing about the API";

/// The whole document. `directory`: of bench.json. Totals have `data-total="answered"` and `data-value`. Percentiles of
/// the first step of a side have `data-percentile="p99"` and `data-of="latency"` or `"service"`. Throws InputError when
/// `bench_json` is not in the form that `amend bench` writes.
std::string render_bench_page(std::string_view bench_json, std::string_view directory);

}  // namespace amend::report
