// Whether two things that took turns differ: the signed-rank test of Wilcoxon, exactly. Layer 1: pure.
//
// It takes for granted neither a bell curve nor equal spreads, and a machine that becomes slower during the turns hits
// both sides of each pair.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace amend {

class PairedComparison {
 public:
  static constexpr std::size_t pairs_min = 8;  ///< below that not even eight of eight pairs are a proof
  static constexpr std::size_t pairs_max = 50;
  static constexpr double significance = 0.01;

  PairedComparison() = default;

  double ratio = 1;  ///< of B to A: the median of all means of two pairs (Hodges-Lehmann), on a logarithmic scale
  double low = 1;    ///< the true ratio lies between these in 95 of 100 such comparisons
  double high = 1;
  double p = 1;         ///< how likely a difference like this, or a larger one, is by chance
  bool differ = false;  ///< p is below `significance`
};

/// Pairs of (A, B), none below 0; 0 against anything else is a difference beyond all others. With fewer pairs than
/// pairs_min nothing differs.
PairedComparison compare(const std::vector<std::pair<double, double>>& pairs);

}  // namespace amend
