#include "benchmark/rate_search.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <utility>

using amend::RateSearch;

namespace {

// Tries what the search asks for against an API that holds as `holds` says; how many trials it took.
std::uint32_t search_all(RateSearch& search, const std::function<bool(double)>& holds) {
  std::uint32_t trials = 0;
  while (const auto rate = search.next()) {
    search.take(holds(*rate) ? RateSearch::Trial::held : RateSearch::Trial::broken);
    REQUIRE(++trials <= RateSearch::trials_max);
  }
  return trials;
}

}  // namespace

TEST_CASE("--find-max: finds any limit to within 5 %, never above it, in a bounded number of trials") {
  for (const double limit : {0.7, 3.0, 10.0, 77.0, 1'000.0, 54'321.0, 900'000.0}) {
    CAPTURE(limit);
    RateSearch search(10);
    const auto trials = search_all(search, [&](double rate) { return rate <= limit; });
    REQUIRE(search.found());
    CHECK(*search.found() <= limit);
    CHECK(*search.found() >= limit / RateSearch::precision);
    CHECK(trials <= 26);
    CHECK_FALSE(search.unbounded());
  }
}

TEST_CASE("--find-max: what held once and not again is not the answer") {
  RateSearch search(100);
  bool lucky = true;
  search_all(search, [&](double rate) {
    if (rate <= 90) return true;
    return rate <= 101 && std::exchange(lucky, false);  // 100/s holds the first time only
  });
  REQUIRE(search.found());
  CHECK(*search.found() <= 95);
  CHECK(*search.found() >= 80);
}

TEST_CASE("--find-max: an API that keeps the objective at no rate, and one that keeps it at any, end the search") {
  RateSearch never(10);
  search_all(never, [](double) { return false; });
  CHECK_FALSE(never.found());
  RateSearch always(10);
  search_all(always, [](double) { return true; });
  CHECK(always.found() == RateSearch::rate_max);
  CHECK(always.unbounded());
}

TEST_CASE("--find-max: an API that answers by chance does not hold the search up for ever") {
  RateSearch search(10);
  unsigned state = 1;
  search_all(search, [&](double) { return (state = state * 1'103'515'245 + 12'345) >> 16 & 1; });
}
