// The rate of the whole run: how many requests may be sent per second, and when the next one may be sent.
//
// The present rate is the lowest of three: --rate (or its later change by `amend control`), the rate that --rate auto
// has found, and the server's rate hints while they are valid. With a fixed rate or none, the first 429 shows that it
// is too high. From then on the rate is found as with --rate auto, up to the fixed one. 429s that a lower rate does not
// make rarer count only for a while (constant_share.hpp).
//
// *Threads.* Any; one object, shared by all workers. *Errors.* None. *Bounds.* RateLimiter admits at most the burst at
// once. *Lifetime.* A value that stays where it is. *Source.* A policy: the time is an argument.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>

#include "admission/adaptive_rate.hpp"
#include "admission/rate_hints.hpp"
#include "admission/rate_limiter.hpp"
#include "amend/config.hpp"

namespace amend {

class RateControl {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class RateSource : std::uint8_t { option, adaptive, server };
  class RateInForce {
   public:
    RateInForce(std::chrono::nanoseconds interval_, RateSource source_) noexcept
        : interval(interval_), source(source_) {}
    std::chrono::nanoseconds interval;  ///< between two requests; 0: unlimited
    RateSource source;
  };

  explicit RateControl(const LoadConfig& load) noexcept;
  RateControl(const RateControl&) = delete;
  RateControl& operator=(const RateControl&) = delete;

  RateLimiter::Decision try_acquire(time_point now) noexcept;
  time_point earliest() const noexcept { return limiter_.earliest(); }
  bool unlimited() const noexcept { return limiter_.unlimited(); }
  RateInForce in_force() const noexcept;

  /// No request is sent before `until`, which is the end of a Retry-After.
  void hold_until(time_point until) noexcept { limiter_.hold_until(until); }
  time_point held_until() const noexcept { return limiter_.held_until(); }
  /// Applies the rate-limit fields of a response.
  void follow_server(const RateHints& asked, time_point now) noexcept;
  /// Sets another --rate from now on, without a burst.
  void set(const RateSetting& rate, time_point now) noexcept;

  /// False: record() would change nothing.
  bool learns_from(AdaptiveRate::Signal signal) const noexcept {
    return adapts_.load(std::memory_order_relaxed) || signal == AdaptiveRate::Signal::refused;
  }
  /// An attempt has ended, and the rate learns from its signal. `in_flight`: the requests of the whole run at that time. `in_flight_max`: their limit.
  void record(AdaptiveRate::Signal signal, time_point sent, std::uint64_t in_flight, std::uint32_t in_flight_max,
              time_point now) noexcept;
  /// True once: the operator's rate got a 429, so the rate is searched from now on.
  bool take_slowed_down() noexcept { return slowed_down_.exchange(false, std::memory_order_relaxed); }
  /// Returns the share of 429s that is the same at every rate, once after each proof: the rate then returns to --rate.
  /// Returns 0 if there is no such share.
  double take_constant_share() noexcept {
    return constant_share_.load(std::memory_order_relaxed) == 0 ? 0 : constant_share_.exchange(0);
  }

 private:
  void find_below(time_point sent, std::uint64_t in_flight, std::uint32_t in_flight_max, time_point now) noexcept;
  RateInForce slowest() const noexcept;
  void apply(time_point now) noexcept;

  static constexpr std::int64_t no_server_rate = std::numeric_limits<std::int64_t>::max();

  RateLimiter limiter_;
  std::atomic<bool> slowed_down_{false};
  std::atomic<double> constant_share_{0};
  mutable std::mutex mutex_;  // guards what follows
  RateSetting rate_;
  std::optional<AdaptiveRate> adaptive_;
  std::chrono::nanoseconds server_interval_{0};
  std::atomic<bool> adapts_;                                // whether adaptive_ has a value; read without the mutex
  std::atomic<std::int64_t> server_until_{no_server_rate};  // ns on the steady clock, likewise
};

}  // namespace amend
