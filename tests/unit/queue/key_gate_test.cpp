#include "queue/key_gate.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <vector>

using amend::KeyGate;
using namespace std::chrono_literals;

namespace {

using time_point = KeyGate::time_point;

time_point at(std::chrono::milliseconds ms) { return time_point(ms); }

}  // namespace

TEST_CASE("key_gate: jobs of different customers do not wait for each other") {
  KeyGate gate(4);
  CHECK(gate.admit(0, 10));
  CHECK(gate.admit(1, 11));
  CHECK(gate.admit(2, 0));
  CHECK(gate.admit(3, ~std::uint64_t{0}));
  CHECK(gate.waiting() == 0);
  CHECK(gate.release(0, at(0ms)) == std::nullopt);
  CHECK(gate.admit(0, 10));
}

TEST_CASE("key_gate: jobs of one customer go one by one in the order they came") {
  KeyGate gate(4);
  CHECK(gate.admit(3, 7));
  CHECK_FALSE(gate.admit(1, 7));
  CHECK_FALSE(gate.admit(0, 7));
  CHECK_FALSE(gate.admit(2, 7));
  CHECK(gate.waiting() == 3);
  CHECK(gate.release(3, at(0ms)) == 1);
  CHECK_FALSE(gate.admit(3, 7));
  CHECK(gate.release(1, at(0ms)) == 0);
  CHECK(gate.release(0, at(0ms)) == 2);
  CHECK(gate.release(2, at(0ms)) == 3);
  CHECK(gate.release(3, at(0ms)) == std::nullopt);
  CHECK(gate.waiting() == 0);
}

TEST_CASE("key_gate: a customer whose update may still be applied late is held, for rows there and rows to come") {
  KeyGate gate(4);
  CHECK(gate.admit(0, 7));
  CHECK_FALSE(gate.admit(1, 7));
  CHECK(gate.release(0, at(0ms), at(30ms)) == std::nullopt);
  CHECK_FALSE(gate.admit(2, 7));
  CHECK(gate.admit(3, 8));
  CHECK(gate.next_expiry() == at(30ms));
  CHECK(gate.expire(at(29ms)) == std::nullopt);
  CHECK(gate.expire(at(30ms)) == 1);
  CHECK(gate.expire(at(30ms)) == std::nullopt);
  CHECK(gate.next_expiry() == std::nullopt);
  CHECK(gate.release(1, at(31ms)) == 2);
}

TEST_CASE("key_gate: a hold nobody waits for still holds who comes later, and is forgotten when it is over") {
  KeyGate gate(2);
  CHECK(gate.admit(0, 7));
  CHECK(gate.release(0, at(0ms), at(30ms)) == std::nullopt);
  CHECK_FALSE(gate.admit(1, 7));
  CHECK(gate.expire(at(30ms)) == 1);
  CHECK(gate.release(1, at(40ms), at(50ms)) == std::nullopt);
  CHECK(gate.expire(at(60ms)) == std::nullopt);
  CHECK(gate.next_expiry() == std::nullopt);
  CHECK(gate.admit(1, 7));
}

TEST_CASE("key_gate: a hold in the past is none") {
  KeyGate gate(2);
  CHECK(gate.admit(0, 7));
  CHECK_FALSE(gate.admit(1, 7));
  CHECK(gate.release(0, at(10ms), at(10ms)) == 1);
}

TEST_CASE("key_gate: holds are over in the order of their ends") {
  KeyGate gate(6);
  for (std::uint32_t job : {0U, 1U, 2U}) CHECK(gate.admit(job, job));
  for (std::uint32_t job : {3U, 4U, 5U}) CHECK_FALSE(gate.admit(job, job - 3));
  gate.release(0, at(0ms), at(30ms));
  gate.release(1, at(0ms), at(10ms));
  gate.release(2, at(0ms), at(20ms));
  CHECK(gate.expire(at(99ms)) == 4);
  CHECK(gate.expire(at(99ms)) == 5);
  CHECK(gate.expire(at(99ms)) == 3);
}

TEST_CASE("key_gate: with too many holds everybody new waits, so that no order is broken") {
  KeyGate gate(2);
  for (std::uint64_t key : {1, 2, 3}) {
    CHECK(gate.admit(0, key));
    CHECK(gate.release(0, at(0ms), at(std::chrono::milliseconds(10 * key))) == std::nullopt);
  }
  // The third hold found no room: it is a hold of everything until 30 ms.
  CHECK_FALSE(gate.admit(0, 3));
  CHECK_FALSE(gate.admit(1, 99));
  CHECK(gate.expire(at(20ms)) == std::nullopt);
  CHECK(gate.next_expiry() == at(30ms));
  CHECK(gate.expire(at(29ms)) == std::nullopt);
  const auto first = gate.expire(at(30ms));
  const auto second = gate.expire(at(30ms));
  CHECK(std::set{first, second} == std::set<std::optional<std::uint32_t>>{0U, 1U});
  CHECK(gate.release(0, at(30ms)) == std::nullopt);
  CHECK(gate.admit(0, 98));
}

TEST_CASE("key_gate: with random jobs, holds and times, order and exclusion hold for every customer") {
  const std::uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  constexpr std::uint32_t capacity = 16;
  KeyGate gate(capacity);
  std::map<std::uint64_t, std::deque<std::uint32_t>> admitted;  // per key, oldest first, the running one included
  std::map<std::uint64_t, time_point> closed_until;
  std::map<std::uint32_t, std::uint64_t> running;
  std::vector<std::uint32_t> unused;
  for (std::uint32_t i = 0; i < capacity; ++i) unused.push_back(i);
  time_point now = at(0ms);
  bool sound = true;

  const auto starts = [&](std::uint32_t job) {
    std::uint64_t key = 0;
    for (const auto& [k, jobs] : admitted) {
      if (!jobs.empty() && jobs.front() == job) key = k;
    }
    sound = sound && key != 0 && !running.contains(job) && closed_until[key] <= now;
    running[job] = key;
  };
  const auto tick = [&] {
    now += std::chrono::milliseconds(random() % 5);
    while (const auto job = gate.expire(now)) starts(*job);
  };
  const auto admit = [&] {
    const std::uint32_t job = unused.back();
    unused.pop_back();
    // Few keys that meet often, and many that fill the table with holds.
    const std::uint64_t key = 1 + (random() % 2 == 0 ? random() % 4 : random() % 200);
    admitted[key].push_back(job);
    if (gate.admit(job, key)) starts(job);
  };
  const auto release = [&] {
    const auto [job, key] = *std::next(running.begin(), static_cast<int>(random() % running.size()));
    running.erase(job);
    admitted[key].pop_front();
    unused.push_back(job);
    const time_point until = random() % 3 == 0 ? now + std::chrono::milliseconds(1 + random() % 40) : now;
    closed_until[key] = until;
    if (const auto next = gate.release(job, now, until)) starts(*next);
  };
  for (int step = 0; step < 200'000 && sound; ++step) {
    if (step % 4 == 0) tick();
    if (random() % 2 == 0 && !unused.empty()) {
      admit();
    } else if (!running.empty()) {
      release();
    }
    sound = sound && gate.waiting() + running.size() + unused.size() == capacity;
  }
  CHECK(sound);
  // Every job ends: none is forgotten.
  while (sound && unused.size() < capacity) {
    now += 50ms;
    while (const auto job = gate.expire(now)) starts(*job);
    REQUIRE_FALSE(running.empty());
    release();
  }
  CHECK(sound);
}

TEST_CASE(
    "key_gate: holds that no job waits for have a bound of their own, and only those that delay a job are counted") {
  KeyGate gate(2, 3);
  for (std::uint64_t key = 1; key <= 3; ++key) {
    REQUIRE(gate.admit(0, key));
    CHECK(gate.release(0, at(0ms), at(30ms)) == std::nullopt);
  }
  CHECK(gate.held_keys() == 0);
  CHECK(gate.admit(0, 9));  // held by nothing
  CHECK_FALSE(gate.admit(1, 2));
  CHECK(gate.held_keys() == 1);
  CHECK(gate.release(0, at(1ms), at(40ms)) == std::nullopt);  // in the place of the one that has a job now
  CHECK(gate.admit(0, 10));
  CHECK(gate.release(0, at(2ms), at(50ms)) == std::nullopt);  // one too many: from here on all wait
  CHECK_FALSE(gate.admit(0, 11));
  CHECK(gate.held_keys() == 2);
  CHECK(gate.expire(at(30ms)) == 1);
  CHECK(gate.held_keys() == 1);
  CHECK(gate.expire(at(49ms)) == std::nullopt);
  CHECK(gate.expire(at(50ms)) == 0);
  CHECK(gate.held_keys() == 0);
}

TEST_CASE("key_gate: however many customers are held, the next row of each waits until its hold is over") {
  constexpr std::uint64_t customers = 1'000;
  KeyGate gate(2, customers);
  const auto end_of = [](std::uint64_t key) { return at(std::chrono::milliseconds(30 + key)); };
  for (std::uint64_t key = 1; key <= customers; ++key) {
    REQUIRE(gate.admit(0, key));
    REQUIRE(gate.release(0, at(0ms), end_of(key)) == std::nullopt);
  }
  for (std::uint64_t key = 1; key <= customers; ++key) {
    CAPTURE(key);
    REQUIRE_FALSE(gate.admit(0, key));
    REQUIRE(gate.admit(1, customers + key));
    REQUIRE(gate.release(1, at(1ms)) == std::nullopt);
    REQUIRE(gate.expire(end_of(key) - 1ms) == std::nullopt);
    REQUIRE(gate.expire(end_of(key)) == 0);
    REQUIRE(gate.release(0, end_of(key)) == std::nullopt);
  }
}
