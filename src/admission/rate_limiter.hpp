// The rate limiter of the whole run: requests per second, of all workers together.
//
// It is GCRA, in the "virtual scheduling" form of ITU-T I.371: a leaky bucket kept as one time. `due` is the time of
// the next request. It is `tolerance` before the request's place in an even stream. Each request moves `due` forward by
// the interval T, counted from now − `tolerance` when that is later. So a pause saves up no more than the tolerance.
//
//   tolerance = max((burst − 1) · T, 10 ms); 0 when unlimited.
//
// The 10 ms let a sender whose timer fires late catch up: without them the mean falls short by 2 % at 1,000/s and 5 %
// at 10,000/s. In any second at most rate + max(burst, 1 + rate · 10 ms) requests go.
//
// *Threads.* Any; one object, shared by all workers, lock-free. *Errors.* None. *Bounds.* A few words. *Lifetime.* A
// value that stays where it is. *Source.* A policy: the time is an argument.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

namespace amend {

class RateLimiter {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  class Decision {
   public:
    Decision(bool go_, time_point at_) noexcept : go(go_), at(at_) {}
    bool go;        ///< one request may be sent now, and is counted
    time_point at;  ///< if refused: the earliest time at which asking again can succeed
  };

  /// `interval`: T, the time between two requests; 0: unlimited. `burst` ≥ 1: how many may go at once after a pause.
  RateLimiter(std::chrono::nanoseconds interval, std::uint32_t burst) noexcept;
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  /// Sets another rate from `now` on. The burst stays the same number of requests, and so does the saved-up time. A
  /// shorter interval makes the next request due within that interval, but never before the end of a hold. Waiting
  /// callers are not woken: those that wait for more than the new interval may ask again sooner.
  void set_interval(std::chrono::nanoseconds interval, time_point now) noexcept;

  bool unlimited() const noexcept { return interval_.load(std::memory_order_relaxed) == 0; }

  /// Asks for one request.
  Decision try_acquire(time_point now) noexcept;

  /// The earliest time at which asking can succeed; it may be in the past.
  time_point earliest() const noexcept;

  /// No request goes before `until` (a Retry-After), also in unlimited runs. After it the rate resumes without a burst.
  /// It never shortens an earlier hold.
  void hold_until(time_point until) noexcept;

  /// The end of the latest hold, for display; long past or time_point::min() when there is none.
  time_point held_until() const noexcept;

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

  std::int64_t tolerance(std::int64_t interval) const noexcept;  // ns

  const std::int64_t ahead_;            // burst − 1
  std::atomic<std::int64_t> interval_;  // ns; the tolerance follows from it, so that the two never disagree
  // Times in ns on the steady clock. They are separate because a new rate may make a request due earlier, but must not
  // shorten a hold.
  std::atomic<std::int64_t> due_{never};
  std::atomic<std::int64_t> held_{never};
};

}  // namespace amend
