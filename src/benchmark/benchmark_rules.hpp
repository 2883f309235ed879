// The rules about a BenchmarkConfig, one by one: bounds, options that need or exclude one another. Pure. `validate`
// checks them in this order.
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "amend/benchmark/benchmark.hpp"

namespace amend {

/// One sentence that names the option and the remedy; empty: the rule is kept.
using BenchmarkRule = std::string (*)(const BenchmarkConfig& config, const LoadConfig& load);

/// Bounds of what is measured at one rate.
inline constexpr std::chrono::milliseconds shortest_measurement{1'000};
inline constexpr std::chrono::milliseconds longest_measurement{86'400'000};

std::span<const BenchmarkRule> benchmark_rules() noexcept;

}  // namespace amend
