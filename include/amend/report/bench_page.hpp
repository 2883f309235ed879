// The page of a benchmark, made of its bench.json (samples/bench.schema.json). Layer 1: pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace amend::report {

/// Of a trial that did not meet the objective because of this machine (RateTrial::client_limited).
inline constexpr std::string_view client_limited_text =
    "this machine sent late, so the trial says nothing about the API";

/// The whole document; `directory` is where bench.json lies. Totals have `data-total="answered"`, with `data-value`,
/// percentiles `data-percentile="p99"` and `data-of="latency"` or `"service"`, those of the first step of a side.
/// Throws InputError when `bench_json` is not what `amend bench` writes.
std::string render_bench_page(std::string_view bench_json, std::string_view directory);

}  // namespace amend::report
