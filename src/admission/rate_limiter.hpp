// The rate limiter of the whole run: requests per second, of all workers together.
//
// Place: layer 1, pure (the time is handed in). One object, shared by all workers; lock-free, every call thread-safe.
//
// GCRA (the "virtual scheduling" form of ITU-T I.371, a leaky bucket kept as one instant): `due` is when the next
// request may go, which is `tolerance` before its place in a perfectly even stream. Each that goes moves `due` on by
// the interval T, counted from now − `tolerance` when that is later, so that a pause saves up nothing beyond the
// tolerance.
//
//   tolerance = max((burst − 1) · T, 10 ms); 0 when unlimited.
//
// The 10 ms let a sender whose timer fires late catch up: without them the mean falls short by 2 % at 1,000/s and 5 %
// at 10,000/s. In any second at most rate + max(burst, 1 + rate · 10 ms) requests go.
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
    time_point at;  ///< when not: the earliest instant at which asking again can succeed
  };

  /// `interval`: T, one request every so often; 0: unlimited. `burst` ≥ 1: how many may go at once after a pause.
  RateLimiter(std::chrono::nanoseconds interval, std::uint32_t burst) noexcept;
  RateLimiter(const RateLimiter&) = delete;
  RateLimiter& operator=(const RateLimiter&) = delete;

  /// Another pace from `now` on; the burst stays as many requests as it was. A shorter interval makes the next request
  /// due within that interval, though never before the end of a hold, and what has been saved up stays as many
  /// requests. Nobody who waits is woken: who was told an instant more than the new interval away may ask again sooner.
  void set_interval(std::chrono::nanoseconds interval, time_point now) noexcept;

  bool unlimited() const noexcept { return interval_.load(std::memory_order_relaxed) == 0; }

  /// Asks for one request.
  Decision try_acquire(time_point now) noexcept;

  /// The earliest instant at which asking can succeed; it may be past.
  time_point earliest() const noexcept;

  /// Nobody goes before `until` (a Retry-After), unlimited runs included; afterwards the pace is taken up again without
  /// a burst. Never shortens an earlier hold.
  void hold_until(time_point until) noexcept;

  /// The end of the latest hold, for display; long past or time_point::min() when there is none.
  time_point held_until() const noexcept;

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

  std::int64_t tolerance(std::int64_t interval) const noexcept;  // ns

  const std::int64_t ahead_;            // burst − 1
  std::atomic<std::int64_t> interval_;  // ns; the tolerance follows from it, so that the two never disagree
  // ns on the steady clock. Apart from each other, for a new pace may bring forward what is due, but never a hold's
  // end.
  std::atomic<std::int64_t> due_{never};
  std::atomic<std::int64_t> held_{never};
};

}  // namespace amend
