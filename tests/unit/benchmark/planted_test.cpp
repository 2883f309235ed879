// What a benchmark measures, with a server that is planned to the nanosecond: its latencies, stalls and capacity are
// found again. Simulated time; bench/accuracy.cpp measures the same with clocks and sockets.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <random>

#include "amend/benchmark/load_figures.hpp"
#include "amend/benchmark/schedule.hpp"
#include "benchmark/rate_search.hpp"

using namespace amend;
using namespace std::chrono_literals;

namespace {

using std::chrono::nanoseconds;

/// When a request that arrives at that time is answered. Called in the order of arrival.
using Server = std::function<nanoseconds(nanoseconds arrival)>;

void response_came(StepFigures& step, nanoseconds planned, nanoseconds sent, nanoseconds at) {
  RequestEnd end;
  end.http = 200;
  end.planned = planned;
  end.latency = at - planned;
  end.service = at - sent;
  step.ended(end);
  if (at < step.step.duration) step.response_came(end);
}

/// Each planned request, as soon as one of the connections is free.
StepFigures open_loop(const LoadStep& plan, std::size_t connections, const Server& server) {
  StepFigures step(plan);
  step.lasted = plan.duration;
  std::priority_queue<nanoseconds, std::vector<nanoseconds>, std::greater<>> busy_until;
  Schedule schedule({plan});
  for (auto next = schedule.peek(); next; schedule.pop(), next = schedule.peek()) {
    nanoseconds sent = next->at;
    if (busy_until.size() == connections) {
      sent = std::max(sent, busy_until.top());
      busy_until.pop();
    }
    const nanoseconds at = server(sent);
    busy_until.push(at);
    response_came(step, next->at, sent, at);
  }
  return step;
}

/// On one connection, the next one at each answer.
StepFigures closed_loop(nanoseconds duration, const Server& server) {
  StepFigures step(LoadStep(0ns, duration));
  step.lasted = duration;
  for (nanoseconds sent{0}; sent < duration;) {
    const nanoseconds at = server(sent);
    response_came(step, sent, sent, at);
    sent = at;
  }
  return step;
}

/// Works `length` on a request; for the last second of each ten it stands still.
Server stalling(nanoseconds length) {
  return [length](nanoseconds arrival) {
    const nanoseconds done = arrival + length;
    const nanoseconds in_turn = done % 10s;
    return in_turn < 9s ? done : done + (10s - in_turn) + (arrival % 10s >= 9s ? length : 0ns);
  };
}

/// A server that works on `slots` requests at once, `length` each; the others wait.
Server with_slots(std::size_t slots, nanoseconds length) {
  return [free_at = std::vector<nanoseconds>(slots), length](nanoseconds arrival) mutable {
    const auto slot = std::ranges::min_element(free_at);
    return *slot = std::max(*slot, arrival) + length;
  };
}

double ms(nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

auto near(double planted) { return doctest::Approx(planted).epsilon(0.02); }

}  // namespace

TEST_CASE("planted: latencies are found again within 2 %") {
  std::mt19937_64 random(20'240'603);
  std::uniform_int_distribution<std::int64_t> any(nanoseconds(50ms).count(), nanoseconds(150ms).count());
  const StepFigures step =
      open_loop(LoadStep(interval_of(300), 60s), 256, [&](nanoseconds at) { return at + nanoseconds(any(random)); });
  CHECK(step.requests() == 300 * 60);
  for (const HdrHistogram* found : {&step.latency, &step.service}) {
    CHECK(ms(found->percentile(50)) == near(100));
    CHECK(ms(found->percentile(90)) == near(140));
    CHECK(ms(found->percentile(99)) == near(149));
    CHECK(ms(found->max()) == near(150));
  }
}

TEST_CASE("planted: a server that stands still for 1 s in 10 is seen in the p99 of an open loop, not of a closed one") {
  // Of 1,000 requests the slowest ten: two that the stall caught at work, and eight that came in its first 80 ms.
  const StepFigures open = open_loop(LoadStep(interval_of(100), 20s), 256, stalling(20ms));
  CHECK(ms(open.latency.percentile(50)) == near(20));
  CHECK(ms(open.latency.percentile(99)) == near(940));
  const StepFigures closed = closed_loop(20s, stalling(20ms));
  CHECK(ms(closed.latency.percentile(99)) == near(20));
  CHECK(ms(closed.latency.max()) > 900);
}

TEST_CASE("planted: what waits for a connection is slow from the planned instant on, not from its sending") {
  const StepFigures step = open_loop(LoadStep(interval_of(100), 10s), 1, [](nanoseconds at) { return at + 20ms; });
  CHECK(ms(step.service.percentile(99)) == near(20));
  CHECK(ms(step.latency.max()) == near(10'000));
}

TEST_CASE("planted: of a server that is asked for more than it can do, its answers are counted, not the requests") {
  const StepFigures step = open_loop(LoadStep(interval_of(300), 10s), 256, with_slots(10, 50ms));
  CHECK(step.requests() == 3'000);
  CHECK(step.responses_per_second() == near(200));
}

TEST_CASE("planted: --find-max finds what a server can do") {
  RateSearch search(50);
  while (const auto rate = search.next()) {
    const StepFigures step = open_loop(LoadStep(interval_of(*rate), 3s), 256, with_slots(10, 50ms));
    const bool holds = step.latency.percentile(99) < 200ms;
    search.take(holds ? RateSearch::Trial::held : RateSearch::Trial::broken);
  }
  REQUIRE(search.found());
  // A little above 200/s is not seen in 3 s.
  CHECK(*search.found() >= 190);
  CHECK(*search.found() <= 212);
}
