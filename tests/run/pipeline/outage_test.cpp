// An API that answers every request with an error for a while: rows wait, and none fails.
#include <doctest/doctest.h>

#include <algorithm>

#include "work.hpp"

using namespace ::test;
using namespace std::chrono_literals;

namespace {

std::size_t refused(const Simulator& simulator) {
  const auto requests = read_ndjson(simulator.request_log());
  return static_cast<std::size_t>(
      std::ranges::count_if(requests, [](const auto& request) { return number_of(request, "status") == 503; }));
}

}  // namespace

TEST_CASE("outage: 503 to everything for 4 s: rows wait, none fails, and few requests are made meanwhile") {
  Simulator simulator({"--unavailable", "100ms..4100ms", "--latency", "1ms"});
  Work work(make_customers(3000), simulator.url());
  work.config.load.connections = 4;
  work.config.load.pipeline = 16;
  work.config.load.rate.interval = 500us;
  work.config.retry = amend::RetryConfig();
  const amend::Summary summary = check_all_well(work, simulator);
  // Those in flight when it began, and the probes.
  CHECK(refused(simulator) <= 64 + 20 + 8);
  CHECK(refused(simulator) >= 5);
  REQUIRE(summary.notices.size() == 2);
  CHECK(summary.notices[0].starts_with("outage: "));
  CHECK(summary.notices[0].find("attempts failed one after another") != std::string::npos);
  CHECK(summary.notices[0].find("HTTP 503") != std::string::npos);
  CHECK(summary.notices[1] == "the outage is over");
}

TEST_CASE("outage: its time does not count against --row-timeout, also when a row fails again behind it") {
  Simulator simulator({"--unavailable", "50ms..3050ms", "--error-share", "500:8%", "--latency", "100ms"});
  Work work(make_customers(1000), simulator.url());
  work.config.load.connections = 8;
  work.config.load.pipeline = 16;
  work.config.deadline.row = 2s;
  const amend::Summary summary = check_all_well(work, simulator);
  REQUIRE(summary.notices.size() == 2);  // else there was no outage
}

TEST_CASE("outage: one that lasts longer than --outage-limit stops the run, and every row is still unsent or done") {
  Simulator simulator({"--unavailable", "100ms..1h"});
  Work work(make_customers(500), simulator.url());
  work.config.load.rate.interval = 1ms;
  work.config.deadline.outage = 2s;
  const amend::Summary summary = work.run();
  CHECK(summary.stop_cause == amend::StopCause::outage);
  CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
  CHECK(summary.stop_reason.find("(--outage-limit)") != std::string::npos);
  CHECK(summary.rows(amend::Status::failed) + summary.rows(amend::Status::unknown) == 0);
  CHECK(summary.rows(amend::Status::success) + summary.unsent.value_or(0) == work.customers.size());
}
