#include "admission/adaptive_rate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "admission/rate_limiter.hpp"
#include "unit/worker/simulated_server.hpp"

using namespace std::chrono_literals;
using namespace amend::test;
using amend::AdaptiveRate;
using amend::RateLimiter;
using Signal = AdaptiveRate::Signal;

namespace {

constexpr std::uint64_t rate_seed = 20'240'601;
const SimTime rate_start = SimTime(1'000h + 300ms);

Signal signal_of(Ending ending) {
  switch (ending) {
    case Ending::accepted: return Signal::accepted;
    case Ending::refused: return Signal::refused;
    case Ending::overloaded: return Signal::overloaded;
  }
  return Signal::nothing;
}

// Sends as fast as the limiter lets it, with so many in flight at most and timers that fire up to 1 ms late.
class RateClient {
 public:
  RateClient(SimServer& server, std::size_t in_flight_max, std::mt19937_64& random, nanoseconds shortest_interval = 0ns,
             double first = AdaptiveRate::first_rate)
      : rate(shortest_interval, first),
        limiter_(rate.interval(), 1),
        server_(server),
        in_flight_max_(in_flight_max),
        random_(random) {}

  void run(nanoseconds length) {
    const SimTime end = now_ + length;
    for (;;) {
      send();
      const bool may_send = out_.size() < in_flight_max_;
      const SimTime answer = out_.empty() ? SimTime::max() : out_.top().at;
      const SimTime next = std::max(now_, may_send ? std::min(answer, wake_) : answer);
      if (next >= end) break;
      now_ = next;
      receive();
    }
    now_ = end;
  }

  /// Nothing is sent; what was answered meanwhile is read afterwards.
  void sleep(nanoseconds length) {
    now_ += length;
    wake_ = now_;
  }

  AdaptiveRate rate;
  Record record;
  double highest = 0;
  double share_proven = 0;
  nanoseconds hold_after_refusal{0};

 private:
  void send() {
    while (out_.size() < in_flight_max_ && wake_ <= now_) {
      const auto decision = limiter_.try_acquire(now_);
      if (decision.go) {
        out_.push(server_.arrive(now_));
      } else {
        wake_ = decision.at + nanoseconds(random_() % 1'000'000);
      }
    }
  }

  void receive() {
    for (; !out_.empty() && out_.top().at <= now_; out_.pop()) {
      const Reply& reply = out_.top();
      record.count(reply.ending, now_ - rate_start);
      limiter_.set_interval(rate.record(signal_of(reply.ending), reply.sent, now_), now_);
      share_proven = std::max(share_proven, rate.take_proven_share());
      if (reply.ending == Ending::refused && hold_after_refusal > 0ns) limiter_.hold_until(now_ + hold_after_refusal);
      highest = std::max(highest, rate.rate());
      wake_ = now_;
    }
  }

  RateLimiter limiter_;
  SimServer& server_;
  std::size_t in_flight_max_;
  std::mt19937_64& random_;
  Replies out_;
  SimTime now_ = rate_start;
  SimTime wake_ = rate_start;
};

struct Service {
  std::string name;
  std::unique_ptr<Limit> (*make)(double per_second);
};

const std::vector<Service>& kinds() {
  static const std::vector<Service> all{
      {"a fixed second", [](double n) -> std::unique_ptr<Limit> { return std::make_unique<FixedWindow>(n); }},
      {"a small bucket", [](double n) -> std::unique_ptr<Limit> { return std::make_unique<TokenBucket>(n, 0.1); }},
      {"a large bucket", [](double n) -> std::unique_ptr<Limit> { return std::make_unique<TokenBucket>(n, 1); }},
      {"a sliding second", [](double n) -> std::unique_ptr<Limit> { return std::make_unique<SlidingWindow>(n); }}};
  return all;
}

struct Way {  // there and back
  std::size_t in_flight_max;
  nanoseconds slowest;
};
const std::vector<Way> ways{{16, 5ms}, {16, 50ms}, {256, 50ms}};

// What the client can do at all: so many in flight, each for the mean latency.
double reachable(double limit, const Way& way) {
  const double mean = std::chrono::duration<double>(1ms + way.slowest).count() / 2;
  return std::min(limit, static_cast<double>(way.in_flight_max) / mean);
}

// Few in each ten seconds: 2 %, or three where ten seconds are few requests.
void check_few_refused(const RateClient& client, std::size_t from, std::size_t to) {
  for (std::size_t second = from; second + 10 <= to; second += 10) {
    const Tally ten = client.record.sum(second, second + 10);
    CAPTURE(second);
    CAPTURE(ten.answers());
    CHECK(ten.refused + ten.overloaded <= std::max(3.0, 0.02 * ten.answers()));
  }
}

void check_rate_used(const RateClient& client, std::size_t from, std::size_t to, double at_least) {
  const Tally sum = client.record.sum(from, to);
  CAPTURE(from);
  CAPTURE(to);
  CHECK(sum.accepted / static_cast<double>(to - from) >= at_least);
}

// A limit that is N from the start, then half of that, then N again.
void follow(const Service& kind, double limit, const Way& way) {
  CAPTURE(rate_seed);
  CAPTURE(kind.name);
  CAPTURE(limit);
  CAPTURE(way.in_flight_max);
  CAPTURE(way.slowest.count());
  std::mt19937_64 random(rate_seed);
  const auto hidden = kind.make(limit);
  LimitedServer server(*hidden, 1ms, way.slowest, random);
  RateClient client(server, way.in_flight_max, random);
  client.run(210s);
  check_rate_used(client, 30, 210, 0.9 * reachable(limit, way));
  const Tally steady = client.record.sum(30, 210);
  CHECK(steady.refused_share() <= 0.02);

  hidden->set(limit / 2);
  client.run(60s);
  check_few_refused(client, 220, 270);
  check_rate_used(client, 220, 270, 0.9 * reachable(limit / 2, way));
  check_rate_used(client, 220, 230, 0.85 * reachable(limit / 2, way));

  hidden->set(limit);
  client.run(90s);
  check_rate_used(client, 315, 360, 0.9 * reachable(limit, way));
  const Tally doubled = client.record.sum(270, 360);
  CHECK(doubled.refused_share() <= 0.02);
}

}  // namespace

TEST_CASE("adaptive_rate: a hidden limit is found, held with few refusals, and followed when it halves and doubles") {
  for (const Service& kind : kinds())
    for (const double limit : {20.0, 100.0})
      for (const Way& way : ways) follow(kind, limit, way);
}

TEST_CASE("adaptive_rate: a limit fifty times as high is found just as well") {
  for (const Service& kind : kinds()) follow(kind, 1'000, Way{256, 50ms});
}

TEST_CASE("adaptive_rate: a limit of a few requests a second is found, with one refusal now and then") {
  for (const Service& kind : kinds()) {
    for (const double limit : {1.0, 2.0, 5.0}) {
      CAPTURE(rate_seed);
      CAPTURE(kind.name);
      CAPTURE(limit);
      std::mt19937_64 random(rate_seed);
      const auto hidden = kind.make(limit);
      LimitedServer server(*hidden, 1ms, 50ms, random);
      RateClient client(server, 16, random);
      client.run(600s);
      check_rate_used(client, 60, 600, 0.85 * limit);
      const Tally steady = client.record.sum(60, 600);
      CHECK(steady.refused / 540 <= 1 / 15.0);
    }
  }
}

TEST_CASE("adaptive_rate: with a Retry-After of a second at each refusal nine tenths are still used") {
  for (const Service& kind : kinds()) {
    CAPTURE(rate_seed);
    CAPTURE(kind.name);
    std::mt19937_64 random(rate_seed);
    const auto hidden = kind.make(100);
    LimitedServer server(*hidden, 1ms, 50ms, random);
    RateClient client(server, 64, random);
    client.hold_after_refusal = 1s;
    client.run(330s);
    check_rate_used(client, 90, 330, 90);
  }
}

TEST_CASE("adaptive_rate: does not run away from what the client can do, and then finds a limit quickly") {
  CAPTURE(rate_seed);
  std::mt19937_64 random(rate_seed);
  FixedWindow limit(1e9);
  LimitedServer server(limit, 100ms, 100ms, random);
  RateClient client(server, 5, random);  // 50/s
  client.run(300s);
  check_rate_used(client, 30, 300, 49);
  CHECK(client.highest <= 100);
  limit.set(30);
  client.run(60s);
  check_rate_used(client, 300, 310, 25);
  check_rate_used(client, 310, 360, 27);
  check_few_refused(client, 310, 360);
}

TEST_CASE("adaptive_rate: one 503 in a hundred is not a limit, one answer in five is") {
  CAPTURE(rate_seed);
  std::mt19937_64 random(rate_seed);
  FixedWindow limit(200);
  LimitedServer server(limit, 5ms, 50ms, random);
  server.share_failing = 0.01;
  RateClient client(server, 64, random, 5ms);
  client.run(300s);
  check_rate_used(client, 30, 300, 0.95 * 0.99 * 200);
  server.share_failing = 0.2;
  client.run(10s);
  CHECK(client.rate.rate() < 100);
}

namespace {

// 429s at random, whatever the rate, before the limit is asked.
class RandomRefusals final : public SimServer {
 public:
  RandomRefusals(SimServer& behind, double share_, std::mt19937_64& random)
      : share(share_), behind_(behind), random_(random) {}
  Reply arrive(SimTime now) override {
    if (std::uniform_real_distribution<double>()(random_) < share) return Reply(Ending::refused, now, now + 20ms);
    return behind_.arrive(now);
  }
  double share;

 private:
  SimServer& behind_;
  std::mt19937_64& random_;
};

double sent_per_second(const RateClient& client, std::size_t from, std::size_t to) {
  return client.record.sum(from, to).answers() / static_cast<double>(to - from);
}

}  // namespace

TEST_CASE("adaptive_rate: a share of 429s that is the same at every rate costs the rate only until that is proven") {
  struct Row {
    double share;
    double rate;       // that was asked for
    std::size_t back;  // seconds until it is used again, at the most
  };
  for (const Row& row : {Row{0.01, 200, 120}, Row{0.05, 25, 60}, Row{0.05, 200, 20}, Row{0.2, 25, 40},
                         Row{0.2, 200, 20}, Row{0.5, 25, 240}, Row{0.5, 200, 90}}) {
    for (std::uint64_t i = 0; i < 3; ++i) {
      CAPTURE(row.share);
      CAPTURE(row.rate);
      CAPTURE(i);
      std::mt19937_64 random(rate_seed + i);
      FixedWindow limit(1e9);
      LimitedServer server(limit, 1ms, 50ms, random);
      RandomRefusals refusing(server, row.share, random);
      RateClient client(refusing, 256, random, nanoseconds(std::llround(1e9 / row.rate)), row.rate);
      client.run(std::chrono::seconds(row.back + 30));
      CHECK(sent_per_second(client, row.back, row.back + 30) >= 0.9 * row.rate);
      CHECK(client.share_proven >= row.share / 2);
      CHECK(client.share_proven <= 2 * row.share);
    }
  }
}

TEST_CASE("adaptive_rate: a limit of any size is never taken for a share of 429s, whatever was asked for") {
  for (const Service& kind : kinds())
    for (const double limit : {2.0, 5.0, 20.0, 100.0})
      for (const double above : {1.1, 2.0, 20.0, 100.0}) {
        CAPTURE(kind.name);
        CAPTURE(limit);
        CAPTURE(above);
        std::mt19937_64 random(rate_seed);
        const auto hidden = kind.make(limit);
        LimitedServer server(*hidden, 1ms, 50ms, random);
        RateClient client(server, 256, random, nanoseconds(std::llround(1e9 / (above * limit))), above * limit);
        client.run(120s);
        CHECK(client.share_proven == 0);
        CHECK(client.record.sum(60, 120).refused_share() <= 0.06);
        hidden->set(limit / 4);
        client.run(120s);
        hidden->set(limit);
        client.run(60s);
        CHECK(client.share_proven == 0);
      }
}

TEST_CASE("adaptive_rate: behind a share of 429s a limit is found all the same, and one that comes later too") {
  for (const double share : {0.05, 0.2}) {
    CAPTURE(rate_seed);
    CAPTURE(share);
    std::mt19937_64 random(rate_seed);
    FixedWindow limit(100);
    LimitedServer server(limit, 1ms, 50ms, random);
    RandomRefusals refusing(server, share, random);
    RateClient client(refusing, 256, random, 5ms, 200);
    client.run(300s);
    check_rate_used(client, 120, 300, 85);
    CHECK(sent_per_second(client, 120, 300) <= 1.3 * 100 / (1 - share));
    limit.set(30);
    client.run(120s);
    check_rate_used(client, 330, 420, 25);
    CHECK(sent_per_second(client, 330, 420) <= 1.5 * 30 / (1 - share));
  }
}

TEST_CASE("adaptive_rate: a share of 429s that has gone is forgotten, and the first refusal counts again") {
  CAPTURE(rate_seed);
  std::mt19937_64 random(rate_seed);
  FixedWindow limit(1e9);
  LimitedServer server(limit, 1ms, 50ms, random);
  RandomRefusals refusing(server, 0.2, random);
  RateClient client(refusing, 256, random, 5ms, 200);
  client.run(60s);
  REQUIRE(client.share_proven > 0);
  refusing.share = 0;
  client.run(60s);
  AdaptiveRate& rate = client.rate;
  const double before = rate.rate();
  rate.record(Signal::refused, rate_start + 120s, rate_start + 120s);
  CHECK(rate.rate() <= 0.91 * before);
}

TEST_CASE("adaptive_rate: the highest rate allowed is never exceeded, and is the first when it is a low one") {
  std::mt19937_64 random(rate_seed);
  FixedWindow limit(1e9);
  LimitedServer server(limit, 1ms, 5ms, random);
  RateClient client(server, 64, random, 10ms);
  CHECK(client.rate.interval() == 100ms);
  client.run(60s);
  CHECK(client.rate.interval() == 10ms);
  CHECK(client.highest <= 100.0001);
  CHECK(AdaptiveRate(1s).interval() == 1s);
  CHECK(AdaptiveRate(10s).interval() == 10s);
}

TEST_CASE("adaptive_rate: without a limit it doubles in less than two seconds, up to 1,000,000 a second") {
  AdaptiveRate rate(0ns);
  SimTime now = rate_start;
  const auto answers = [&](nanoseconds length) {
    for (const SimTime end = now + length; now < end; now += rate.interval()) rate.record(Signal::accepted, now, now);
  };
  answers(10s);
  CHECK(rate.rate() > 200);
  CHECK(rate.rate() < 1'000);
  while (rate.rate() < 20'000) {
    const double before = rate.rate();
    answers(2s);
    REQUIRE(rate.rate() >= 1.8 * before);
  }
}

TEST_CASE("adaptive_rate: time without answers is no time") {
  for (const nanoseconds pause : std::initializer_list<nanoseconds>{2s, 10min}) {
    CAPTURE(rate_seed);
    CAPTURE(pause.count());
    std::mt19937_64 random(rate_seed);
    FixedWindow limit(100);
    LimitedServer server(limit, 1ms, 50ms, random);
    RateClient client(server, 64, random);
    client.run(4s);
    for (int i = 0; i < 20; ++i) {
      const double before = client.rate.rate();
      client.sleep(pause);
      client.run(100ms);
      CHECK(client.rate.rate() <= before * 1.25);
      client.run(3s);
    }
  }
}

TEST_CASE("adaptive_rate: an outage slows it down to the lowest rate, and a minute later all is used again") {
  CAPTURE(rate_seed);
  std::mt19937_64 random(rate_seed);
  FixedWindow limit(200);
  LimitedServer server(limit, 5ms, 50ms, random);
  RateClient client(server, 64, random);
  client.run(60s);
  server.down = true;
  client.run(600s);
  CHECK(client.rate.rate() == doctest::Approx(AdaptiveRate::slowest));
  server.down = false;
  client.run(120s);
  check_rate_used(client, 720, 780, 0.9 * 200);
  check_few_refused(client, 740, 780);
}

TEST_CASE("adaptive_rate: a push-back just after a long pause costs no more than any other") {
  AdaptiveRate rate(0ns);
  SimTime now = rate_start;
  const auto answers = [&](int count) {
    for (int i = 0; i < count; ++i, now += rate.interval()) rate.record(Signal::accepted, now, now);
  };
  answers(1'000);
  now += 10min;
  answers(20);
  const double before = rate.rate();
  rate.record(Signal::refused, now, now);
  CHECK(rate.rate() >= 0.85 * before);
}

TEST_CASE("adaptive_rate: a second in which nothing is accepted costs half the rate, not all of it") {
  AdaptiveRate rate(0ns);
  SimTime now = rate_start;
  for (int i = 0; i < 1'000; ++i, now += rate.interval()) rate.record(Signal::accepted, now, now);
  const double before = rate.rate();
  for (const SimTime end = now + 1'100ms; now < end; now += rate.interval()) rate.record(Signal::refused, now, now);
  CHECK(rate.rate() >= 0.3 * before);
  CHECK(rate.rate() <= 0.5 * before);
}

TEST_CASE("adaptive_rate: requests sent before a cut or just after it count for no other") {
  AdaptiveRate rate(0ns);
  SimTime now = rate_start;
  for (int i = 0; i < 1'000; ++i, now += rate.interval()) rate.record(Signal::accepted, now - 1ms, now);
  const double before = rate.rate();
  rate.record(Signal::refused, now, now);
  const double after = rate.rate();
  CHECK(after < 0.91 * before);
  CHECK(after > 0.4 * before);
  for (int i = 0; i < 1'000; ++i) rate.record(Signal::refused, now - 1us * i, now + 2s);
  CHECK(rate.rate() >= after);
  rate.record(Signal::refused, now + AdaptiveRate::same_congestion - 1ns, now + 2s);
  CHECK(rate.rate() >= after);
  rate.record(Signal::refused, now + AdaptiveRate::same_congestion, now + 2s);
  CHECK(rate.rate() < after);
}

TEST_CASE("adaptive_rate: attempts that say nothing change nothing, nor does a clock that goes back") {
  AdaptiveRate rate(0ns);
  for (int i = 0; i < 10'000; ++i) CHECK(rate.record(Signal::nothing, rate_start, rate_start + 1ms * i) == 100ms);
  for (int i = 0; i < 100; ++i) rate.record(Signal::accepted, rate_start, rate_start - 1h * i);
  CHECK(rate.interval() == 100ms);
}

TEST_CASE("adaptive_rate: workers may tell and ask at the same time") {
  AdaptiveRate rate(0ns);
  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker)
    workers.emplace_back([&rate, worker] {
      for (int i = 0; i < 5'000; ++i) {
        const auto signal = i % 100 == worker ? Signal::refused : Signal::accepted;
        const SimTime now = rate_start + 1ms * i;
        if (rate.record(signal, now - 1ms, now) < 1us || rate.rate() < 0.4) std::abort();
      }
    });
  for (auto& worker : workers) worker.join();
  CHECK(rate.rate() >= AdaptiveRate::slowest);
  CHECK(rate.rate() <= AdaptiveRate::fastest);
}
