// The page of a benchmark, opened from the disk in a real browser.
#include <doctest/doctest.h>

#include <cmath>

#include "looks.hpp"
#include "support/bench_run.hpp"

using namespace test;

namespace {

// In thousandths.
std::int64_t shown(Browser& browser, const std::string& selector) {
  return browser.number("Math.round(1000 * document.querySelector('" + selector + "').dataset.value)");
}

void check_bench_page(const BenchRun& bench, const std::string& name) {
  REQUIRE(run({AMEND_PROGRAM, "report", bench.directory}).code == 0);
  const std::string page = file_url(bench.directory + "/report.html");
  Browser browser;
  browser.open(page);
  std::int64_t requests = 0;
  const boost::json::object side = bench.side();
  for (const auto& step : side.at("steps").as_array()) requests += number_of(step.as_object(), "requests");
  CHECK(shown(browser, "[data-total=requests]") == 1000 * requests);
  for (const char* percentile : {"p50", "p90", "p99", "p999", "max"}) {
    CAPTURE(percentile);
    const std::string of_latency = std::string("[data-of=latency][data-percentile=") + percentile + "]";
    CHECK(shown(browser, of_latency) == std::llround(1000 * figure(bench.step(), "latency_ms", percentile)));
  }
  check_looks(browser, page, name);
}

}  // namespace

TEST_CASE("bench page: steps up to more than the server can do; its numbers are those of bench.json") {
  if (!browser_is_installed()) return;
  Simulator simulator({"--capacity", "10:50ms", "--error-share", "500:1%"});
  BenchRun bench;
  bench.run(simulator.url(),
            {"--ramp", "60..240:60/s", "--step", "3s", "--warm-up", "1s", "--slo", "p99<200ms", "--connections", "32"});
  CHECK(bench.finished.code == 1);
  check_bench_page(bench, "bench-ramp");
}

TEST_CASE("bench page: one rate, the highest rate, and two sides") {
  if (!browser_is_installed()) return;
  Simulator simulator({"--latency", "10ms", "--jitter", "10ms"});
  BenchRun one;
  one.run(simulator.url(), {"--rate", "200/s", "--duration", "3s", "--warm-up", "1s"});
  check_bench_page(one, "bench");
  BenchRun highest;
  highest.run(simulator.url(), {"--find-max", "--slo", "max<1ms", "--rate", "2/s", "--step", "1s", "--warm-up", "0"});
  check_bench_page(highest, "bench-find-max");
  BenchRun sides;
  sides.run(simulator.url(), {"--duration", "8s", "--turns", "8", "--warm-up", "0", "--versus", "connections=2"});
  check_bench_page(sides, "bench-versus");
}
