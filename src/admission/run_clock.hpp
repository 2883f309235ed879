// The clock that rows' deadlines are measured on: it stands still while the whole run waits on purpose, so that no row
// fails for what is not its fault. Layer 1, pure (the time is handed in). One object, shared by all workers; every call
// thread-safe, and while the clock goes a look at it costs two relaxed loads.
//
// It stands still while there is a reason to, or until the moment of a hold; reasons and holds may overlap and count
// once.
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
    outage = 1,       ///< the circuit is not closed
    paused = 2,       ///< a person wants it so
    unreachable = 4,  ///< no connection can be made
  };

  RunClock() = default;
  RunClock(const RunClock&) = delete;
  RunClock& operator=(const RunClock&) = delete;

  void stop(Reason reason, time_point now) noexcept;
  void go_on(Reason reason, time_point now) noexcept;
  /// Stands still at least until then; never shortens an earlier hold.
  void hold_until(time_point until, time_point now) noexcept;

  /// How long it has stood still in all.
  std::chrono::nanoseconds stood_still(time_point now) const noexcept;
  /// What it shows: `now` less that.
  time_point at(time_point now) const noexcept { return now - stood_still(now); }

 private:
  void settle(time_point now) const noexcept;
  std::chrono::nanoseconds standing(time_point now) const noexcept;

  mutable std::mutex mutex_;
  mutable std::atomic<bool> still_{false};         // a reason or a hold is, or was at the last look
  mutable std::atomic<std::int64_t> finished_{0};  // ns, of the times that are over; written before still_
  std::uint8_t reasons_ = 0;
  time_point since_{};
  time_point held_until_{};
};

}  // namespace amend
