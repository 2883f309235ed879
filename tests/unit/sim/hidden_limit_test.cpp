#include "sim/faults/hidden_limit.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

using namespace amend::sim;
using namespace std::chrono_literals;

namespace {

using Times = std::chrono::nanoseconds;

HiddenLimit limit_of(const std::vector<HiddenRate>& rates) {
  HiddenLimit limit;
  for (const auto& rate : rates) limit.add(rate);
  return limit;
}

// How many of requests that come every `step` in `from` … `to` (not included) pass.
int passed(HiddenLimit& limit, Times from, Times to, Times step) {
  int count = 0;
  for (Times at = from; at < to; at += step) {
    if (limit.take(at)) ++count;
  }
  return count;
}

class LimitCase {
 public:
  std::string name;
  std::vector<HiddenRate> rates;
  Times from;
  Times to;
  Times step;
  int expected;
};

}  // namespace

TEST_CASE("hidden_limit: a burst, then exactly the rate, however fast and however long it is asked") {
  const std::vector<LimitCase> cases{
      {"no limit at all", {}, 0s, 1s, 1ms, 1000},
      {"at the rate nobody is refused", {{100, 1, 0s}}, 0s, 60s, 10ms, 6000},
      {"twice the rate: the burst and the rate", {{100, 10, 0s}}, 0s, 60s, 5ms, 6009},
      {"all at once: the burst", {{100, 10, 0s}}, 0s, 1ms, 1us, 10},
      {"a rate that divides no second", {{7, 1, 0s}}, 0s, 60s, 1ms, 420},
      {"ten thousand a second", {{10'000, 1000, 0s}}, 0s, 10s, 10us, 100'999},
      {"one a second", {{1, 1, 0s}}, 0s, 10s, 1ms, 10},
      {"not begun yet", {{1, 1, 30s}}, 0s, 30s, 10ms, 3000},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    HiddenLimit limit = limit_of(c.rates);
    CHECK(passed(limit, c.from, c.to, c.step) == c.expected);
  }
}

TEST_CASE("hidden_limit: the rate changes at its time, in whatever order the changes were given") {
  HiddenLimit limit = limit_of({{50, 5, 30s}, {100, 10, 0s}, {200, 20, 60s}});
  CHECK(passed(limit, 0s, 30s, 1ms) == 3009);
  CHECK(passed(limit, 30s, 31s, 1ms) == 50);
  CHECK(passed(limit, 31s, 60s, 1ms) == 29 * 50);
  CHECK(passed(limit, 60s, 70s, 1ms) == 2000);
}

TEST_CASE("hidden_limit: a pause saves up the burst and no more, over a change too") {
  HiddenLimit limit = limit_of({{100, 10, 0s}, {50, 5, 1h}});
  CHECK(passed(limit, 0s, 1us, 100ns) == 10);
  CHECK(passed(limit, 30min, 30min + 1us, 50ns) == 10);
  CHECK(passed(limit, 2h, 2h + 1us, 50ns) == 5);
}

TEST_CASE("hidden_limit: first asked after several beginnings, it is what holds then") {
  HiddenLimit limit = limit_of({{100, 10, 1s}, {5, 2, 2s}});
  CHECK(passed(limit, 10s, 10s + 1us, 100ns) == 2);
  CHECK(passed(limit, 10s + 1us, 12s, 1ms) == 9);
}

TEST_CASE("hidden_limit: a clock that steps back refills nothing and breaks nothing") {
  HiddenLimit limit = limit_of({{10, 1, 0s}});
  CHECK(limit.take(10s));
  CHECK_FALSE(limit.take(5s));
  CHECK_FALSE(limit.take(10s + 99ms));
  CHECK(limit.take(10s + 100ms));
}

TEST_CASE("hidden_limit: the largest rate and burst do not overflow") {
  HiddenLimit limit = limit_of({{HiddenRate::rate_max, HiddenRate::burst_max, 0s}});
  CHECK(limit.take(0s));
  CHECK(limit.take(24h * 365));
}

TEST_CASE("hidden_limit: two that begin at the same time are refused") {
  HiddenLimit limit = limit_of({{100, 10, 0s}});
  CHECK_THROWS_AS(limit.add({50, 5, 0s}), std::invalid_argument);
}
