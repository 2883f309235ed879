#include "amend/worker/rate_limiter.hpp"

#include <algorithm>

namespace amend {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t catch_up = nanoseconds(std::chrono::milliseconds(10)).count();
// Half the range of the clock: sums of two such instants or lengths never overflow.
constexpr std::int64_t ns_max = std::numeric_limits<std::int64_t>::max() / 2;

std::int64_t tolerance_of(std::int64_t interval, std::uint32_t burst) noexcept {
  if (interval == 0) return 0;
  const std::int64_t ahead = burst > 0 ? burst - 1 : 0;
  return std::max(ahead > ns_max / interval ? ns_max : ahead * interval, catch_up);
}

std::int64_t to_ns(RateLimiter::time_point t) noexcept {
  return std::clamp(nanoseconds(t.time_since_epoch()).count(), -ns_max, ns_max);
}

RateLimiter::time_point from_ns(std::int64_t ns) noexcept { return RateLimiter::time_point(nanoseconds(ns)); }

void raise_to(std::atomic<std::int64_t>& word, std::int64_t value) noexcept {
  std::int64_t seen = word.load(std::memory_order_relaxed);
  while (seen < value && !word.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

}  // namespace

RateLimiter::RateLimiter(nanoseconds interval, std::uint32_t burst) noexcept
    : interval_(std::clamp<std::int64_t>(interval.count(), 0, ns_max)), tolerance_(tolerance_of(interval_, burst)) {}

RateLimiter::Decision RateLimiter::try_acquire(time_point now) noexcept {
  const std::int64_t now_ns = to_ns(now);
  std::int64_t tat = tat_.load(std::memory_order_relaxed);
  for (;;) {
    if (tat > now_ns + tolerance_) return Decision(false, from_ns(tat - tolerance_));
    // Unlimited: the word holds only holds, so nobody writes it here and the workers do not contend for it.
    if (interval_ == 0) return Decision(true, now);
    const std::int64_t next = std::min(std::max(tat, now_ns) + interval_, ns_max);
    if (tat_.compare_exchange_weak(tat, next, std::memory_order_relaxed)) return Decision(true, now);
  }
}

void RateLimiter::hold_until(time_point until) noexcept {
  // The tolerance is used up by the hold: the first request goes at `until`, the others follow at the pace.
  raise_to(tat_, std::min(to_ns(until) + tolerance_, ns_max));
  raise_to(held_, to_ns(until));
}

RateLimiter::time_point RateLimiter::held_until() const noexcept {
  return from_ns(held_.load(std::memory_order_relaxed));
}

}  // namespace amend
