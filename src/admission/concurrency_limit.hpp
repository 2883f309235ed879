// `--concurrency auto`: limits the requests in flight of the whole run. The limit is the number that the API processes
// at the same time, plus a few. So the API does not idle, and few requests wait there.
//
// It works in rounds. The number of responses in a round is the limit, but at least 10. A round continues up to 100
// responses until their mean is known within a tenth. Only requests sent since the round began count, so each round
// sees the latency of its own limit. `base` is the latency of an API where no request of this run waits.
//
//   grow     While the mean of a round is less than 1.25 · base and three quarters of the limit were used: it doubles
//            at first, and grows by a tenth after the first resistance.
//   shrink   To limit · 1.5 · base / mean + 1 when that is less, by half at most.
//   drop     More than one response in twenty is a refusal, a failure or missing: to 0.9 of the limit at once, to 0.7
//            if it happens again within two rounds. Requests sent before a drop cause no other. The limit stays below
//            the value before the drop for 5 s. If the resistance is still there, it stays below twice as long, up to
//            40 s.
//
// Gradient2 of Netflix's concurrency-limits and the adaptive concurrency of Vector compare with a long-term average. A
// permanent queue inflates that average until it is taken for the base. Here `base` is measured in a round with half
// the limit, in which the queue of this run drains. That happens every 30 s, or 30 latencies later than that. If `base`
// became lower, it happens again after 2 s. A latency that rises for other reasons does not fall with the limit. If
// half the limit has not reduced it by a fifth, it is the new base, and the limit doubles again.
//
// The tests expect 1.5 requests for each one that the API processes at a time, and 98 % of its throughput. For an API
// that refuses what it cannot process at once, they expect 98 % and at most 2 % refused.
//
// *Threads.* Any; one object, shared by all workers. To ask costs one relaxed load, a response a mutex and a few
// additions. *Errors.* None. *Bounds.* The limit is 1 to `cap`, and 4 at first. About 200 bytes. *Lifetime.* A value
// that stays where it is. *Source.* A policy: the time is an argument.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace amend {

class ConcurrencyLimit {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::uint32_t first_limit = 4;
  static constexpr double tolerance = 1.5;    ///< of the base latency: more means that requests of this run queue
  static constexpr double drop_share = 0.05;  ///< of the responses: more means that the API is overloaded
  static constexpr std::chrono::seconds probe_period{30};

  /// What an attempt shows about the load.
  enum class Signal : std::uint8_t {
    answered,  ///< any response of a working API; only its latency counts
    dropped,   ///< 503, or no response in time
    nothing,   ///< not sent, lost without the API's fault, or 429, to which the rate adapts
  };

  /// `cap` ≥ 1: connections · depth, the most requests that can be in flight.
  explicit ConcurrencyLimit(std::uint32_t cap) noexcept;
  ConcurrencyLimit(const ConcurrencyLimit&) = delete;
  ConcurrencyLimit& operator=(const ConcurrencyLimit&) = delete;

  /// Whether one more may be sent when `in_flight` requests of the whole run are in flight.
  bool admits(std::uint64_t in_flight) const noexcept { return in_flight < limit(); }

  /// Call it once for each attempt that ended. `latency`: from `sent` to the response. `in_flight`: of the whole run,
  /// this one included.
  void record(Signal signal, std::chrono::nanoseconds latency, std::uint64_t in_flight, time_point sent,
              time_point now) noexcept;

  /// Sets another `cap` from now on.
  void set_cap(std::uint32_t cap) noexcept;

  std::uint32_t limit() const noexcept { return published_.load(std::memory_order_relaxed); }

 private:
  void count(double latency) noexcept;
  bool round_is_over() const noexcept;
  bool drops_too_many() noexcept;
  void back_off(time_point now) noexcept;
  void end_round(time_point now) noexcept;
  void adapt(double mean, time_point now) noexcept;
  void grow(time_point now) noexcept;
  void shrink(double limit, double mean) noexcept;
  void start_probe() noexcept;
  void end_probe(double mean, time_point now) noexcept;
  void start_round(time_point now) noexcept;
  void set(double limit) noexcept;

  double cap_;
  std::mutex mutex_;
  std::atomic<std::uint32_t> published_{1};
  double limit_ = 1;
  bool doubling_ = true;

  // The present round.
  time_point round_at_ = time_point::min();
  double latency_sum_ = 0;  // seconds
  double squares_sum_ = 0;  // seconds²
  double samples_ = 0;
  double busiest_ = 0;  // in flight

  // The expected latency.
  double base_ = 0;            // seconds; 0 until the first round
  double limit_before_ = 0;    // while it shrinks: the limit at the beginning; 0 otherwise
  double latency_before_ = 0;  // seconds
  double probed_limit_ = 0;    // during a probe: the limit to return to; 0 otherwise
  time_point probe_at_ = time_point::max();

  // Drops: refused, failed and missing responses.
  double recent_ = 0;  // responses; older ones count less and less
  double recent_drops_ = 0;
  std::uint32_t rounds_since_drop_ = 1'000;
  time_point cut_at_ = time_point::min();
  double ceiling_ = 0;  // the limit at the last drop
  time_point below_until_ = time_point::min();
  std::chrono::seconds below_for_{5};
};

}  // namespace amend
