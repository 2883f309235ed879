#include "admission/reconnect_policy.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <random>
#include <vector>

using amend::ReconnectPolicy;
using namespace std::chrono_literals;

namespace {

using Phase = ReconnectPolicy::Phase;
using ConnectionEvent = ReconnectPolicy::Event;
using Use = ReconnectPolicy::Use;

const ReconnectPolicy::time_point policy_now(1'000h);
const ReconnectPolicy::time_point long_ago(1h);
constexpr std::uint64_t most_random = std::numeric_limits<std::uint64_t>::max();

ReconnectPolicy::State state_of(Phase phase, std::uint32_t failures) {
  ReconnectPolicy::State state;
  state.phase = phase;
  state.failures = failures;
  state.at = long_ago;
  return state;
}

std::vector<ReconnectPolicy::State> all_states() {
  std::vector<ReconnectPolicy::State> all;
  for (const Phase phase : {Phase::asleep, Phase::opening, Phase::open, Phase::backing_off})
    for (const std::uint32_t failures : {0U, 1U, 7U, 1'000'000U}) all.push_back(state_of(phase, failures));
  return all;
}

std::chrono::nanoseconds wait_after(Use use, std::uint32_t failures, std::uint64_t random) {
  const auto next =
      ReconnectPolicy(use).next(state_of(Phase::asleep, failures), ConnectionEvent::rests, policy_now, random);
  REQUIRE(next.phase == Phase::backing_off);
  CHECK(next.failures == failures);
  return next.at - policy_now;
}

}  // namespace

TEST_CASE("reconnect policy: the phase and the failures after each event, in each state") {
  for (const Use use : {Use::on_demand, Use::always_open}) {
    const ReconnectPolicy policy(use);
    const Phase at_rest = use == Use::on_demand ? Phase::asleep : Phase::opening;
    CHECK(policy.first().phase == at_rest);
    CHECK(policy.first().failures == 0);
    for (const auto& state : all_states()) {
      CAPTURE(static_cast<int>(state.phase));
      CAPTURE(state.failures);
      const auto check = [&](ConnectionEvent event, Phase phase, std::uint32_t failures) {
        CAPTURE(static_cast<int>(event));
        const auto next = policy.next(state, event, policy_now, most_random);
        CHECK(next.phase == phase);
        CHECK(next.failures == failures);
      };
      check(ConnectionEvent::wanted, Phase::opening, state.failures);
      check(ConnectionEvent::opened, Phase::open, state.failures);
      check(ConnectionEvent::failed, state.phase, state.failures + 1);
      check(ConnectionEvent::responded, state.phase, 0);
      check(ConnectionEvent::distrusted, state.phase, 1);
      check(ConnectionEvent::ended, Phase::asleep, state.failures);
      check(ConnectionEvent::rests, state.failures == 0 ? at_rest : Phase::backing_off, state.failures);
      check(ConnectionEvent::waited, at_rest, state.failures);
    }
  }
}

TEST_CASE("reconnect policy: opening is timed from when the connection was wanted") {
  const ReconnectPolicy policy(Use::on_demand);
  const auto wanted = policy.next(policy.first(), ConnectionEvent::wanted, policy_now);
  CHECK(wanted.at == policy_now);
  CHECK(policy.next(wanted, ConnectionEvent::failed, policy_now + 1s).at == policy_now);
}

TEST_CASE("reconnect policy: a connection on demand waits between nothing and a time that doubles, 10 s at most") {
  const std::vector<std::chrono::milliseconds> longest{100ms, 200ms, 400ms, 800ms, 1'600ms, 3'200ms, 6'400ms, 10s, 10s};
  for (std::uint32_t failures = 1; failures <= longest.size(); ++failures) {
    CAPTURE(failures);
    const auto ceiling = longest[failures - 1];
    CHECK(wait_after(Use::on_demand, failures, 0) == 0ms);
    CHECK(wait_after(Use::on_demand, failures, static_cast<std::uint64_t>(ceiling.count())) == ceiling);
    CHECK(wait_after(Use::on_demand, failures, static_cast<std::uint64_t>(ceiling.count()) + 1) == 0ms);
  }
  for (const std::uint32_t failures : {10U, 11U, 32U, 33U, 4'000'000'000U})
    CHECK(wait_after(Use::on_demand, failures, 10'000) == 10s);
}

TEST_CASE("reconnect policy: the waits on demand are spread over the whole time") {
  std::mt19937_64 random(7);
  std::chrono::nanoseconds sum{0};
  for (int i = 0; i < 10'000; ++i) {
    const auto wait = wait_after(Use::on_demand, 4, random());
    CHECK(wait <= 800ms);
    sum += wait;
  }
  CHECK(sum / 10'000 > 390ms);
  CHECK(sum / 10'000 < 410ms);
}

TEST_CASE("reconnect policy: a connection that is always open waits exactly a time that doubles, 2 s at most") {
  const std::vector<std::chrono::milliseconds> waits{50ms, 100ms, 200ms, 400ms, 800ms, 1'600ms, 2s, 2s};
  for (const std::uint64_t random : {std::uint64_t{0}, std::uint64_t{77}, most_random})
    for (std::uint32_t failures = 1; failures <= waits.size(); ++failures)
      CHECK(wait_after(Use::always_open, failures, random) == waits[failures - 1]);
  CHECK(wait_after(Use::always_open, 4'000'000'000U, 0) == 2s);
}
