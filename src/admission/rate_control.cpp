#include "admission/rate_control.hpp"

#include <algorithm>

#include "admission/seconds.hpp"

namespace amend {

RateControl::RateControl(const LoadConfig& load) noexcept
    : limiter_(load.rate.interval, load.burst), rate_(load.rate), adapts_(load.rate.mode == RateMode::adaptive) {
  if (load.rate.mode == RateMode::adaptive) set(load.rate, time_point{});
}

RateLimiter::Decision RateControl::try_acquire(time_point now) noexcept {
  if (ns_of(now) >= server_until_.load(std::memory_order_relaxed)) {
    const std::lock_guard lock(mutex_);
    apply(now);
  }
  return limiter_.try_acquire(now);
}

void RateControl::record(AdaptiveRate::Signal signal, time_point sent, std::uint64_t in_flight,
                         std::uint32_t in_flight_max, time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  if (!adaptive_) find_below(sent, in_flight, in_flight_max, now);
  adaptive_->record(signal, sent, now);
  if (const double share = adaptive_->take_proven_share(); share > 0)
    constant_share_.store(share, std::memory_order_relaxed);
  apply(now);
}

// The search begins at the present rate. If connections allow no more requests in flight, that is the rate of these
// connections: a higher one was never tried. Else it is the configured rate: then the number in flight at one moment is
// chance.
void RateControl::find_below(time_point sent, std::uint64_t in_flight, std::uint32_t in_flight_max,
                             time_point now) noexcept {
  const double latency = std::max(std::chrono::duration<double>(now - sent).count(), 1e-6);
  const bool rate_limits = rate_.interval.count() > 0 && in_flight < in_flight_max;
  const double asked = rate_limits ? 1 / std::chrono::duration<double>(rate_.interval).count() : 0;
  adaptive_.emplace(rate_.interval, rate_limits ? asked : static_cast<double>(in_flight) / latency);
  adapts_.store(true, std::memory_order_relaxed);
  slowed_down_.store(true, std::memory_order_relaxed);
}

void RateControl::follow_server(const RateHints& asked, time_point now) noexcept {
  if (!asked.interval) return;
  const std::lock_guard lock(mutex_);
  server_interval_ = *asked.interval;
  server_until_.store(ns_of(now + asked.valid_for), std::memory_order_relaxed);
  apply(now);
}

void RateControl::set(const RateSetting& rate, time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  rate_ = rate;
  adaptive_.reset();
  if (rate.mode == RateMode::adaptive) adaptive_.emplace(rate.interval);
  adapts_.store(adaptive_.has_value(), std::memory_order_relaxed);
  apply(now);
}

// The caller has locked mutex_.
void RateControl::apply(time_point now) noexcept {
  if (ns_of(now) >= server_until_.load(std::memory_order_relaxed)) {
    server_interval_ = std::chrono::nanoseconds(0);
    server_until_.store(no_server_rate, std::memory_order_relaxed);
  }
  limiter_.set_interval(slowest().interval, now);
}

RateControl::RateInForce RateControl::slowest() const noexcept {
  RateInForce in_force(rate_.interval, RateSource::option);
  if (adaptive_) in_force = RateInForce(adaptive_->interval(), RateSource::adaptive);
  if (server_interval_ > in_force.interval) in_force = RateInForce(server_interval_, RateSource::server);
  return in_force;
}

RateControl::RateInForce RateControl::in_force() const noexcept {
  const std::lock_guard lock(mutex_);
  return slowest();
}

}  // namespace amend
