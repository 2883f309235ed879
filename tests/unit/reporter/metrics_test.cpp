#include "amend/metrics/metrics.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "unit/reporter/fixture.hpp"

namespace amend {
namespace {

using namespace std::chrono_literals;

TEST_CASE("metrics: rows are counted by status, and a wait is never shortened") {
  Metrics metrics;
  metrics.count(Status::success, 3);
  metrics.count(Status::failed);
  CHECK(metrics.rows(Status::success) == 3);
  CHECK(metrics.rows_ended() == 4);
  const std::chrono::steady_clock::time_point later(10s);
  metrics.throttle_until(later);
  metrics.throttle_until(later - 5s);
  CHECK(metrics.throttled_until() == later);
}

TEST_CASE("histogram: each percentile of any distribution is within 2 % of the true one") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20; ++round) {
    std::uniform_real_distribution<double> exponent(3.0, std::log10(3.6e12));
    std::vector<std::int64_t> values(1 + random() % 3000);
    LatencyHistogram one;
    LatencyHistogram other;
    for (auto& value : values) {
      value = std::max<std::int64_t>(1000, std::llround(std::pow(10, exponent(random))));
      (random() % 2 ? one : other).record(std::chrono::nanoseconds(value));
    }
    one.merge(other);
    std::ranges::sort(values);
    for (const double percent : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
      const auto rank = std::max(1.0, std::ceil(percent / 100 * static_cast<double>(values.size())));
      const auto truth = static_cast<double>(values[static_cast<std::size_t>(rank) - 1]);
      CAPTURE(percent);
      CHECK(std::abs(static_cast<double>(one.percentile(percent).count()) - truth) <= 0.02 * truth);
    }
    CHECK(one.max().count() == values.back());
    CHECK(one.count() == values.size());
  }
}

TEST_CASE("histogram: what lies outside counts as the bound; nothing recorded is zero") {
  LatencyHistogram histogram;
  CHECK(histogram.percentile(50) == 0ns);
  histogram.record(-5ns);
  CHECK(histogram.percentile(50) == LatencyHistogram::shortest);
  histogram.record(50h);
  CHECK(histogram.max() == LatencyHistogram::longest);
}

TEST_CASE("histogram: the sum is exact, merged or not, and counts what lies outside as the bound") {
  LatencyHistogram one;
  LatencyHistogram other;
  CHECK(one.sum() == 0ns);
  one.record(1'234'567ns);
  one.record(1ns);
  other.record(2s);
  one.merge(other);
  CHECK(one.sum() == 2s + 1'234'567ns + LatencyHistogram::shortest);
}

TEST_CASE("histogram: how many are at most so long is right beyond 2 % of it, and never falls") {
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(3.0, std::log10(3.6e12));
  std::vector<double> values(3000);
  LatencyHistogram histogram;
  for (auto& value : values) {
    value = std::round(std::pow(10, exponent(random)));
    histogram.record(std::chrono::nanoseconds(static_cast<std::int64_t>(value)));
  }
  std::uint64_t before = 0;
  for (double bound = 1e3; bound < 4e12; bound *= 1.5) {
    CAPTURE(bound);
    const auto counted = histogram.count_at_most(std::chrono::nanoseconds(static_cast<std::int64_t>(bound)));
    const auto within = [&](double limit) {
      return std::ranges::count_if(values, [&](double v) { return v <= limit; });
    };
    CHECK(counted >= static_cast<std::uint64_t>(within(bound * 0.98)));
    CHECK(counted <= static_cast<std::uint64_t>(within(bound * 1.02)));
    CHECK(counted >= before);
    before = counted;
  }
  CHECK(histogram.count_at_most(LatencyHistogram::shortest - 1ns) == 0);
  CHECK(histogram.count_at_most(LatencyHistogram::longest) == histogram.count());
  CHECK(histogram.count_at_most(50h) == histogram.count());
}

TEST_CASE("tally: the most frequent error comes first, with its first row as the example") {
  test::Rows rows;
  ErrorTally tally;
  tally.record(rows.make(Status::success, "a", ""));
  tally.record(rows.failed(Status::failed, "", "rare", "r", 2));
  tally.record(rows.failed(Status::failed, "", "often", "first", 3));
  tally.record(rows.failed(Status::failed, "", "often", "second", 4));
  const auto worst = tally.worst(5);
  REQUIRE(worst.size() == 2);
  CHECK(worst[0].code == "often");
  CHECK(worst[0].count == 2);
  CHECK(worst[0].line == 3);
  CHECK(worst[0].row == 2);
  CHECK(worst[0].text == "first");
  CHECK(tally.worst(1).size() == 1);
}

TEST_CASE("tally: a server that invents codes does not fill the memory") {
  test::Rows rows;
  ErrorTally tally;
  for (std::uint64_t i = 0; i < 1500; ++i) {
    tally.record(rows.failed(Status::failed, "", "code" + std::to_string(i), "", i + 2));
  }
  CHECK(tally.codes() == ErrorTally::codes_max + 1);
  CHECK(tally.worst(1)[0].code == ErrorTally::other);
  CHECK(tally.worst(1)[0].count == 500);
}

}  // namespace
}  // namespace amend
