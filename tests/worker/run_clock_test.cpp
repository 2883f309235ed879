#include "amend/worker/run_clock.hpp"

#include <doctest/doctest.h>

using amend::RunClock;
using Reason = RunClock::Reason;
using namespace std::chrono_literals;

namespace {

const RunClock::time_point t0(1'000h);

}  // namespace

TEST_CASE("run clock: it goes with the time, and stands still for an outage and a pause, which count once") {
  RunClock clock;
  CHECK(clock.at(t0 + 5s) == t0 + 5s);
  clock.stop(Reason::outage, t0 + 10s);
  CHECK(clock.at(t0 + 15s) == t0 + 10s);
  clock.stop(Reason::paused, t0 + 20s);
  clock.go_on(Reason::outage, t0 + 30s);
  CHECK(clock.at(t0 + 35s) == t0 + 10s);
  clock.go_on(Reason::paused, t0 + 40s);
  CHECK(clock.at(t0 + 41s) == t0 + 11s);
  CHECK(clock.stood_still(t0 + 100s) == 30s);
}

TEST_CASE("run clock: a hold ends by itself, and goes on beyond a pause that ends before it") {
  RunClock clock;
  clock.hold_until(t0 + 10s, t0);
  CHECK(clock.at(t0 + 4s) == t0);
  CHECK(clock.at(t0 + 12s) == t0 + 2s);
  clock.hold_until(t0 + 30s, t0 + 20s);
  clock.hold_until(t0 + 25s, t0 + 21s);  // shorter: nothing changes
  clock.stop(Reason::paused, t0 + 22s);
  clock.go_on(Reason::paused, t0 + 26s);
  CHECK(clock.stood_still(t0 + 28s) == 18s);
  CHECK(clock.stood_still(t0 + 60s) == 20s);
  clock.hold_until(t0 + 70s, t0 + 80s);  // over already
  CHECK(clock.stood_still(t0 + 90s) == 20s);
}

TEST_CASE("run clock: a pause that outlasts a hold counts to its end") {
  RunClock clock;
  clock.hold_until(t0 + 10s, t0);
  clock.stop(Reason::paused, t0 + 5s);
  clock.go_on(Reason::paused, t0 + 20s);
  CHECK(clock.stood_still(t0 + 30s) == 20s);
  clock.go_on(Reason::paused, t0 + 40s);  // nothing was stopped
  CHECK(clock.stood_still(t0 + 50s) == 20s);
}
