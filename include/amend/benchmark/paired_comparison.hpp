// Decides whether two targets that took turns differ, by Wilcoxon's exact signed-rank test. Pure. Layer 1.
//
// The test assumes neither a normal distribution nor equal spreads. A machine that becomes slower during the turns
// affects both sides of each pair.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace amend {

class PairedComparison {
 public:
  static constexpr std::size_t pairs_min = 8;  ///< with fewer, even identical signs prove no difference
  static constexpr std::size_t pairs_max = 50;
  static constexpr double significance = 0.01;

  PairedComparison() = default;

  double ratio = 1;  ///< B to A: the median of the means of all two pairs (Hodges-Lehmann), on a logarithmic scale
  double low = 1;    ///< the true ratio is between these in 95 of 100 such comparisons
  double high = 1;
  double p = 1;         ///< the probability of such a difference, or a larger one, by chance
  bool differ = false;  ///< p is below `significance`
};

/// Compares pairs of (A, B), none below 0. A pair of 0 and another value counts as the largest difference. With fewer
/// pairs than pairs_min the result is never a difference.
PairedComparison compare(const std::vector<std::pair<double, double>>& pairs);

}  // namespace amend
