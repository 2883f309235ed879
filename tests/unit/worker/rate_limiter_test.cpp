#include "admission/rate_limiter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
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

TEST_CASE("rate_limiter: a shorter interval makes the next request due within it, a longer one does not hurry") {
  RateLimiter limiter(10s, 1);
  REQUIRE(limiter.try_acquire(at(0ns)).go);
  CHECK(limiter.try_acquire(at(1s)).at == at(9'990ms));
  limiter.set_interval(100ms, at(1s));
  CHECK(limiter.try_acquire(at(1s)).at == at(1'100ms));
  CHECK(gone_at_once(limiter, at(1'100ms)) == 1);
  CHECK(limiter.try_acquire(at(1'100ms)).at == at(1'200ms));
  limiter.set_interval(1s, at(1'150ms));
  CHECK(limiter.try_acquire(at(1'150ms)).at == at(1'200ms));
  CHECK(gone_at_once(limiter, at(1'200ms)) == 1);
  CHECK(limiter.try_acquire(at(1'200ms)).at == at(2'200ms));
}

TEST_CASE("rate_limiter: no change of the interval lets more go at once than were saved up") {
  for (const nanoseconds before : std::initializer_list<nanoseconds>{0ns, 100us, 1ms, 20ms, 1s, 10s}) {
    for (const nanoseconds after : std::initializer_list<nanoseconds>{100us, 1ms, 20ms, 1s, 10s}) {
      CAPTURE(before.count());
      CAPTURE(after.count());
      RateLimiter empty(before, 20);
      gone_at_once(empty, at(0ns));
      empty.set_interval(after, at(0ns));
      CHECK(gone_at_once(empty, at(0ns)) <= 1);

      RateLimiter some(20ms, 20);
      gone_at_once(some, at(0ns));
      some.set_interval(after, at(100ms));  // 5 were saved up
      CHECK(gone_at_once(some, at(100ms)) <= 6);

      RateLimiter rested(before, 20);
      rested.set_interval(after, at(0ns));
      CHECK(gone_at_once(rested, at(1h)) == std::max<std::size_t>(20, 1 + static_cast<std::size_t>(10ms / after)));
    }
  }
}

TEST_CASE("rate_limiter: a hold outlasts every change of the interval") {
  RateLimiter limiter(1s, 10);
  limiter.hold_until(at(20s));
  for (const nanoseconds interval : std::initializer_list<nanoseconds>{100us, 10s, 0ns, 10ms}) {
    limiter.set_interval(interval, at(1s));
    CHECK(gone_at_once(limiter, at(20s - 1ns)) == 0);
    CHECK(limiter.try_acquire(at(1s)).at == at(20s));
  }
  CHECK(gone_at_once(limiter, at(20s)) == 1);
  CHECK(gone_at_once(limiter, at(20s + 10ms)) == 1);
}

TEST_CASE("rate_limiter: the pace follows an interval that changes all the time") {
  const std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  RateLimiter limiter(1s, 1);
  double expected = 0;
  std::size_t sent = 0;
  time_point now = at(0ns);
  for (int i = 0; i < 600; ++i, now += 1s) {
    const std::int64_t rate = 50 + static_cast<std::int64_t>(random() % 150);
    limiter.set_interval(nanoseconds(1s) / rate, now);
    sent += send(limiter, now, 1s, 4ms, random).size();
    expected += static_cast<double>(rate);
  }
  CHECK(static_cast<double>(sent) >= expected * 0.98);
  CHECK(static_cast<double>(sent) <= expected * 1.02);
}

TEST_CASE("rate_limiter: the interval may change while others ask") {
  RateLimiter limiter(1h, 100);
  std::vector<std::size_t> counts(3);
  std::vector<std::thread> workers;
  for (auto& count : counts)
    workers.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) count += limiter.try_acquire(at(0ns)).go ? 1 : 0;
    });
  workers.emplace_back([&] {
    for (int i = 1; i <= 1'000; ++i) limiter.set_interval(1h + 1s * (i % 7), at(0ns));
  });
  for (auto& worker : workers) worker.join();
  CHECK(counts[0] + counts[1] + counts[2] <= 101);
  CHECK(counts[0] + counts[1] + counts[2] >= 90);
}
