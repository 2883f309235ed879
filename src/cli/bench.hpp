// `amend bench`: asks whether the API may be loaded, measures, and tells what came out. Layer 5.
#pragma once

#include <string>
#include <string_view>

#include "amend/benchmark/benchmark.hpp"
#include "amend/error.hpp"
#include "cli/options.hpp"

namespace amend::cli {

ExitCode run_bench(const Options& options);

/// Fills in what depends on other options: connections, and side B of --versus. Throws ConfigError.
void finish_bench(Options& options);

/// Throws ConfigError when the hosts that `options` name are not this machine and --yes-i-own-this-api was not given.
/// The name that a person has to type then; empty: the host is this machine.
std::string host_to_type(const Options& options);

/// 0; 1 when the objective is not kept, or no rate was found; or the stop cause's.
ExitCode bench_exit_code(const BenchmarkResult& result, const BenchmarkConfig& config);

}  // namespace amend::cli
