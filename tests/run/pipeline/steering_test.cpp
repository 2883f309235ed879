// What a run tells and takes from another thread while it goes on.
#include <doctest/doctest.h>

#include <thread>

#include "work.hpp"

using namespace ::test;
using namespace std::chrono_literals;

namespace {

// Runs, and calls `meddle` from another thread as soon as `rows` have ended.
template <class Meddle>
amend::Summary run_and(Work& work, std::uint64_t rows, Meddle meddle) {
  amend::Run run(work.job());
  std::atomic<bool> over{false};
  std::thread other([&] {
    while (!over && run.metrics().rows_ended() < rows) std::this_thread::yield();
    meddle(run);
  });
  const amend::Summary summary = run.execute();
  over = true;
  other.join();
  return summary;
}

}  // namespace

TEST_CASE("steering: the state of a run that nothing holds says so, and adds up") {
  Simulator simulator({"--latency", "2ms"});
  Work work(make_customers(2000), simulator.url());
  amend::RunState state;
  run_and(work, 100, [&](amend::Run& run) { state = run.state(); });
  CHECK(state.held == 0ms);
  CHECK_FALSE(state.paused);
  CHECK(state.circuit == amend::CircuitState::closed);
  CHECK(state.rate_source == amend::RateSource::option);
  CHECK(state.interval == 0ns);
  CHECK(state.run_directory == work.directory());
  CHECK(state.elapsed > 0ns);
  CHECK(state.rows(amend::Status::success) >= 100);
  CHECK(state.service.count() >= 100);
  CHECK(state.retry_tokens == 500);
  CHECK(state.in_flight_max == work.config.load.connections * work.config.load.pipeline);
}

TEST_CASE("steering: a Retry-After shows in the state as long as it holds") {
  Simulator simulator({"--error-share", "503:100%", "--retry-after", "30s"});
  Work work(make_customers(50), simulator.url());
  work.config.load.connections = work.config.load.workers = 1;
  amend::RunState state;
  amend::Run run(work.job());
  std::thread other([&] {
    while (run.state().held == 0ms) std::this_thread::yield();
    state = run.state();
    run.drain();
  });
  const amend::Summary summary = run.execute();
  other.join();
  CHECK(state.held > 25s);
  CHECK(state.held <= 30s);
  CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
}

TEST_CASE("steering: a paused run that is drained or told to end ends at once, and everything is accounted for") {
  Simulator simulator({"--latency", "2ms"});
  Work work(make_customers(2000), simulator.url());
  const auto start = std::chrono::steady_clock::now();
  SUBCASE("drained") {
    const auto summary = run_and(work, 100, [&](amend::Run& run) {
      run.pause();
      run.drain();
    });
    CHECK(summary.stop_cause == amend::StopCause::drained);
    CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
    CHECK(summary.rows(amend::Status::success) + summary.unsent.value_or(0) == work.customers.size());
  }
  SUBCASE("terminated") {
    const auto summary = run_and(work, 100, [&](amend::Run& run) {
      run.pause();
      run.stop(amend::StopCause::terminated);
    });
    CHECK(summary.exit_code == amend::ExitCode::terminated);
    CHECK(summary.rows(amend::Status::success) + summary.unsent.value_or(0) == work.customers.size());
  }
  CHECK(std::chrono::steady_clock::now() - start < 30s);
}

TEST_CASE("steering: a first stop after a drain still waits for the answers in flight") {
  Simulator simulator({"--latency", "300ms"});
  Work work(make_customers(200), simulator.url());
  const auto summary = run_and(work, 16, [&](amend::Run& run) {
    while (run.metrics().in_flight.value() == 0) std::this_thread::yield();
    run.drain();
    run.drain();
    run.stop(amend::StopCause::interrupted);
  });
  CHECK(summary.stop_cause == amend::StopCause::drained);
  CHECK(summary.attempts == summary.rows(amend::Status::success));  // none was given up
}

TEST_CASE("steering: what a person asks for has the bounds of the options") {
  Simulator simulator({"--latency", "1ms"});
  Work work(make_customers(500), simulator.url());
  work.config.load.rate.interval = 10ms;
  const auto summary = run_and(work, 1, [&](amend::Run& run) {
    amend::RateSetting rate;
    rate.interval = 1h;
    CHECK_THROWS_AS(run.set_rate(rate), amend::ConfigError);
    CHECK_THROWS_AS(run.set_connections(0), amend::ConfigError);
    CHECK_THROWS_AS(run.set_connections(257), amend::ConfigError);
    CHECK(run.set_connections(1) == 2);  // one for each worker
    CHECK(run.state().connections == 2);
    rate.interval = 1ms;
    run.set_rate(rate);
    CHECK(run.state().interval == 1ms);
  });
  CHECK(summary.exit_code == amend::ExitCode::success);
}

TEST_CASE("steering: a new pace wakes whoever waits for the old one") {
  Simulator simulator;
  Work work(make_customers(50), simulator.url());
  work.config.load.rate.interval = 1min;  // who is not woken waits for that long
  const auto start = std::chrono::steady_clock::now();
  const auto summary = run_and(work, 1, [&](amend::Run& run) {
    amend::RateSetting rate;
    rate.interval = 1ms;
    run.set_rate(rate);
  });
  CHECK(summary.exit_code == amend::ExitCode::success);
  CHECK(std::chrono::steady_clock::now() - start < 50s);
}

TEST_CASE("steering: a pause far longer than --stall is no stall, and the run goes on when a person wants it to") {
  Simulator simulator({"--latency", "2ms"});
  Work work(make_customers(2000), simulator.url());
  work.config.deadline.stall = 200ms;
  const auto summary = run_and(work, 100, [&](amend::Run& run) {
    run.pause();
    const auto since = run.state().elapsed;
    // Twice as long would be enough for "connecting again", and twice that for a stop.
    while (run.state().elapsed < since + 1s) std::this_thread::yield();
    run.unpause();
  });
  CHECK(summary.exit_code == amend::ExitCode::success);
  CHECK(summary.notices.empty());
}
