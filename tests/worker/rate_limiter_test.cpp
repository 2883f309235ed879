#include "amend/worker/rate_limiter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

using amend::RateLimiter;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

using time_point = RateLimiter::time_point;

time_point at(nanoseconds since_start) { return time_point(1'000h + since_start); }

// A sender that takes all it gets, and wakes up to `lateness` after the instant it was told.
std::vector<time_point> send(RateLimiter& limiter, time_point from, nanoseconds length, nanoseconds lateness,
                             std::mt19937_64& random) {
  std::vector<time_point> sent;
  for (time_point now = from; now < from + length;) {
    const auto decision = limiter.try_acquire(now);
    if (decision.go) {
      sent.push_back(now);
      continue;
    }
    REQUIRE(decision.at > now);
    now = decision.at + nanoseconds(random() % static_cast<std::uint64_t>(lateness.count() + 1));
  }
  return sent;
}

std::size_t most_in(nanoseconds window, const std::vector<time_point>& sent) {
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < sent.size(); ++last) {
    while (sent[last] - sent[first] >= window) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

std::size_t gone_at_once(RateLimiter& limiter, time_point now) {
  std::size_t count = 0;
  while (count < 100'000 && limiter.try_acquire(now).go) ++count;
  return count;
}

}  // namespace

TEST_CASE("rate_limiter: the mean is right within 0.5 % although every timer fires late, and no second exceeds it") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (const std::int64_t rate : {1, 10, 100, 1'000, 10'000}) {
    for (const std::uint32_t burst : {1U, 20U}) {
      CAPTURE(rate);
      CAPTURE(burst);
      const nanoseconds interval = nanoseconds(1s) / rate;
      RateLimiter limiter(interval, burst);
      gone_at_once(limiter, at(0ns));
      const nanoseconds length = std::max<nanoseconds>(20s, interval * 1'000);
      const auto sent = send(limiter, at(1ns), length, 4ms, random);
      const double expected = static_cast<double>(length / interval);
      CHECK(static_cast<double>(sent.size()) >= expected * 0.995);
      CHECK(static_cast<double>(sent.size()) <= expected * 1.005);
      const auto allowance = std::max<std::int64_t>(burst, 1 + rate / 100);
      CHECK(most_in(1s, sent) <= static_cast<std::size_t>(rate + allowance));
    }
  }
}

TEST_CASE("rate_limiter: at the start and after a pause of an hour only the burst goes at once") {
  const auto both = [](nanoseconds interval, std::uint32_t burst, std::size_t expected) {
    RateLimiter limiter(interval, burst);
    CHECK(gone_at_once(limiter, at(0ns)) == expected);
    CHECK(gone_at_once(limiter, at(1h)) == expected);
  };
  both(1s, 1, 1);
  both(40ms, 1, 1);
  both(40ms, 5, 5);
  both(1ms, 1, 11);  // 10 ms of catching up
  both(1ms, 11, 11);
  both(100us, 1, 101);
  both(100us, 500, 500);
}

TEST_CASE("rate_limiter: who is refused is told the earliest instant at which it can go") {
  RateLimiter limiter(1s, 1);
  CHECK(limiter.try_acquire(at(0ns)).go);
  const auto refused = limiter.try_acquire(at(1ns));
  CHECK_FALSE(refused.go);
  CHECK(refused.at == at(990ms));
  CHECK_FALSE(limiter.try_acquire(refused.at - 1ns).go);
  CHECK(limiter.try_acquire(refused.at).go);
}

TEST_CASE("rate_limiter: unlimited never refuses, except while a hold lasts") {
  RateLimiter limiter(0ns, 1);
  CHECK(gone_at_once(limiter, at(0ns)) == 100'000);
  limiter.hold_until(at(5s));
  const auto refused = limiter.try_acquire(at(5s - 1ns));
  CHECK_FALSE(refused.go);
  CHECK(refused.at == at(5s));
  CHECK(gone_at_once(limiter, at(5s)) == 100'000);
}

TEST_CASE("rate_limiter: a hold stops everybody, is never shortened, and ends without a burst") {
  for (const std::uint32_t burst : {1U, 50U}) {
    RateLimiter limiter(10ms, burst);
    CHECK(limiter.held_until() < at(0ns));
    limiter.hold_until(at(20s));
    limiter.hold_until(at(3s));
    CHECK(limiter.held_until() == at(20s));
    CHECK(gone_at_once(limiter, at(20s - 1ns)) == 0);
    CHECK(limiter.try_acquire(at(3s)).at == at(20s));
    CHECK(gone_at_once(limiter, at(20s)) == 1);
    CHECK(gone_at_once(limiter, at(20s + 10ms)) == 1);
  }
}

TEST_CASE("rate_limiter: absurd instants and intervals neither overflow nor let anybody go early") {
  RateLimiter limiter(nanoseconds::max(), 10'000);
  CHECK(gone_at_once(limiter, at(0ns)) >= 1);
  RateLimiter held(1ms, 10'000);
  held.hold_until(time_point::max());
  CHECK_FALSE(held.try_acquire(at(24h * 3'650)).go);
  RateLimiter early(1ms, 1);
  early.hold_until(time_point::min());
  CHECK(early.try_acquire(at(0ns)).go);
}

TEST_CASE("rate_limiter: workers that ask at the same time share the one allowance") {
  RateLimiter limiter(1h, 1'000);
  std::vector<std::size_t> counts(4);
  std::vector<std::thread> workers;
  for (auto& count : counts) workers.emplace_back([&] { count = gone_at_once(limiter, at(0ns)); });
  for (auto& worker : workers) worker.join();
  CHECK(counts[0] + counts[1] + counts[2] + counts[3] == 1'000);
}
