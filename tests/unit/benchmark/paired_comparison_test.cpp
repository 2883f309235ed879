#include "amend/benchmark/paired_comparison.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace amend;

namespace {

std::vector<std::pair<double, double>> turns(std::size_t count, double ratio, double spread, std::mt19937_64& random) {
  std::normal_distribution<double> noise(0, spread);
  std::vector<std::pair<double, double>> pairs;
  for (std::size_t i = 0; i < count; ++i)
    pairs.emplace_back(100 * std::exp(noise(random)), 100 * ratio * std::exp(noise(random)));
  return pairs;
}

}  // namespace

TEST_CASE("--versus: a difference in each of eight turns is one, in seven of them it is none") {
  std::vector<std::pair<double, double>> pairs;
  for (int i = 1; i <= 8; ++i) pairs.emplace_back(100, 100 + i);
  CHECK(compare(pairs).differ);
  CHECK(compare(pairs).p == doctest::Approx(2.0 / 256));  // the table of Wilcoxon's test
  pairs[3] = {104, 100};                                  // against, with the fourth rank
  CHECK_FALSE(compare(pairs).differ);
}

TEST_CASE("--versus: the chances are those of the published tables of the signed-rank test") {
  // n = 10: a sum of ranks of at most 8 has a chance of 25 in 1,024 on one side.
  std::vector<std::pair<double, double>> pairs;
  for (int i = 1; i <= 10; ++i) pairs.emplace_back(100, std::exp(i * 0.01) * 100);
  pairs[7].second = 100 * std::exp(-0.08);  // the rank 8 is negative
  CHECK(compare(pairs).p == doctest::Approx(2 * 25.0 / 1'024));
}

TEST_CASE("--versus: the same thing twice differs hardly ever, and the true ratio lies inside of what is said") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  int differ = 0, inside = 0;
  constexpr int times = 400;
  for (int i = 0; i < times; ++i) {
    const auto comparison = compare(turns(10, 1.0, 0.05, random));
    differ += comparison.differ ? 1 : 0;
    inside += comparison.low <= 1 && comparison.high >= 1 ? 1 : 0;
  }
  CHECK(differ <= 16);   // 1 % of the time is 4
  CHECK(inside >= 360);  // 95 % is 380
}

TEST_CASE("--versus: a side that is a tenth slower is found, and by how much") {
  std::mt19937_64 random(7);
  const auto comparison = compare(turns(12, 1.1, 0.02, random));
  CHECK(comparison.differ);
  CHECK(comparison.ratio == doctest::Approx(1.1).epsilon(0.02));
  CHECK(comparison.low > 1.05);
  CHECK(comparison.high < 1.15);
}

TEST_CASE("--versus: a side that gives nothing at all differs from one that does") {
  const auto comparison = compare(std::vector<std::pair<double, double>>(8, {20.0, 0.0}));
  CHECK(comparison.differ);
  CHECK(comparison.ratio < 1e-6);
  CHECK_FALSE(compare(std::vector<std::pair<double, double>>(8, {0.0, 0.0})).differ);
}

TEST_CASE("--versus: too few turns, none, equal ones and senseless figures prove nothing") {
  CHECK_FALSE(compare({}).differ);
  CHECK_FALSE(compare({{1, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}, {1, 2}}).differ);
  const auto same = compare(std::vector<std::pair<double, double>>(10, {5.0, 5.0}));
  CHECK_FALSE(same.differ);
  CHECK(same.ratio == 1);
  CHECK(compare({{0, 0}}).ratio == 1);
}
