// What a person or the server changes in a worker while it runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "worker_bench.hpp"

using namespace amend;
using namespace amend::test;
using namespace std::chrono_literals;

namespace {

// Calls `action` when the worker has gone round its loop so many times.
void after_turns(FakeSession& session, int turns, std::function<void()> action) {
  if (turns == 0) return action();
  session.later([&session, turns, action] { after_turns(session, turns - 1, action); });
}

std::size_t connections_used(const std::vector<Sent>& sent) {
  std::set<std::size_t> used;
  for (const Sent& one : sent) used.insert(one.connection);
  return used.size();
}

}  // namespace

TEST_CASE("worker: while the run is paused nothing is sent, answers are taken, and then it goes on") {
  WorkerBench bench;
  std::size_t seen_when_paused = 0;
  std::size_t seen_later = 0;
  bench.server.serve = [&](FakeSession& session) {
    if (seen_when_paused == 0) {
      bench.admission.pause(std::chrono::steady_clock::now());
      seen_when_paused = bench.server.seen.size();
      after_turns(session, 50, [&] {
        seen_later = bench.server.seen.size();
        bench.admission.unpause(std::chrono::steady_clock::now());
        bench.control.wake();
      });
    }
    session.reply_to_all();
  };
  bench.run(100);
  CHECK(seen_later == seen_when_paused);
  CHECK(bench.count(Status::success) == 100);
}

TEST_CASE("worker: a 429 costs a row no attempt, however many come") {
  WorkerBench bench;
  bench.config.retry.attempts_max = 1;
  bench.server.serve = [throttled = 0](FakeSession& session) mutable {
    while (!session.requests().empty()) {
      if (++throttled % 2 == 0) {
        session.reply_well();
      } else {
        session.reply(429, api_refusal);
      }
    }
  };
  bench.run(40);
  CHECK(bench.count(Status::success) == 40);
  for (const Ended& row : bench.ended) CHECK(row.attempts == 1);
  CHECK(bench.metrics.throttled.value() >= 20);
  CHECK(bench.metrics.retries.value() == 0);
  CHECK(bench.metrics.requeues.value() == bench.metrics.throttled.value());
}

TEST_CASE("worker: with the canary one row goes alone, then ten, then all") {
  WorkerBench bench;
  bench.config.load.pipeline = 16;
  bench.connections = 4;
  LoadConfig load;
  load.rate.interval = 0ns;
  AdmissionControl admission(load);
  std::vector<std::size_t> sent_when_answered;
  bench.server.serve = [&](FakeSession& session) {
    after_turns(session, 20, [&] {
      for (; !session.requests().empty(); session.reply_well()) sent_when_answered.push_back(bench.server.seen.size());
    });
  };
  bench.run_with(admission, 200);
  CHECK(bench.count(Status::success) == 200);
  REQUIRE(sent_when_answered.size() == 200);
  CHECK(sent_when_answered[0] == 1);
  for (std::size_t answer = 1; answer <= Canary::group_rows; ++answer)
    CHECK(sent_when_answered[answer] == 1 + Canary::group_rows);
  CHECK(sent_when_answered[1 + Canary::group_rows] > 40);
  CHECK(admission.canary().over());
}

TEST_CASE("worker: a canary that fails stops the run, names the last error, and the rest is held back") {
  WorkerBench bench;
  LoadConfig load;
  load.rate.interval = 0ns;
  AdmissionControl admission(load);
  bench.server.serve = [](FakeSession& session) {
    while (!session.requests().empty()) session.reply(404, R"({"code":"E0404","message":"no such customer"})");
  };
  bench.run_with(admission, 200);
  // A refusal on a connection that has carried others is proved by one request more.
  CHECK(bench.server.seen.size() <= 2 * Canary::first_rows_max);
  CHECK(bench.count(Status::failed) == Canary::first_rows_max);
  CHECK(bench.dropped == 200 - Canary::first_rows_max);
  CHECK(bench.control.cause() == StopCause::failures);
  CHECK(bench.control.text() ==
        "none of the first 3 rows succeeded; the last failure: E0404: no such customer; amend does not send the other "
        "rows "
        "(use --canary off to send them)");
}

TEST_CASE("worker: an outage at the start burns no row of the canary") {
  WorkerBench bench;
  LoadConfig load;
  load.rate.interval = 0ns;
  AdmissionControl admission(load);
  bench.config.retry.attempts_max = 6;
  bench.config.retry.backoff_first = bench.config.retry.backoff_max = 100ms;
  bench.server.serve = [&](FakeSession& session) {
    const bool over = bench.server.seen.size() > CircuitBreaker::failures_to_open;
    while (!session.requests().empty()) {
      if (over) {
        session.reply_well();
      } else {
        session.reply(503, api_refusal);
      }
    }
  };
  bench.run_with(admission, 100);
  CHECK(bench.count(Status::success) == 100);
}

TEST_CASE("worker: three 401s at the start stop the run, with what the API said and the likely cause") {
  WorkerBench bench;
  bench.config.target.url = "https://gateway-stg.wonder.today";
  bench.server.serve = [](FakeSession& session) {
    while (!session.requests().empty()) session.reply(401, R"({"code":"E000002","message":"Invalid Credential"})");
  };
  bench.config.load.pipeline = 1;
  bench.run(100);
  CHECK(bench.control.cause() == StopCause::credentials);
  CHECK(bench.control.text().find("HTTP 401, E000002: Invalid Credential") != std::string::npos);
  CHECK(bench.control.text().find("--url is the sandbox") != std::string::npos);
  CHECK(bench.count(Status::failed) == 2);
  CHECK(bench.dropped == 98);  // nothing proves the last refusal to be its row's own
}

TEST_CASE("worker: more connections are made when a person wants them, and used") {
  WorkerBench bench;
  bench.config.load.pipeline = 1;
  bool asked = false;
  bench.server.serve = [&](FakeSession& session) {
    if (!std::exchange(asked, true)) bench.control.set_connections(6);
    after_turns(session, 20, [&session] { session.reply_to_all(); });
  };
  bench.run(120);
  CHECK(bench.count(Status::success) == 120);
  CHECK(connections_used(bench.server.seen) == 6);
}

TEST_CASE("worker: of fewer connections those too many are closed when their answers have come, and no row pays") {
  WorkerBench bench;
  bench.connections = 6;
  bench.config.load.pipeline = 2;
  std::size_t open_in_the_end = 0;
  bench.server.serve = [&](FakeSession& session) {
    if (bench.server.seen.size() == 60) bench.control.set_connections(1);
    open_in_the_end = bench.server.connections_open;
    after_turns(session, 5, [&session] { session.reply_to_all(); });
  };
  bench.run(120);
  CHECK(bench.count(Status::success) == 120);
  CHECK(connections_used(bench.server.seen) == 6);
  const std::vector<Sent> last(bench.server.seen.end() - 30, bench.server.seen.end());
  CHECK(connections_used(last) == 1);
  CHECK(bench.server.connections == 6);
  CHECK(open_in_the_end == 1);
  CHECK(bench.metrics.requeues.value() == 0);
}

TEST_CASE("worker: rate-limit fields beside a Retry-After are not looked at") {
  WorkerBench bench;
  bench.server.serve = [&](FakeSession& session) {
    if (bench.server.seen.size() > 1) return session.reply_to_all();
    session.reply(503, api_refusal, "0");
    session.add_rate_fields("RateLimit: \"default\";r=0;t=600\r\n");
  };
  bench.run(1);
  CHECK(bench.count(Status::success) == 1);
}

TEST_CASE(
    "worker: what slowed the run is counted: answers 429 and 503, answers that never came, and the wait for the pace") {
  WorkerBench bench;
  bench.config.load.pipeline = 1;
  bench.server.serve = [&](FakeSession& session) {
    switch (bench.server.seen.size()) {
      case 1: return session.reply(429, api_refusal);
      case 2: return session.reply(503, api_refusal);
      case 3: return session.reply(503, api_refusal);
      case 4: return session.end(CloseCause::timeout);
      default: session.reply_to_all();
    }
  };
  SUBCASE("unlimited") { bench.run(5); }
  SUBCASE("at a pace") {
    LoadConfig load;
    load.rate.interval = 20ms;
    load.canary = CanaryMode::off;
    AdmissionControl admission(load);
    bench.run_with(admission, 5);
    CHECK(std::chrono::nanoseconds(bench.metrics.limiter_wait_ns.value()) >= 20ms);
  }
  CHECK(bench.count(Status::success) == 5);
  CHECK(bench.metrics.throttled.value() == 1);
  CHECK(bench.metrics.overloaded.value() == 3);
}

TEST_CASE("worker: rate-limit fields slow the run") {
  WorkerBench bench;
  bench.config.load.pipeline = 1;
  bench.server.serve = [&](FakeSession& session) {
    while (!session.requests().empty()) session.reply_well_with("RateLimit: \"default\";r=51;t=1\r\n");
  };
  const auto start = std::chrono::steady_clock::now();
  bench.run(6);
  CHECK(bench.count(Status::success) == 6);
  CHECK(bench.admission.rate().in_force().source == RateControl::RateSource::server);
  // 20 ms each, but for what a late timer may catch up.
  CHECK(bench.server.seen.back().at - start >= 5 * 15ms - 20ms);
}
