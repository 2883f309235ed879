// The texts of `amend bench`: opening, progress and results. Layer 5; pure.
#pragma once

#include <string>

#include "amend/benchmark/benchmark.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// Shows target, load and rows.
std::string bench_opening(const Options& options, const Benchmark& benchmark);

/// One line, without its end.
std::string bench_progress_line(const BenchmarkProgress& progress);

/// Shows the tables of results.
std::string bench_report(const BenchmarkResult& result, const BenchmarkConfig& config);

}  // namespace amend::cli
