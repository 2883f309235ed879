// Limits of the API, as whole runs meet them: whatever it refuses, no row fails for it.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "admission/canary.hpp"
#include "admission/concurrency_limit.hpp"
#include "work.hpp"

using namespace ::test;
using namespace std::chrono_literals;

namespace {

std::size_t answered(const Simulator& simulator, std::int64_t status) {
  const auto requests = read_ndjson(simulator.request_log());
  return static_cast<std::size_t>(
      std::ranges::count_if(requests, [&](const auto& request) { return number_of(request, "status") == status; }));
}

}  // namespace

TEST_CASE("pace: a fixed rate far above a limit that no answer tells of: each row succeeds, at no attempt's cost") {
  Simulator simulator({"--hidden-limit", "100/s"});
  Work work(make_customers(150), simulator.url());
  work.config.load.rate.interval = 2ms;
  work.config.retry = amend::RetryConfig();
  work.config.retry.attempts_max = 1;
  const amend::Summary summary = check_all_well(work, simulator);
  CHECK(summary.throttled > 0);
  CHECK(summary.throttled == answered(simulator, 429));
  CHECK(summary.retries == 0);
}

TEST_CASE("pace: --rate auto at a limit that halves in mid-run: few are refused, and each row succeeds") {
  Simulator simulator({"--hidden-limit", "200/s", "--hidden-limit", "100/s@2s"});
  Work work(make_customers(500), simulator.url());
  work.config.load.rate.mode = amend::RateMode::adaptive;
  work.config.retry = amend::RetryConfig();
  check_all_well(work, simulator);
  CHECK(answered(simulator, 429) <= 80);
}

TEST_CASE("pace: the server's rate-limit fields are enough to be refused nearly nothing") {
  std::string fields;
  SUBCASE("IETF") { fields = "ietf"; }
  SUBCASE("RateLimit-Remaining and -Reset") { fields = "legacy"; }
  SUBCASE("X-RateLimit-Remaining, and -Reset since the epoch") { fields = "x"; }
  Simulator simulator({"--rate-limit", "100/s", "--rate-fields", fields, "--retry-after", "none"});
  Work work(make_customers(300), simulator.url());
  work.config.retry = amend::RetryConfig();
  check_all_well(work, simulator);
  CHECK(answered(simulator, 429) <= 16 + 15);  // those in flight before the first answer, and at a window's turn
}

// What it settles at is decided in simulated time (concurrency_limit_test). Here: no request goes past it in a whole run.
TEST_CASE("pace: --concurrency auto sends no more at a time than the limit, though connections have room for 64") {
  constexpr std::chrono::microseconds latency = 200ms;
  Simulator simulator({"--latency", "200ms"});
  Work work(make_customers(12), simulator.url());
  work.config.load.connections = 8;
  work.config.load.pipeline = 8;
  work.config.load.workers = 1;  // of two that ask at the same moment each may get the last place
  work.config.load.concurrency = amend::Concurrency::adaptive;
  check_all_well(work, simulator);
  std::vector<std::int64_t> arrivals;
  for (const auto& request : read_ndjson(simulator.request_log())) arrivals.push_back(number_of(request, "at_us"));
  std::ranges::sort(arrivals);
  // The limit stays the first one for ten answers, and nothing is answered before it has waited for the latency.
  constexpr std::size_t at_a_time = amend::ConcurrencyLimit::first_limit;
  REQUIRE(arrivals.size() > 2 * at_a_time);
  CHECK(arrivals[at_a_time] - arrivals[0] >= latency.count());
  CHECK(arrivals[2 * at_a_time] - arrivals[0] >= 2 * latency.count());
}

TEST_CASE("pace: one that stands still at a server's word is neither stalled nor too late") {
  Simulator simulator({"--error-share", "503:2%", "--retry-after", "2s", "--fault-seed", "5"});
  Work work(make_customers(100), simulator.url());
  work.config.load.connections = 1;
  work.config.load.workers = 1;
  work.config.deadline.stall = 1s;
  work.config.deadline.row = 1500ms;
  const amend::Summary summary = check_all_well(work, simulator);
  CHECK(summary.elapsed >= 2s);
}

TEST_CASE("pace: the first rows fail: the others are held back, unsent") {
  Simulator simulator({"--error-share", "404:100%"});
  Work work(make_customers(500), simulator.url());
  work.config.load.canary = amend::CanaryMode::on;
  const amend::Summary summary = work.run();
  simulator.stop();
  CHECK(summary.stop_cause == amend::StopCause::failures);
  CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
  // Each refusal may be proved by sending its row once more, alone.
  CHECK(answered(simulator, 404) >= amend::Canary::first_rows_max);
  CHECK(answered(simulator, 404) <= 2 * amend::Canary::first_rows_max);
  CHECK(summary.rows(amend::Status::failed) == amend::Canary::first_rows_max);
  CHECK(summary.unsent == work.customers.size() - amend::Canary::first_rows_max);
}
