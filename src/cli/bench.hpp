// `amend bench`: asks whether the API may be loaded, measures, and tells what came out. Layer 5.
#pragma once

#include <string>
#include <vector>

#include "amend/benchmark/benchmark.hpp"
#include "amend/error.hpp"
#include "cli/options.hpp"

namespace amend::cli {

ExitCode run_bench(const Options& options);

/// Fills in what depends on other options: connections, and side B of --versus. Throws ConfigError.
void finish_bench(Options& options);

/// The names that a person has to type: of all hosts that would be loaded and are not this machine, side B's too (one
/// that a proxy stands before is none of this machine). Throws ConfigError when there are some and
/// --yes-i-own-this-api was not given.
std::vector<std::string> hosts_to_type(const Options& options);

/// 0; 1 when the objective is not kept, no rate was found, or nothing measured; or the stop cause's.
ExitCode bench_exit_code(const BenchmarkResult& result, const BenchmarkConfig& config);

}  // namespace amend::cli
