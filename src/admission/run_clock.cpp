#include "admission/run_clock.hpp"

#include <algorithm>

namespace amend {

void RunClock::stop(Reason reason, time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  settle(now);
  if (!still_.exchange(true, std::memory_order_relaxed)) since_ = now;
  reasons_ |= static_cast<std::uint8_t>(reason);
}

void RunClock::resume(Reason reason, time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  if (reasons_ == 0) return;
  reasons_ &= static_cast<std::uint8_t>(~static_cast<unsigned>(reason));
  // The time before `now` counts also when the hold ended earlier: a reason lasted until now.
  if (reasons_ == 0) held_until_ = std::max(held_until_, now);
  settle(now);
}

void RunClock::hold_until(time_point until, time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  settle(now);
  if (until <= now) return;
  if (!still_.exchange(true, std::memory_order_relaxed)) since_ = now;
  held_until_ = std::max(held_until_, until);
}

std::chrono::nanoseconds RunClock::stood_still(time_point now) const noexcept {
  if (!still_.load(std::memory_order_acquire))
    return std::chrono::nanoseconds(finished_.load(std::memory_order_relaxed));
  const std::lock_guard lock(mutex_);
  settle(now);
  return std::chrono::nanoseconds(finished_.load(std::memory_order_relaxed)) + standing(now);
}

// Adds up a period that is over, so that the next one can begin.
void RunClock::settle(time_point now) const noexcept {
  if (!still_.load(std::memory_order_relaxed) || reasons_ != 0 || now < held_until_) return;
  finished_.fetch_add(standing(now).count(), std::memory_order_relaxed);
  still_.store(false, std::memory_order_release);
}

std::chrono::nanoseconds RunClock::standing(time_point now) const noexcept {
  if (!still_.load(std::memory_order_relaxed)) return std::chrono::nanoseconds(0);
  const time_point end = reasons_ != 0 ? now : std::min(now, held_until_);
  return std::max(end - since_, time_point::duration::zero());
}

}  // namespace amend
