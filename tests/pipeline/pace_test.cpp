// Limits of the API, as whole runs meet them: whatever it refuses, no row fails for it.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "amend/worker/canary.hpp"
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
  work.config.pace.rate.interval = 2ms;
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
  work.config.pace.rate.mode = amend::RateMode::adaptive;
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

TEST_CASE("pace: --concurrency auto finds what the API works on at a time") {
  Simulator simulator({"--capacity", "4:5ms"});
  Work work(make_customers(2000), simulator.url());
  work.config.pace.connections = 8;
  work.config.pace.pipeline = 8;
  work.config.pace.concurrency = amend::Concurrency::adaptive;
  amend::Pipeline pipeline(work.config, amend::Credentials());
  std::atomic<bool> ended = false;
  std::uint64_t looks = 0;
  std::uint64_t in_flight = 0;
  std::thread watcher([&] {
    for (; !ended; ++looks, std::this_thread::sleep_for(1ms)) in_flight += pipeline.metrics().in_flight.value();
  });
  const amend::Summary summary = pipeline.run();
  ended = true;
  watcher.join();
  CHECK(summary.rows(amend::Status::success) == 2'000);
  // Not the time that they take, which depends on the machine: how many there are. Without a limit there are 64.
  CHECK(in_flight / looks < 32);
}

TEST_CASE("pace: one that stands still at a server's word is neither stalled nor too late") {
  Simulator simulator({"--error-share", "503:2%", "--retry-after", "2s", "--fault-seed", "5"});
  Work work(make_customers(100), simulator.url());
  work.config.pace.connections = 1;
  work.config.pace.workers = 1;
  work.config.deadline.stall = 1s;
  work.config.deadline.row = 1500ms;
  const amend::Summary summary = check_all_well(work, simulator);
  CHECK(summary.elapsed >= 2s);
}

TEST_CASE("pace: the first rows fail: the others are held back, unsent") {
  Simulator simulator({"--error-share", "404:100%"});
  Work work(make_customers(500), simulator.url());
  work.config.pace.canary = amend::CanaryMode::on;
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
