// Servers in simulated time, for the policies that learn what an API can take: a request that arrives is told at once
// how it ends and when its answer is back. Nothing here sleeps or reads a clock; every random number has one seed.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <vector>

namespace amend::test {

using SimTime = std::chrono::steady_clock::time_point;
using std::chrono::nanoseconds;

enum class Ending : std::uint8_t { accepted, refused, overloaded };

class Reply {
 public:
  Reply(Ending ending_, SimTime sent_, SimTime at_) : ending(ending_), sent(sent_), at(at_) {}
  bool operator>(const Reply& other) const { return at > other.at; }
  Ending ending;
  SimTime sent;
  SimTime at;
};

using Replies = std::priority_queue<Reply, std::vector<Reply>, std::greater<>>;

class SimServer {
 public:
  virtual ~SimServer() = default;
  virtual Reply arrive(SimTime now) = 0;  // called in the order of time
};

/// So many requests a second, counted in one way or another.
class Limit {
 public:
  explicit Limit(double per_second) : per_second_(per_second) {}
  virtual ~Limit() = default;
  virtual bool takes(SimTime now) = 0;
  virtual void set(double per_second) { per_second_ = per_second; }

 protected:
  static double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }
  double per_second_;
};

/// Each second of the clock by itself: when its requests are used up the rest of it is refused.
class FixedWindow final : public Limit {
 public:
  using Limit::Limit;
  bool takes(SimTime now) override {
    const auto window = now.time_since_epoch() / std::chrono::seconds(1);
    if (window != window_) taken_ = 0;
    window_ = window;
    if (taken_ >= per_second_) return false;
    ++taken_;
    return true;
  }

 private:
  std::int64_t window_ = -1;
  double taken_ = 0;
};

/// Tokens that come evenly, and a bucket that holds those of `seconds_held`.
class TokenBucket final : public Limit {
 public:
  TokenBucket(double per_second, double seconds_held)
      : Limit(per_second), held_(seconds_held), tokens_(per_second * seconds_held) {}
  bool takes(SimTime now) override {
    tokens_ = std::min(tokens_ + seconds(now - last_) * per_second_, std::max(1.0, held_ * per_second_));
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double held_;
  double tokens_;
  SimTime last_{};
};

/// The requests taken in the second up to now.
class SlidingWindow final : public Limit {
 public:
  using Limit::Limit;
  bool takes(SimTime now) override {
    while (!taken_.empty() && taken_.front() + std::chrono::seconds(1) <= now) taken_.pop_front();
    if (static_cast<double>(taken_.size()) >= per_second_) return false;
    taken_.push_back(now);
    return true;
  }

 private:
  std::deque<SimTime> taken_;
};

/// Answers within its latency, evenly spread; refuses what its limit does not take; fails a share at random.
class LimitedServer final : public SimServer {
 public:
  LimitedServer(Limit& limit, nanoseconds fastest, nanoseconds slowest, std::mt19937_64& random)
      : limit_(limit), latency_(fastest.count(), slowest.count()), random_(random) {}

  Reply arrive(SimTime now) override {
    const SimTime back = now + nanoseconds(latency_(random_));
    if (down) return Reply(Ending::overloaded, now, back);
    if (!limit_.takes(now)) return Reply(Ending::refused, now, back);
    const bool fails = std::uniform_real_distribution<double>()(random_) < share_failing;
    return Reply(fails ? Ending::overloaded : Ending::accepted, now, back);
  }

  double share_failing = 0;
  bool down = false;

 private:
  Limit& limit_;
  std::uniform_int_distribution<std::int64_t> latency_;
  std::mt19937_64& random_;
};

/// Serves so many requests side by side, each for about `service`; the others wait in order, or are refused.
class SlotServer final : public SimServer {
 public:
  SlotServer(std::size_t slots, nanoseconds service_, std::mt19937_64& random)
      : service(service_), random_(random), slots_(slots) {}

  Reply arrive(SimTime now) override {
    while (!out_.empty() && out_.top() <= now) out_.pop();
    if (out_.size() >= refused_from) return Reply(Ending::overloaded, now, now + network);
    while (free_.size() > slots_) free_.pop();
    while (free_.size() < slots_) free_.push(now);
    const SimTime starts = std::max(now, free_.top());
    free_.pop();
    const SimTime done = starts + nanoseconds(std::llround(factor() * static_cast<double>(service.count())));
    free_.push(done);
    out_.push(done);
    return Reply(Ending::accepted, now, done + network);
  }

  void set_slots(std::size_t slots) { slots_ = slots; }

  nanoseconds service;
  nanoseconds network{500'000};
  double share_slow = 0;     ///< that takes fifty times as long
  bool exponential = false;  ///< the service times; otherwise they are within a fifth of the mean
  std::size_t refused_from = static_cast<std::size_t>(-1);  ///< requests in the server

 private:
  double factor() {
    if (std::uniform_real_distribution<double>()(random_) < share_slow) return 50;
    return exponential ? std::exponential_distribution<double>()(random_)
                       : std::uniform_real_distribution<double>(0.8, 1.2)(random_);
  }

  using Instants = std::priority_queue<SimTime, std::vector<SimTime>, std::greater<>>;
  std::mt19937_64& random_;
  std::size_t slots_;
  Instants free_;  // when each slot is
  Instants out_;   // ends of those in the server
};

/// What came back, second by second.
class Tally {
 public:
  double answers() const { return accepted + refused + overloaded; }
  double refused_share() const { return answers() > 0 ? (refused + overloaded) / answers() : 0; }
  void count(Ending ending) {
    accepted += ending == Ending::accepted ? 1 : 0;
    refused += ending == Ending::refused ? 1 : 0;
    overloaded += ending == Ending::overloaded ? 1 : 0;
  }
  void add(const Tally& other) {
    accepted += other.accepted;
    refused += other.refused;
    overloaded += other.overloaded;
  }
  double accepted = 0;
  double refused = 0;
  double overloaded = 0;
};

class Record {
 public:
  void count(Ending ending, nanoseconds since_start) {
    const auto second = static_cast<std::size_t>(since_start / std::chrono::seconds(1));
    if (second >= seconds_.size()) seconds_.resize(second + 1);
    seconds_[second].count(ending);
  }
  /// Of the seconds `from` to `to`, the latter not included.
  Tally sum(std::size_t from, std::size_t to) const {
    Tally sum;
    for (std::size_t i = from; i < std::min(to, seconds_.size()); ++i) sum.add(seconds_[i]);
    return sum;
  }

 private:
  std::vector<Tally> seconds_;
};

}  // namespace amend::test
