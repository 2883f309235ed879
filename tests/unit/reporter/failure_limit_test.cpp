#include "reporter/failure_limit.hpp"

#include <doctest/doctest.h>

using amend::FailureConfig;
using amend::FailureLimit;

TEST_CASE("failure limit: a number counts from the first row, a percentage from 100 rows on, and nothing is no limit") {
  FailureConfig rows;
  rows.rows_max = 5;
  CHECK_FALSE(FailureLimit(rows).reached(4, 4));
  CHECK(FailureLimit(rows).reached(5, 5));
  CHECK(FailureLimit(rows).reached(5, 1'000'000));

  FailureConfig percent;
  percent.percent_max = 2;
  CHECK_FALSE(FailureLimit(percent).reached(99, 99));
  CHECK_FALSE(FailureLimit(percent).reached(1, 100));
  CHECK(FailureLimit(percent).reached(2, 100));
  CHECK_FALSE(FailureLimit(percent).reached(1'999, 100'000));
  CHECK(FailureLimit(percent).reached(2'000, 100'000));

  CHECK_FALSE(FailureLimit(FailureConfig()).reached(1'000, 1'000));
}
