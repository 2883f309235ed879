// `amend bench`: asks whether the API may be loaded, measures, and reports the result. Layer 5.
#pragma once

#include <string>
#include <vector>

#include "amend/benchmark/benchmark.hpp"
#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

ExitCode run_bench(const Options& options);

/// Sets what depends on other options: connections, and side B of --versus. Throws ConfigError.
void finish_bench(Options& options);

/// The names of hosts that the operator must type: all that get load and are not this machine, side B's too. A host
/// behind a proxy does not count as this machine.
///
/// Errors: throws ConfigError when there are such hosts and --yes-i-own-this-api was not given.
std::vector<std::string> hosts_to_type(const Options& options);

/// 0, or the code of the stop cause. 1 when the objectives are not met, no rate was found, or nothing was measured.
ExitCode bench_exit_code(const BenchmarkResult& result, const BenchmarkConfig& config);

}  // namespace amend::cli
