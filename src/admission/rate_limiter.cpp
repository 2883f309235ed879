#include "admission/rate_limiter.hpp"

#include <algorithm>

namespace amend {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t catch_up = nanoseconds(std::chrono::milliseconds(10)).count();
// Half the range of the clock: the sum of two such times or lengths does not overflow.
constexpr std::int64_t ns_max = std::numeric_limits<std::int64_t>::max() / 2;

std::int64_t within_range(nanoseconds interval) noexcept {
  return std::clamp<std::int64_t>(interval.count(), 0, ns_max);
}

std::int64_t clamped_ns(RateLimiter::time_point t) noexcept {
  return std::clamp(nanoseconds(t.time_since_epoch()).count(), -ns_max, ns_max);
}

RateLimiter::time_point from_ns(std::int64_t ns) noexcept { return RateLimiter::time_point(nanoseconds(ns)); }

void raise_to(std::atomic<std::int64_t>& word, std::int64_t value) noexcept {
  std::int64_t seen = word.load(std::memory_order_relaxed);
  while (seen < value && !word.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

// Saved-up time is converted so that it is worth the same number of requests. Without a limit, no time was saved up.
std::int64_t rescaled(std::int64_t saved, std::int64_t interval, std::int64_t before) noexcept {
  if (before == 0) return 0;
  const double scaled = static_cast<double>(saved) * (static_cast<double>(interval) / static_cast<double>(before));
  return scaled < static_cast<double>(ns_max) ? static_cast<std::int64_t>(scaled) : ns_max;
}

}  // namespace

RateLimiter::RateLimiter(nanoseconds interval, std::uint32_t burst) noexcept
    : ahead_(burst > 0 ? burst - 1 : 0), interval_(within_range(interval)) {}

std::int64_t RateLimiter::tolerance(std::int64_t interval) const noexcept {
  if (interval == 0) return 0;
  std::int64_t ahead = 0;
  if (__builtin_mul_overflow(ahead_, interval, &ahead)) return ns_max;
  return std::clamp(ahead, catch_up, ns_max);
}

RateLimiter::Decision RateLimiter::try_acquire(time_point now) noexcept {
  const std::int64_t now_ns = clamped_ns(now);
  const std::int64_t held = held_.load(std::memory_order_relaxed);
  const std::int64_t interval = interval_.load(std::memory_order_relaxed);
  std::int64_t due = due_.load(std::memory_order_relaxed);
  for (;;) {
    // A hold uses up the tolerance: the first request goes at its end, and the others follow at the rate.
    const std::int64_t first = std::max(due, held);
    if (first > now_ns) return Decision(false, from_ns(first));
    // Unlimited: the word is not written, so the workers do not contend for it.
    if (interval == 0) return Decision(true, now);
    const std::int64_t next = std::min(std::max(first, now_ns - tolerance(interval)) + interval, ns_max);
    if (due_.compare_exchange_weak(due, next, std::memory_order_relaxed)) return Decision(true, now);
  }
}

RateLimiter::time_point RateLimiter::earliest() const noexcept {
  return from_ns(std::max(due_.load(std::memory_order_relaxed), held_.load(std::memory_order_relaxed)));
}

void RateLimiter::set_interval(nanoseconds interval, time_point now) noexcept {
  const std::int64_t after = within_range(interval);
  const std::int64_t before = interval_.exchange(after, std::memory_order_relaxed);
  if (after == before) return;
  const std::int64_t now_ns = clamped_ns(now);
  const std::int64_t oldest = now_ns - tolerance(before);
  std::int64_t due = due_.load(std::memory_order_relaxed);
  for (;;) {
    const std::int64_t next =
        due > now_ns ? std::min(due, now_ns + after) : now_ns - rescaled(now_ns - std::max(due, oldest), after, before);
    if (due_.compare_exchange_weak(due, next, std::memory_order_relaxed)) return;
  }
}

void RateLimiter::hold_until(time_point until) noexcept { raise_to(held_, clamped_ns(until)); }

RateLimiter::time_point RateLimiter::held_until() const noexcept {
  return from_ns(held_.load(std::memory_order_relaxed));
}

}  // namespace amend
