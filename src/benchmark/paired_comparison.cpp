#include "amend/benchmark/paired_comparison.hpp"

#include <algorithm>
#include <cmath>

namespace amend {
namespace {

constexpr double one_sided = 0.025;
constexpr double least = 1e-9;  // replaces 0

std::vector<double> log_ratios(const std::vector<std::pair<double, double>>& pairs) {
  std::vector<double> ratios;
  for (const auto& [a, b] : pairs)
    if (ratios.size() < PairedComparison::pairs_max)
      ratios.push_back(std::log(std::max(b, least) / std::max(a, least)));
  return ratios;
}

std::vector<double> means_of_two(const std::vector<double>& values) {
  std::vector<double> means;
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = i; j < values.size(); ++j) means.push_back((values[i] + values[j]) / 2);
  std::ranges::sort(means);
  return means;
}

// The probability of a sum of ranks of at most `s`, for each s. Each of `n` ranks counts with probability one half.
std::vector<double> chance_of_at_most(std::size_t n) {
  const std::size_t largest = n * (n + 1) / 2;
  std::vector<double> chance(largest + 1, 0.0);
  chance[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t s = largest + 1; s-- > 0;) chance[s] = chance[s] / 2 + (s >= rank ? chance[s - rank] / 2 : 0.0);
  }
  for (std::size_t s = 1; s <= largest; ++s) chance[s] += chance[s - 1];
  return chance;
}

// The number of positive means of two equals the rank sum of the positive values (Tukey).
double two_sided(const std::vector<double>& means, const std::vector<double>& at_most) {
  const auto above = static_cast<std::size_t>(std::ranges::count_if(means, [](double mean) { return mean > 0; }));
  const auto below = static_cast<std::size_t>(std::ranges::count_if(means, [](double mean) { return mean < 0; }));
  // Zeros support neither side.
  const std::size_t rarer = means.size() - std::max(above, below);
  return std::min(1.0, 2 * at_most[std::min(rarer, at_most.size() - 1)]);
}

}  // namespace

PairedComparison compare(const std::vector<std::pair<double, double>>& pairs) {
  PairedComparison result;
  const std::vector<double> ratios = log_ratios(pairs);
  if (ratios.empty()) return result;
  const std::vector<double> means = means_of_two(ratios);
  const std::vector<double> at_most = chance_of_at_most(ratios.size());
  const std::size_t middle = means.size() / 2;
  const double median = means.size() % 2 == 1 ? means[middle] : (means[middle - 1] + means[middle]) / 2;
  std::size_t outside = 0;
  while (outside < middle && at_most[outside + 1] <= one_sided) ++outside;
  result.ratio = std::exp(median);
  result.low = std::exp(means[outside]);
  result.high = std::exp(means[means.size() - 1 - outside]);
  if (ratios.size() < PairedComparison::pairs_min) return result;
  result.p = two_sided(means, at_most);
  result.differ = result.p < PairedComparison::significance;
  return result;
}

}  // namespace amend
