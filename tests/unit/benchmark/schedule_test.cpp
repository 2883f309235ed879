#include "amend/benchmark/schedule.hpp"

#include <doctest/doctest.h>

using namespace amend;
using namespace std::chrono_literals;

namespace {

std::vector<PlannedSend> all_of(Schedule schedule, std::size_t most = 100'000) {
  std::vector<PlannedSend> sends;
  for (auto next = schedule.peek(); next && sends.size() < most; next = schedule.peek()) {
    sends.push_back(*next);
    schedule.pop();
  }
  return sends;
}

}  // namespace

TEST_CASE("Schedule: 200/s for two seconds are 400 sends, each 5 ms behind the one before") {
  const auto sends = all_of(Schedule({LoadStep(5ms, 2s)}));
  REQUIRE(sends.size() == 400);
  for (std::size_t i = 0; i < sends.size(); ++i) CHECK(sends[i].at == i * 5ms);
}

TEST_CASE("Schedule: a step begins where the one before has ended, at its own rate") {
  const auto sends = all_of(Schedule({LoadStep(300ms, 1s, Counted::no), LoadStep(250ms, 1s)}));
  REQUIRE(sends.size() == 8);
  CHECK(sends[3].at == 900ms);
  CHECK(sends[3].step == 0);
  CHECK(sends[4].at == 1'000ms);
  CHECK(sends[4].step == 1);
  CHECK(sends[7].at == 1'750ms);
}

TEST_CASE("Schedule: looking does not move on, and a copy walks by itself") {
  Schedule schedule({LoadStep(1s, 3s)});
  CHECK(schedule.peek()->at == 0s);
  CHECK(schedule.peek()->at == 0s);
  Schedule copy = schedule;
  copy.pop();
  CHECK(copy.peek()->at == 1s);
  CHECK(schedule.peek()->at == 0s);
}

TEST_CASE("Schedule: many sends at an odd rate do not drift") {
  const auto interval = interval_of(30'000);
  const auto sends = all_of(Schedule({LoadStep(interval, 10s)}), 400'000);
  CHECK(sends.size() >= 299'990);
  CHECK(sends.size() <= 300'010);
  CHECK(sends.back().at < 10s);
}

TEST_CASE("Schedule: a rate whose interval is no whole number of nanoseconds sends as many as it says") {
  for (const int rate : {3, 7, 300, 999, 3'000}) {
    CAPTURE(rate);
    CHECK(all_of(Schedule({LoadStep(interval_of(rate), 5s)})).size() == static_cast<std::size_t>(5 * rate));
  }
}

TEST_CASE("steps_of: a ramp from 50 to 1000 by 50 has twenty steps, the last one at 1000/s") {
  const auto steps = steps_of(Ramp(50, 1'000, 50), 10s);
  REQUIRE(steps.size() == 20);
  CHECK(rate_of(steps.front()) == doctest::Approx(50));
  CHECK(rate_of(steps.back()) == doctest::Approx(1'000));
  CHECK(steps.back().duration == 10s);
}

TEST_CASE("steps_of: a ramp that does not hit its end stops below it, and one of too many steps is cut off") {
  const auto steps = steps_of(Ramp(10, 25, 10), 1s);
  REQUIRE(steps.size() == 2);
  CHECK(rate_of(steps.back()) == doctest::Approx(20));
  CHECK(steps_of(Ramp(1, 1'000'000, 1), 1s).size() == steps_max + 1);
}
