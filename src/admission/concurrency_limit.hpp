// `--concurrency auto`: how many requests of the whole run are in flight: as many as the API works on at the same time
// and a few more, so that none of it idles and few wait there.
//
// Place: layer 1, pure (the time is handed in). One object, shared by all workers; every call thread-safe: to ask costs
// one relaxed load, each answer a mutex and a few additions. Fixed size, about 200 bytes.
//
// It works in rounds: as many answers as the limit, at least 10, and up to 100 until their mean is known within a
// tenth, to requests sent since the round began; so each round sees the latency of its own limit. `base` is the latency
// of an API that is not kept waiting by us.
//
//   grow     while the mean of a round is less than 1.25 · base and the limit was used (three quarters of it): doubled
//            at first, by a tenth once it has met resistance.
//   shrink   to limit · 1.5 · base / mean + 1 when that is less, by half at most.
//   drop     more than one answer in twenty refused, failed or missing: 0.9 of the limit at once, 0.7 when it happens
//            again within two rounds; once for what was sent before. It stays below where that was for 5 s, and twice
//            as long each time it proves to be there still, 40 s at most.
//
// (Gradient2 of Netflix's concurrency-limits and the adaptive concurrency of Vector compare with a long-term average,
// which a queue that is always there inflates little by little until it is believed.) Here `base` is measured: every
// 30 s, or 30 latencies later than that, a round with half the limit, so that what waits for us drains, tells it anew;
// again after 2 s when it turned out lower. A latency that rises for other reasons does not fall when the limit does:
// when half the limit has not made it a fifth less, it is the new base, and the limit doubles again.
//
// To be expected of it, as the tests hold it: 1.5 requests for each that the API works on at a time, and 98 % of its
// throughput; of one that refuses what it cannot work on at once, 98 % and at most 2 % refused.
//
// Bounds: 1 to `cap`; 4 at first.
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
  static constexpr double tolerance = 1.5;    ///< of the base latency: more is a queue of ours
  static constexpr double drop_share = 0.05;  ///< of the answers: more means that the API has too much
  static constexpr std::chrono::seconds probe_period{30};

  /// What an attempt says.
  enum class Signal : std::uint8_t {
    answered,  ///< any answer of a healthy API; only its latency counts
    dropped,   ///< 503, or no answer in time
    nothing,   ///< neither: given back unsent, lost without the API's doing, or 429, from which the rate is learnt
  };

  /// `cap` ≥ 1: connections · depth, what can be in flight at all.
  explicit ConcurrencyLimit(std::uint32_t cap) noexcept;
  ConcurrencyLimit(const ConcurrencyLimit&) = delete;
  ConcurrencyLimit& operator=(const ConcurrencyLimit&) = delete;

  /// Whether one more may be sent beside so many of the whole run.
  bool admits(std::uint64_t in_flight) const noexcept { return in_flight < limit(); }

  /// Each attempt that ended, once. `latency`: from `sent` to the answer; `in_flight`: of the whole run, this one
  /// included.
  void record(Signal signal, std::chrono::nanoseconds latency, std::uint64_t in_flight, time_point sent,
              time_point now) noexcept;

  /// Another `cap` from now on.
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

  // The round.
  time_point round_at_ = time_point::min();
  double latency_sum_ = 0;  // seconds
  double squares_sum_ = 0;  // seconds²
  double samples_ = 0;
  double busiest_ = 0;  // in flight

  // What latency to expect.
  double base_ = 0;            // seconds; 0 until the first round
  double limit_before_ = 0;    // while it shrinks: where it began, 0 otherwise
  double latency_before_ = 0;  // seconds
  double probed_limit_ = 0;    // while a probe lasts: to go back to, 0 otherwise
  time_point probe_at_ = time_point::max();

  // Drops.
  double recent_ = 0;  // answers, these and older ones that count less and less
  double recent_drops_ = 0;
  std::uint32_t rounds_since_drop_ = 1'000;
  time_point cut_at_ = time_point::min();
  double ceiling_ = 0;  // the limit at the last drop
  time_point below_until_ = time_point::min();
  std::chrono::seconds below_for_{5};
};

}  // namespace amend
