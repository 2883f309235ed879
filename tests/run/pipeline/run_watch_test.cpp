// A run that takes too long as a whole, or stands still.
#include "engine/run_watch.hpp"

#include <algorithm>
#include <set>

#include "run/pipeline/work.hpp"
#include "support/scripted_server.hpp"

using namespace ::test;
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

// Looked at every second, as a watch that runs is.
class Watched {
 public:
  explicit Watched(std::chrono::milliseconds stall) : watch_(with_stall(stall), start) {}

  Decision after(std::chrono::milliseconds time, const RunProgress& progress) {
    Decision decision = Decision::keep_running;
    for (const auto end = now_ + time; now_ < end;) {
      now_ = std::min(now_ + 1s, end);
      decision = watch_.look(progress, now_);
    }
    return decision;
  }

 private:
  RunWatch watch_;
  RunWatch::Clock::time_point now_ = start;
};

// Success in the log: the server has had that very row.
void check_successes_arrived(const std::string& run, const Simulator& simulator) {
  std::set<std::string> arrived;
  for (const auto& request : read_ndjson(simulator.request_log())) arrived.insert(text_of(request, "id"));
  for (const auto& record : read_ndjson(run + "/results.ndjson"))
    if (text_of(record, "status") == "success") CHECK(arrived.contains(text_of(record, "id")));
}

std::size_t unsent(const amend::Summary& summary) { return static_cast<std::size_t>(summary.unsent.value_or(0)); }

}  // namespace

TEST_CASE("run watch: a run stands still when nothing happens for --stall while rows are on their way") {
  Watched run(10s);
  CHECK(run.after(1s, progress(5, 2)) == Decision::keep_running);
  CHECK(run.after(9s, progress(5, 2)) == Decision::keep_running);
  CHECK(run.after(1ms, progress(6, 2)) == Decision::keep_running);
  CHECK(run.after(10s - 1ms, progress(6, 2)) == Decision::keep_running);
  CHECK(run.after(1ms, progress(6, 2)) == Decision::reconnect);
}

TEST_CASE("run watch: what stands still is connected anew, and stopped when that brings no row to its end") {
  Watched run(10s);
  CHECK(run.after(1s, progress(5, 2)) == Decision::keep_running);
  CHECK(run.after(10s, progress(5, 2)) == Decision::reconnect);
  // Reconnecting is itself something that happens.
  CHECK(run.after(1s, progress(8, 2)) == Decision::keep_running);
  CHECK(run.after(10s - 1ms, progress(8, 2)) == Decision::keep_running);
  CHECK(run.after(1ms, progress(8, 2)) == Decision::stalled);

  Watched helped(10s);
  CHECK(helped.after(11s, progress(5, 2)) == Decision::reconnect);
  RunProgress ended = progress(9, 1);
  ended.rows_ended = 1;
  CHECK(helped.after(1s, ended) == Decision::keep_running);
  CHECK(helped.after(10s, ended) == Decision::reconnect);
}

TEST_CASE("run watch: with no row on its way a run waits for its input as long as that takes") {
  Watched run(10s);
  CHECK(run.after(1s, progress(5, 0)) == Decision::keep_running);
  CHECK(run.after(1h, progress(5, 0)) == Decision::keep_running);
  CHECK(run.after(9s, progress(5, 1)) == Decision::keep_running);
  CHECK(run.after(1s, progress(5, 1)) == Decision::reconnect);
}

TEST_CASE("run watch: a wait that the server asked for is no stall") {
  Watched run(10s);
  RunProgress held = progress(5, 1);
  held.held_until = start + 5min;
  CHECK(run.after(5min, held) == Decision::keep_running);
  CHECK(run.after(9s, held) == Decision::keep_running);
  CHECK(run.after(1s, held) == Decision::reconnect);
}

TEST_CASE("run watch: a process that was stopped for hours, by Ctrl-Z say, has not stood still") {
  RunWatch watch(with_stall(10s), start);
  CHECK(watch.look(progress(5, 1), start + 1s) == Decision::keep_running);
  CHECK(watch.look(progress(5, 1), start + 5h) == Decision::keep_running);
}

TEST_CASE("run watch: whatever happens in a run is progress, and what is left is what was read and has not ended") {
  using amend::Metrics;
  for (amend::Counter Metrics::*counter :
       {&Metrics::bytes_read, &Metrics::rows_read, &Metrics::attempts, &Metrics::retries, &Metrics::requeues,
        &Metrics::connections_opened, &Metrics::handshakes_failed}) {
    Metrics metrics;
    (metrics.*counter).add();
    CHECK(progress_of(metrics).steps == 1);
  }
  Metrics metrics;
  metrics.rows_read.add(3);
  metrics.count(amend::Status::failed);
  metrics.in_flight.add(2);
  metrics.throttle_until(start);
  CHECK(progress_of(metrics).steps == 4);
  CHECK(progress_of(metrics).rows_left == 2);
  CHECK(progress_of(metrics).rows_ended == 1);
  CHECK(progress_of(metrics).in_flight == 2);
  CHECK((progress_of(metrics).held_until == start));
  metrics.probe_at(start + 30s);  // an outage: nothing goes until then
  CHECK((progress_of(metrics).held_until == start + 30s));
  metrics.probe_at({});
  CHECK((progress_of(metrics).held_until == start));
}

TEST_CASE("run watch: by default a last row that waits for its answer and then for its retry is no stall") {
  amend::Config config;
  CHECK(RunWatch(config, start).patience() >= 60s);
  config.deadline.response = 10min;
  config.retry.backoff_max = 1min;
  CHECK(RunWatch(config, start).patience() == 11min);
  config.deadline.connect = 20min;
  CHECK(RunWatch(config, start).patience() == 21min);
}

TEST_CASE("run watch: the time between two requests, at the pace in force, is no stall") {
  amend::Config config;
  RunWatch watch(config, start);
  RunProgress still = progress(1, 3);
  still.interval = 1min;
  for (auto at = 0s; at < 119s; at += 1s) CHECK(watch.look(still, start + at) == Decision::keep_running);
  still.interval = 0s;
  CHECK(watch.look(still, start + 120s) != Decision::keep_running);
}

TEST_CASE("run watch: the deadline counts from the start, whatever happens") {
  amend::Config config;
  CHECK(RunWatch(config, start).look(progress(1, 0), start + 10'000h) == Decision::keep_running);
  config.deadline.run = 8h;
  RunWatch watch(config, start);
  CHECK(watch.look(progress(1, 0), start + 8h - 1ms) == Decision::keep_running);
  CHECK(watch.look(progress(2, 0), start + 8h) == Decision::past_deadline);
}

TEST_CASE("pipeline: at its deadline a run stops with exit 4, the rest is unsent, and every success did arrive") {
  // On a busy machine no row may succeed before a short one.
  std::uint64_t succeeded = 0;
  for (const auto deadline : {1s, 5s, 20s}) {
    if (succeeded > 0) break;
    Simulator simulator({"--latency", "20ms"});
    Work work(make_customers(5000), simulator.url());
    work.config.load.connections = 2;
    work.config.load.pipeline = 2;
    work.config.deadline.run = deadline;
    const amend::Summary summary = work.run();
    simulator.stop();
    check_successes_arrived(work.directory(), simulator);
    CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
    CHECK(summary.stop_cause == amend::StopCause::deadline);
    succeeded = summary.rows(amend::Status::success);
    CHECK(succeeded + unsent(summary) == work.customers.size());
  }
  CHECK(succeeded > 0);
}

TEST_CASE("pipeline: a server that never answers stops the run after --stall with exit 4, and nothing is lost") {
  Simulator simulator({"--latency", "1h"});
  Work work(make_customers(50), simulator.url());
  work.config.deadline.response = 1h;
  work.config.deadline.stall = 500ms;
  work.config.deadline.grace = 0ms;
  const amend::Summary summary = work.run();
  CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
  CHECK(summary.stop_cause == amend::StopCause::stalled);
  CHECK(summary.stop_reason.find("50 rows were in progress, ") != std::string::npos);
  CHECK(unsent(summary) == work.customers.size());
  REQUIRE(summary.notices.size() == 1);
  // How many of the 16 were on their way after 500 ms is up to the machine.
  CHECK(summary.notices.front().find("50 rows were in progress, ") != std::string::npos);
  CHECK(summary.notices.front().find(" of them waiting for a response; connecting again") != std::string::npos);
}

TEST_CASE("pipeline: a connection that hangs is replaced after --stall, and the rows on it are sent again") {
  // The first connection takes requests and is silent; the second one answers.
  const auto customers = make_customers(1);
  const std::string done = R"({"code":200,"data":{"customer":{"uuid":")" + customers[0].id + R"("}}})";
  ScriptedServer server({[](Peer& peer) {
                           peer.expect(1);
                           peer.wait_for_end();
                         },
                         [&](Peer& peer) {
                           peer.expect(1);
                           peer.send(answer(200, done));
                         }});
  Work work(customers, "http://127.0.0.1:" + server.port());
  work.config.deadline.response = 1h;
  work.config.deadline.stall = 300ms;
  work.config.load.connections = work.config.load.workers = 1;
  const amend::Summary summary = work.run();
  CHECK(summary.exit_code == amend::ExitCode::success);
  CHECK(summary.rows(amend::Status::success) == 1);
  CHECK(summary.notices.size() == 1);
}

TEST_CASE(
    "pipeline: when the last row waits for its retry the run waits for it, longer than --stall if the server says") {
  Simulator simulator({"--error-share", "503:1", "--retry-after", "1s"});
  Work work(make_customers(1), simulator.url());
  work.config.retry.attempts_max = 3;
  work.config.deadline.stall = 400ms;
  const amend::Summary summary = work.run();
  CHECK(summary.stop_cause == amend::StopCause::none);
  CHECK(summary.rows(amend::Status::failed) == 1);
  CHECK(summary.attempts == 3);
  CHECK(summary.elapsed >= 2s);
}

TEST_CASE("pipeline: while a row waits for the one of its customer before it, or for its retry, that is no stall") {
  for (const std::uint32_t attempts : {1u, 2u}) {
    CAPTURE(attempts);
    const auto one = make_customers(1).front();
    const std::string done = R"({"code":200,"data":{"customer":{"uuid":")" + one.id + R"("}}})";
    const Script deaf = [](Peer& peer) {
      peer.expect(1);
      peer.finish();
    };
    const Script answering = [&](Peer& peer) {
      for (;;) {
        peer.expect(1);
        peer.send(answer(200, done));
      }
    };
    ScriptedServer server({deaf, answering, answering});
    Work work({one, one}, "http://127.0.0.1:" + server.port());
    work.config.retry.attempts_max = attempts;
    work.config.retry.backoff_first = work.config.retry.backoff_max = 1s;
    work.config.deadline.response = 1'200ms;
    work.config.deadline.stall = 200ms;
    work.config.load.canary = amend::CanaryMode::off;
    work.config.load.connections = work.config.load.workers = 1;
    const amend::Summary summary = work.run();
    CHECK(summary.stop_cause == amend::StopCause::none);
    CHECK(summary.rows(amend::Status::success) + summary.rows(amend::Status::unknown) == 2);
    for (const std::string& notice : summary.notices) CHECK(notice.find("--stall") == std::string::npos);
  }
}

TEST_CASE("run watch: --deadline as a time of day is the next moment at which the local clock shows it") {
  using std::chrono::system_clock;
  ::setenv("TZ", "Europe/Vienna", 1);
  ::tzset();
  amend::DeadlineConfig deadline;
  const auto at = [](int day, int hour, int minute) {
    std::tm local{};
    local.tm_year = 126;
    local.tm_mon = 9;
    local.tm_mday = day;
    local.tm_hour = hour;
    local.tm_min = minute;
    local.tm_isdst = -1;
    return system_clock::from_time_t(std::mktime(&local));
  };
  CHECK(amend::time_allowed(deadline, at(23, 22, 0)) == 0ms);
  deadline.run = 8h;
  CHECK(amend::time_allowed(deadline, at(23, 22, 0)) == 8h);
  deadline.run_until = 6 * 60;
  CHECK(amend::time_allowed(deadline, at(23, 5, 59)) == 1min);
  CHECK(amend::time_allowed(deadline, at(23, 6, 0)) == 24h);
  CHECK(amend::time_allowed(deadline, at(23, 22, 0)) == 8h);
  CHECK(amend::time_allowed(deadline, at(24, 22, 0)) == 9h);  // an hour more: summer time ends
}
