// The clock for the deadlines of rows. It stops while the whole run waits on purpose, so that no row fails because of
// that wait.
//
// It is stopped while there is a reason, or until the end of a hold. Reasons and holds may overlap and count once.
//
// *Threads.* Any; one object, shared by all workers. While it runs, reading it costs two relaxed loads. *Errors.* None.
// *Bounds.* A few words. *Lifetime.* A value that stays where it is. *Source.* A policy: the time is an argument.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace amend {

class RunClock {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class Reason : std::uint8_t {
    outage = 1,       ///< the circuit breaker is not closed
    paused = 2,       ///< an operator paused the run
    unreachable = 4,  ///< no connection can be made
  };

  RunClock() = default;
  RunClock(const RunClock&) = delete;
  RunClock& operator=(const RunClock&) = delete;

  void stop(Reason reason, time_point now) noexcept;
  void resume(Reason reason, time_point now) noexcept;
  /// Stops the clock at least until then. It never shortens an earlier hold.
  void hold_until(time_point until, time_point now) noexcept;

  /// The total time in which it was stopped.
  std::chrono::nanoseconds stood_still(time_point now) const noexcept;
  /// The time that it shows: `now` less the stopped time.
  time_point at(time_point now) const noexcept { return now - stood_still(now); }

 private:
  void settle(time_point now) const noexcept;
  std::chrono::nanoseconds standing(time_point now) const noexcept;

  mutable std::mutex mutex_;
  mutable std::atomic<bool> still_{false};         // there is a reason or a hold, or was at the last reading
  mutable std::atomic<std::int64_t> finished_{0};  // ns, of the periods that are over; written before still_
  std::uint8_t reasons_ = 0;
  time_point since_{};
  time_point held_until_{};
};

}  // namespace amend
