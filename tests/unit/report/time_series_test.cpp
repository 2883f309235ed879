#include "amend/report/time_series.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <random>

using amend::report::RunTime;
using amend::report::TimeSeries;

namespace {

struct Count {
  std::uint64_t rows = 0;
  void merge(const Count& behind) { rows += behind.rows; }
};

std::uint64_t sum(const TimeSeries<Count>& series) {
  return std::accumulate(series.cells().begin(), series.cells().end(), std::uint64_t{0},
                         [](std::uint64_t before, const Count& cell) { return before + cell.rows; });
}

}  // namespace

TEST_CASE("time series: whatever the times, no count is lost and there are never more cells than it may have") {
  std::mt19937_64 random(7);
  TimeSeries<Count> series;
  for (std::uint64_t n = 1; n <= 100'000; ++n) {
    const auto reach = std::int64_t{1} << (n * 40 / 100'000);
    ++series.at(RunTime(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(reach)))).rows;
    if (n % 1'000 != 0) continue;
    REQUIRE(sum(series) == n);
    REQUIRE(series.cells().size() <= TimeSeries<Count>::cells_max);
  }
  CHECK(series.width() > TimeSeries<Count>::first_width);
}

TEST_CASE("time series: a count stays in the cell of its time when cells are merged") {
  TimeSeries<Count> series;
  series.at(RunTime(0)).rows = 1;
  series.at(RunTime(30'000)).rows = 2;
  series.at(std::chrono::hours(3)).rows = 4;  // 10,800 s
  const auto width = series.width();
  const auto& cells = series.cells();
  CHECK(cells[0].rows + cells[static_cast<std::size_t>(RunTime(30'000) / width)].rows >= 3);
  CHECK(cells[static_cast<std::size_t>(RunTime(10'800'000) / width)].rows == 4);
  CHECK(width * static_cast<std::int64_t>(TimeSeries<Count>::cells_max) > RunTime(10'800'000));
  CHECK(width * static_cast<std::int64_t>(TimeSeries<Count>::cells_max) <= RunTime(2 * 10'800'000));
}

TEST_CASE("time series: times before the start and beyond all bounds count at its ends") {
  TimeSeries<Count> series;
  ++series.at(RunTime(-5)).rows;
  ++series.at(RunTime::min()).rows;
  ++series.at(RunTime::max()).rows;
  CHECK(series.cells().front().rows == 2);
  CHECK(sum(series) == 3);
  CHECK(series.cells().size() <= TimeSeries<Count>::cells_max);
}
