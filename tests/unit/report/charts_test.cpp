#include "report/charts/charts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace amend::report;

namespace {

TimeChart chart_of(std::vector<ChartLine::Point> points) {
  TimeChart chart;
  chart.id = "some";
  chart.title = "Some";
  chart.x_max = 10;
  chart.lines.emplace_back("line", 0);
  chart.lines.back().points = std::move(points);
  return chart;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

void check_finite(const std::string& html) {
  CHECK_FALSE(contains(html, "nan"));
  CHECK_FALSE(contains(html, "inf"));
  CHECK_FALSE(contains(html, "-0<"));
}

}  // namespace

TEST_CASE("chart: without a value it says so, and draws nothing") {
  CHECK(contains(render(chart_of({})), "No data."));
  CHECK(contains(render(chart_of({{1, std::nullopt}})), "No data."));
  CHECK_FALSE(contains(render(chart_of({})), "<path"));
  CHECK(contains(render(HistogramChart()), "No data."));
  CHECK(contains(render(ShareChart()), "No data."));
}

TEST_CASE("chart: one value is a dot, a gap interrupts the line") {
  CHECK(contains(render(chart_of({{5, 1.0}})), "h0\""));
  const std::string html = render(chart_of({{0, 1.0}, {1, 2.0}, {2, std::nullopt}, {3, 1.0}, {4, 1.0}}));
  const auto path = html.substr(html.find("<path class=\"k0\" d=\"M0.0"));
  CHECK(std::count(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(path.find("/>")), 'M') == 2);
}

TEST_CASE("chart: constant, zero, tiny, huge and impossible values stay on the paper") {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  for (const double value : {0.0, 1.0, 1e-12, 1e300, -5.0, infinite, -infinite, std::nan("")})
    for (const Scale scale : {Scale::linear, Scale::logarithmic}) {
      TimeChart chart = chart_of({{0, value}, {10, value}});
      chart.scale = scale;
      CAPTURE(value);
      check_finite(render(chart));
    }
  TimeChart no_time = chart_of({{0, 1.0}});
  no_time.x_max = 0;
  check_finite(render(no_time));
}

TEST_CASE("chart: labels stand at round values, and there are few") {
  CHECK(linear_ticks(0, 10, 6) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(linear_ticks(0, 0.7, 5) == std::vector<double>{0, 0.2, 0.4, 2 * 0.2 + 0.2});
  CHECK(time_ticks(26, 8) == std::vector<double>{0, 5, 10, 15, 20, 25});
  CHECK(time_ticks(3'600, 8) == std::vector<double>{0, 600, 1'200, 1'800, 2'400, 3'000, 3'600});
  CHECK(logarithmic_ticks(1, 100, 8) == std::vector<double>{1, 2, 5, 10, 20, 50, 100});
  for (double most = 1e-6; most < 1e14; most *= 3.7) {
    CHECK(linear_ticks(0, most, 6).size() <= 6);
    CHECK(time_ticks(most, 8).size() <= 8);
    CHECK(logarithmic_ticks(1e-6, 1e-6 + most, 8).size() <= 8);
  }
  CHECK(linear_ticks(5, 5, 6).size() == 1);
  CHECK(logarithmic_ticks(0, 5, 6).empty());
}

TEST_CASE("chart: names are text, never markup") {
  TimeChart chart = chart_of({{0, 1.0}});
  const std::string hostile = "<script>alert(1)</script>\"'>&";
  chart.title = chart.y_title = chart.note = chart.lines[0].name = hostile;
  chart.marks.emplace_back(1, hostile);
  chart.bands.emplace_back(hostile, 0);
  chart.bands[0].stretches.emplace_back(1, 2);
  ShareChart shares;
  shares.whole = 1;
  shares.title = hostile;
  shares.bars.emplace_back(hostile, 1, 0);
  for (const std::string& html : {render(chart), render(shares)}) {
    CHECK_FALSE(contains(html, "<script"));
    CHECK(contains(html, "&lt;script&gt;"));
  }
}
