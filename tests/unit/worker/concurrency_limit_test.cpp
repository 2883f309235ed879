#include "admission/concurrency_limit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <thread>
#include <vector>

#include "unit/worker/simulated_server.hpp"

using namespace std::chrono_literals;
using namespace amend::test;
using amend::ConcurrencyLimit;
using SlotSignal = ConcurrencyLimit::Signal;

namespace {

constexpr std::uint64_t slot_seed = 20'240'602;
const SimTime limit_start = SimTime(1'000h);

// Has always more to send than the limit lets it, up to so many.
class SlotClient {
 public:
  SlotClient(SimServer& server, std::uint32_t cap, std::mt19937_64& random)
      : limit(cap), able(cap), server_(server), random_(random) {}

  void run(nanoseconds length) {
    const SimTime end = now_ + length;
    limits_.clear();
    for (;;) {
      while (out_.size() < able && limit.admits(out_.size())) out_.push(server_.arrive(now_));
      if (out_.top().at >= end) break;
      receive();
    }
    now_ = end;
  }

  /// The middle one of all those in force during the last run, an answer each.
  std::uint32_t typical_limit() {
    std::ranges::nth_element(limits_, limits_.begin() + static_cast<std::ptrdiff_t>(limits_.size() / 2));
    return limits_[limits_.size() / 2];
  }

  ConcurrencyLimit limit;
  Record record;
  std::size_t able;          ///< requests in flight at the same time
  double share_failing = 0;  ///< at random, whatever the server says

 private:
  void receive() {
    const Reply reply = out_.top();
    now_ = reply.at;
    const bool fails = std::uniform_real_distribution<double>()(random_) < share_failing;
    const Ending ending = fails ? Ending::overloaded : reply.ending;
    record.count(ending, now_ - limit_start);
    limit.record(ending == Ending::accepted ? SlotSignal::answered : SlotSignal::dropped, now_ - reply.sent,
                 out_.size(), reply.sent, now_);
    out_.pop();
    limits_.push_back(limit.limit());
  }

  SimServer& server_;
  std::mt19937_64& random_;
  Replies out_;
  SimTime now_ = limit_start;
  std::vector<std::uint32_t> limits_;
};

double per_second(double in_flight, nanoseconds latency) {
  return in_flight / std::chrono::duration<double>(latency).count();
}

void check_slots_used(const SlotClient& client, std::size_t from, std::size_t to, double at_least) {
  const Tally sum = client.record.sum(from, to);
  CAPTURE(from);
  CAPTURE(to);
  CHECK(sum.accepted / static_cast<double>(to - from) >= at_least);
}

// Between what keeps every slot busy and twice that, rounding apart.
void check_settled(SlotClient& client, std::size_t slots) {
  CHECK(client.typical_limit() >= slots);
  CHECK(client.typical_limit() <= 2 * slots);
}

}  // namespace

TEST_CASE("concurrency_limit: settles between one and two requests for each slot, and all slots are busy") {
  for (const std::size_t slots : {1U, 2U, 4U, 16U, 64U}) {
    for (const nanoseconds service : {5ms, 50ms}) {
      CAPTURE(slot_seed);
      CAPTURE(slots);
      CAPTURE(service.count());
      std::mt19937_64 random(slot_seed);
      SlotServer server(slots, service, random);
      SlotClient client(server, 1'024, random);
      client.run(10s);
      client.run(60s);
      check_slots_used(client, 10, 70, 0.95 * per_second(static_cast<double>(slots), service));
      check_settled(client, slots);
    }
  }
}

TEST_CASE("concurrency_limit: follows the number of slots, up and down") {
  for (const nanoseconds service : {5ms, 50ms}) {
    CAPTURE(slot_seed);
    CAPTURE(service.count());
    std::mt19937_64 random(slot_seed);
    SlotServer server(1, service, random);
    SlotClient client(server, 1'024, random);
    client.run(40s);
    server.set_slots(32);
    client.run(20s);
    client.run(40s);
    check_slots_used(client, 60, 100, 0.95 * per_second(32, service));
    check_settled(client, 32);
    server.set_slots(4);
    client.run(40s);
    client.run(40s);
    check_slots_used(client, 140, 180, 0.95 * per_second(4, service));
    check_settled(client, 4);
  }
}

TEST_CASE("concurrency_limit: a latency that changes for good, without a queue, costs nothing for long") {
  CAPTURE(slot_seed);
  std::mt19937_64 random(slot_seed);
  SlotServer server(100'000, 20ms, random);
  SlotClient client(server, 64, random);
  client.run(30s);
  check_slots_used(client, 5, 30, 0.95 * per_second(64, 20'500us));
  server.service = 80ms;
  client.run(50s);
  check_slots_used(client, 45, 80, 0.95 * per_second(64, 80'500us));
  server.service = 10ms;
  client.run(40s);
  check_slots_used(client, 90, 120, 0.95 * per_second(64, 10'500us));
}

TEST_CASE("concurrency_limit: a queue of ours is not believed to be the latency of the API, however slow it becomes") {
  CAPTURE(slot_seed);
  std::mt19937_64 random(slot_seed);
  SlotServer server(16, 50ms, random);
  SlotClient client(server, 1'024, random);
  client.run(40s);
  for (int i = 0; i < 10; ++i) {
    server.service += 5ms;
    client.run(60s);
  }
  check_settled(client, 16);
  client.run(600s);
  check_settled(client, 16);
}

TEST_CASE("concurrency_limit: a server that answers one after the other has one request at work and one that waits") {
  for (std::uint64_t run = 0; run < 5; ++run) {
    CAPTURE(slot_seed + run);
    std::mt19937_64 random(slot_seed + run);
    SlotServer server(1, 20ms, random);
    SlotClient client(server, 1'024, random);
    client.run(30s);
    client.run(60s);
    check_slots_used(client, 30, 90, 0.995 * per_second(1, 20ms));
    check_settled(client, 1);
  }
}

TEST_CASE("concurrency_limit: service times that differ widely do not drive it down") {
  for (const std::size_t slots : {4U, 16U, 64U}) {
    for (std::uint64_t run = 0; run < 5; ++run) {
      CAPTURE(slot_seed + run);
      CAPTURE(slots);
      std::mt19937_64 random(slot_seed + run);
      SlotServer server(slots, 20ms, random);
      server.exponential = true;
      SlotClient client(server, 1'024, random);
      client.run(120s);
      check_slots_used(client, 20, 120, 0.95 * per_second(static_cast<double>(slots), 20ms));
      check_settled(client, slots);
    }
  }
}

TEST_CASE("concurrency_limit: a few answers that take fifty times as long do not drive it down") {
  CAPTURE(slot_seed);
  std::mt19937_64 random(slot_seed);
  SlotServer server(100'000, 20ms, random);
  server.share_slow = 0.02;
  SlotClient client(server, 64, random);
  client.run(120s);
  check_slots_used(client, 20, 120, 0.95 * per_second(64, 20'500us + 20ms * 49 / 50));
}

TEST_CASE("concurrency_limit: a server that refuses what is beyond its slots refuses little, and idles little") {
  for (const std::size_t slots : {1U, 2U, 4U, 16U, 64U, 200U}) {
    for (const nanoseconds service : {10ms, 50ms}) {
      CAPTURE(slot_seed);
      CAPTURE(slots);
      CAPTURE(service.count());
      std::mt19937_64 random(slot_seed);
      SlotServer server(slots, service, random);
      server.refused_from = slots;
      SlotClient client(server, 1'024, random);
      client.run(80s);
      const Tally steady = client.record.sum(20, 80);
      CHECK(steady.refused_share() <= 0.02);
      // Counted with the way there and back, during which a slot is idle whatever we do.
      check_slots_used(client, 20, 80, 0.98 * per_second(static_cast<double>(slots), service + server.network));
    }
  }
}

TEST_CASE("concurrency_limit: half the slots of a server that refuses are found within ten seconds") {
  CAPTURE(slot_seed);
  std::mt19937_64 random(slot_seed);
  SlotServer server(64, 50ms, random);
  server.refused_from = 64;
  SlotClient client(server, 1'024, random);
  client.run(60s);
  server.set_slots(32);
  server.refused_from = 32;
  client.run(60s);
  const Tally steady = client.record.sum(70, 120);
  CHECK(steady.refused_share() <= 0.02);
  check_slots_used(client, 70, 120, 0.9 * per_second(32, 50'500us));
}

TEST_CASE("concurrency_limit: one failure in a hundred is chance, a failure of everything is not") {
  CAPTURE(slot_seed);
  std::mt19937_64 random(slot_seed);
  SlotServer server(100'000, 20ms, random);
  SlotClient client(server, 64, random);
  client.share_failing = 0.01;
  client.run(60s);
  check_slots_used(client, 5, 60, 0.95 * per_second(64, 20'500us));
  client.share_failing = 1;
  client.run(2s);
  CHECK(client.limit.limit() == 1);
  client.share_failing = 0;
  client.run(30s);
  check_slots_used(client, 72, 92, 0.9 * per_second(64, 20'500us));
}

TEST_CASE("concurrency_limit: does not run away from what the client sends, and its cap is never exceeded") {
  CAPTURE(slot_seed);
  std::mt19937_64 random(slot_seed);
  SlotServer server(100'000, 20ms, random);
  SlotClient client(server, 1'024, random);
  client.able = 10;
  client.run(60s);
  CHECK(client.limit.limit() >= 10);
  CHECK(client.limit.limit() <= 20);
  SlotClient capped(server, 48, random);
  capped.run(30s);
  CHECK(capped.limit.limit() == 48);
  CHECK(ConcurrencyLimit(1).limit() == 1);
  CHECK(ConcurrencyLimit(3).limit() == 3);
  CHECK(ConcurrencyLimit(1'000).limit() == ConcurrencyLimit::first_limit);
}

TEST_CASE("concurrency_limit: admits as many as the limit, and one at the least") {
  ConcurrencyLimit limit(1'000);
  CHECK(limit.admits(0));
  CHECK(limit.admits(ConcurrencyLimit::first_limit - 1));
  CHECK_FALSE(limit.admits(ConcurrencyLimit::first_limit));
  for (int i = 0; i < 1'000; ++i) limit.record(SlotSignal::dropped, 1s, 4, limit_start + 1s * i, limit_start + 1s * i);
  CHECK(limit.limit() == 1);
  CHECK(limit.admits(0));
  CHECK_FALSE(limit.admits(1));
}

TEST_CASE("concurrency_limit: drops of what was sent before a cut count for no other") {
  ConcurrencyLimit limit(1'000);
  for (int i = 0; i < 1'000; ++i)
    limit.record(SlotSignal::answered, 10ms, 1'000, limit_start + 1ms * i, limit_start + 1ms * i + 10ms);
  const std::uint32_t before = limit.limit();
  REQUIRE(before > 50);
  for (int i = 0; i < 500; ++i) limit.record(SlotSignal::dropped, 10ms, before, limit_start + 1s, limit_start + 2s);
  CHECK(limit.limit() < before);
  CHECK(limit.limit() >= before * 85 / 100);
}

TEST_CASE("concurrency_limit: attempts that say nothing change nothing, nor does a long pause or absurd latency") {
  ConcurrencyLimit limit(1'000);
  for (int i = 0; i < 1'000; ++i)
    limit.record(SlotSignal::nothing, 1s, 4, limit_start + 1s * i, limit_start + 1s * (i + 1));
  CHECK(limit.limit() == ConcurrencyLimit::first_limit);
  for (int i = 0; i < 100; ++i) limit.record(SlotSignal::answered, -1s, 4, limit_start, limit_start);
  for (int i = 0; i < 100; ++i)
    limit.record(SlotSignal::answered, nanoseconds::max(), 4, limit_start + 24h, limit_start + 48h);
  CHECK(limit.limit() >= 1);
  CHECK(limit.limit() <= 1'000);
}

TEST_CASE("concurrency_limit: workers may tell and ask at the same time") {
  ConcurrencyLimit limit(100);
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker)
    workers.emplace_back([&limit, worker] {
      for (int i = 0; i < 5'000; ++i) {
        const SimTime now = limit_start + 1ms * i;
        const auto signal = i % 50 == worker ? SlotSignal::dropped : SlotSignal::answered;
        limit.record(signal, 10ms, limit.admits(20) ? 20 : 5, now - 10ms, now);
      }
    });
  for (auto& worker : workers) worker.join();
  CHECK(limit.limit() >= 1);
  CHECK(limit.limit() <= 100);
}

TEST_CASE("concurrency limit: more connections raise the cap at once, fewer cut the limit to theirs") {
  ConcurrencyLimit limit(2);
  CHECK(limit.limit() == 2);
  limit.set_cap(1);
  CHECK(limit.limit() == 1);
  limit.set_cap(64);
  const ConcurrencyLimit::time_point limit_start(std::chrono::hours(1));
  for (int i = 1; i <= 2'000; ++i) {
    const auto now = limit_start + i * std::chrono::milliseconds(1);
    limit.record(ConcurrencyLimit::Signal::answered, std::chrono::microseconds(900), limit.limit(),
                 now - std::chrono::microseconds(900), now);
  }
  CHECK(limit.limit() > 8);
  limit.set_cap(4);
  CHECK(limit.limit() == 4);
}
