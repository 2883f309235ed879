#include "admission/run_clock.hpp"

#include <doctest/doctest.h>

using amend::RunClock;
using ClockStop = RunClock::Reason;
using namespace std::chrono_literals;

namespace {

const RunClock::time_point began(1'000h);

}  // namespace

TEST_CASE("run clock: it goes with the time, and stands still for an outage and a pause, which count once") {
  RunClock clock;
  CHECK(clock.at(began + 5s) == began + 5s);
  clock.stop(ClockStop::outage, began + 10s);
  CHECK(clock.at(began + 15s) == began + 10s);
  clock.stop(ClockStop::paused, began + 20s);
  clock.resume(ClockStop::outage, began + 30s);
  CHECK(clock.at(began + 35s) == began + 10s);
  clock.resume(ClockStop::paused, began + 40s);
  CHECK(clock.at(began + 41s) == began + 11s);
  CHECK(clock.stood_still(began + 100s) == 30s);
}

TEST_CASE("run clock: a hold ends by itself, and goes on beyond a pause that ends before it") {
  RunClock clock;
  clock.hold_until(began + 10s, began);
  CHECK(clock.at(began + 4s) == began);
  CHECK(clock.at(began + 12s) == began + 2s);
  clock.hold_until(began + 30s, began + 20s);
  clock.hold_until(began + 25s, began + 21s);  // shorter: nothing changes
  clock.stop(ClockStop::paused, began + 22s);
  clock.resume(ClockStop::paused, began + 26s);
  CHECK(clock.stood_still(began + 28s) == 18s);
  CHECK(clock.stood_still(began + 60s) == 20s);
  clock.hold_until(began + 70s, began + 80s);  // over already
  CHECK(clock.stood_still(began + 90s) == 20s);
}

TEST_CASE("run clock: a pause that outlasts a hold counts to its end") {
  RunClock clock;
  clock.hold_until(began + 10s, began);
  clock.stop(ClockStop::paused, began + 5s);
  clock.resume(ClockStop::paused, began + 20s);
  CHECK(clock.stood_still(began + 30s) == 20s);
  clock.resume(ClockStop::paused, began + 40s);  // nothing was stopped
  CHECK(clock.stood_still(began + 50s) == 20s);
}
