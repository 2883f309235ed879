// Charts, whatever their figures are, in a real browser.
#include <doctest/doctest.h>

#include <cmath>

#include "amend/report/page.hpp"
#include "looks.hpp"
#include "report/charts/charts.hpp"
#include "support/process.hpp"

using namespace amend::report;
using namespace test;

namespace {

HistogramChart latencies_up_to(double longest_ms) {
  HistogramChart chart;
  chart.id = "latency";
  chart.title = "Latency";
  for (int i = 0; i < 8; ++i)
    chart.bars.emplace_back(longest_ms * std::pow(0.7, 8 - i), longest_ms * std::pow(0.7, 7 - i), 3);
  chart.marks.emplace_back(longest_ms, "longest");
  chart.marks.emplace_back(longest_ms * 0.95, "p99");
  return chart;
}

TimeChart run_of(double seconds) {
  TimeChart chart;
  chart.id = "rows";
  chart.title = "Rows";
  chart.x_max = seconds;
  chart.lines.emplace_back("rows", 0);
  chart.lines.back().points = {{0, 1.0}, {seconds, 2.0}};
  chart.marks.emplace_back(seconds, "resumed");
  return chart;
}

}  // namespace

TEST_CASE("chart: its last label and mark stay inside a narrow window, whatever the figures are") {
  if (!browser_is_installed()) return;
  std::string charts;
  for (double value = 0.002; value < 2e9; value *= 3.3)
    charts += render(latencies_up_to(value)) + render(run_of(value));
  const TempDir directory;
  const std::string page = directory.file("charts.html");
  write_file(page, document("charts", charts));
  Browser browser;
  const std::string url = file_url(page);
  browser.open(url);
  check_looks(browser, url, "charts");
}
