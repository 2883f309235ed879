// A run that takes too long as a whole, or stands still.
#include "pipeline/run_watch.hpp"

#include "pipeline/work.hpp"

using namespace test;
using namespace std::chrono_literals;
using amend::RunProgress;
using amend::RunWatch;
using Decision = RunWatch::Decision;

namespace {

const RunWatch::Clock::time_point start{1h};

RunProgress progress(std::uint64_t steps, std::uint64_t rows_left) {
  RunProgress progress;
  progress.steps = steps;
  progress.rows_left = rows_left;
  return progress;
}

amend::Config with_stall(std::chrono::milliseconds stall) {
  amend::Config config;
  config.deadline.stall = stall;
  return config;
}

std::size_t unsent(const amend::Summary& summary) { return static_cast<std::size_t>(summary.unsent.value_or(0)); }

}  // namespace

TEST_CASE("run watch: a run stands still when nothing happens for --stall while rows are on their way") {
  RunWatch watch(with_stall(10s), start);
  CHECK(watch.look(progress(5, 2), start + 1s) == Decision::go_on);
  CHECK(watch.look(progress(5, 2), start + 10s) == Decision::go_on);
  CHECK(watch.look(progress(6, 2), start + 10s) == Decision::go_on);
  CHECK(watch.look(progress(6, 2), start + 20s - 1ms) == Decision::go_on);
  CHECK(watch.look(progress(6, 2), start + 20s) == Decision::stalled);
}

TEST_CASE("run watch: with no row on its way a run waits for its input as long as that takes") {
  RunWatch watch(with_stall(10s), start);
  CHECK(watch.look(progress(5, 0), start + 100h) == Decision::go_on);
  CHECK(watch.look(progress(5, 1), start + 100h + 9s) == Decision::go_on);
  CHECK(watch.look(progress(5, 1), start + 100h + 10s) == Decision::stalled);
}

TEST_CASE("run watch: a wait that the server asked for is no stall") {
  RunWatch watch(with_stall(10s), start);
  RunProgress held = progress(5, 1);
  held.held_until = start + 5min;
  CHECK(watch.look(held, start + 1s) == Decision::go_on);
  CHECK(watch.look(held, start + 5min + 9s) == Decision::go_on);
  CHECK(watch.look(held, start + 5min + 10s) == Decision::stalled);
}

TEST_CASE("run watch: by default a last row that waits for its answer and then for its retry is no stall") {
  amend::Config config;
  CHECK(RunWatch(config, start).patience() >= 60s);
  config.deadline.answer = 10min;
  config.retry.backoff_max = 1min;
  config.pace.interval = 1min;
  CHECK(RunWatch(config, start).patience() == 12min);
}

TEST_CASE("run watch: the deadline counts from the start, whatever happens") {
  amend::Config config;
  CHECK(RunWatch(config, start).look(progress(1, 0), start + 10'000h) == Decision::go_on);
  config.deadline.run = 8h;
  RunWatch watch(config, start);
  CHECK(watch.look(progress(1, 0), start + 8h - 1ms) == Decision::go_on);
  CHECK(watch.look(progress(2, 0), start + 8h) == Decision::past_deadline);
}

TEST_CASE("pipeline: at its deadline a run stops with exit 4, the rest is unsent, and log and server agree") {
  Simulator simulator({"--latency", "20ms"});
  Work work(make_customers(5000), simulator.url());
  work.config.pace.connections = 2;
  work.config.pace.pipeline = 2;
  work.config.deadline.run = 1s;
  const amend::Summary summary = work.run();
  simulator.stop();
  CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
  CHECK(summary.stop_cause == amend::StopCause::deadline);
  CHECK(summary.rows(amend::Status::success) > 0);
  CHECK(summary.rows(amend::Status::success) + unsent(summary) == work.customers.size());
}

TEST_CASE("pipeline: a server that never answers stops the run after --stall with exit 4, and nothing is lost") {
  Simulator simulator({"--latency", "1h"});
  Work work(make_customers(50), simulator.url());
  work.config.deadline.answer = 1h;
  work.config.deadline.stall = 500ms;
  work.config.deadline.grace = 0ms;
  const amend::Summary summary = work.run();
  CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
  CHECK(summary.stop_cause == amend::StopCause::stalled);
  CHECK(summary.stop_reason.find("50 rows were on their way, 16 of them waiting") != std::string::npos);
  CHECK(unsent(summary) == work.customers.size());
}
