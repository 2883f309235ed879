#include "admission/concurrency_limit.hpp"

#include <algorithm>
#include <cmath>

#include "admission/seconds.hpp"

namespace amend {
namespace {

using std::chrono::nanoseconds;

constexpr double round_min = 10;           // responses
constexpr double round_max = 1'000;        // responses
constexpr double round_long = 100;         // responses: enough at any variance
constexpr double precision = 0.1;          // of the mean: its standard error
constexpr double longest_latency = 3'600;  // seconds
constexpr double grow_below = 1.25;        // times the base latency
constexpr double limit_used = 0.75;        // of the limit
constexpr double grow_by = 0.1;
constexpr double queue = 1;         // requests that may always wait: with few slots the tolerance allows less than one
constexpr double not_helped = 0.8;  // of the latency, at half the limit
constexpr double base_fell = 0.85;
constexpr double drops_min = 3;
constexpr double drop_memory = 100;  // responses
constexpr double cut_first = 0.9;
constexpr double cut_again = 0.7;
constexpr std::uint32_t settled = 2;  // rounds
constexpr double same_ceiling = 0.15;
constexpr std::chrono::seconds probe_again{2};
constexpr std::chrono::seconds below_first{5};
constexpr std::chrono::seconds below_max{40};
constexpr double rounds_between_probes = 30;

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(std::uint32_t cap) noexcept : cap_(std::max(cap, 1U)) { set(first_limit); }

void ConcurrencyLimit::set_cap(std::uint32_t cap) noexcept {
  const std::lock_guard lock(mutex_);
  cap_ = std::max(cap, 1U);
  set(limit_);
}

void ConcurrencyLimit::record(Signal signal, nanoseconds latency, std::uint64_t in_flight, time_point sent,
                              time_point now) noexcept {
  if (signal == Signal::nothing) return;
  const std::lock_guard lock(mutex_);
  if (sent < cut_at_) return;
  recent_ += 1;
  busiest_ = std::max(busiest_, static_cast<double>(in_flight));
  if (signal == Signal::dropped) {
    recent_drops_ += 1;
    if (drops_too_many()) back_off(now);
    return;
  }
  if (sent < round_at_) return;
  count(std::clamp(seconds_of(latency), 0.0, longest_latency));
  if (round_is_over()) end_round(now);
}

void ConcurrencyLimit::count(double latency) noexcept {
  samples_ += 1;
  latency_sum_ += latency;
  squares_sum_ += latency * latency;
}

bool ConcurrencyLimit::round_is_over() const noexcept {
  if (samples_ < std::clamp(limit_, round_min, round_max)) return false;
  const double mean = latency_sum_ / samples_;
  const double variance = squares_sum_ / samples_ - mean * mean;
  return samples_ >= round_long || variance <= precision * precision * mean * mean * samples_;
}

bool ConcurrencyLimit::drops_too_many() noexcept {
  if (recent_ > drop_memory) {
    recent_drops_ *= drop_memory / recent_;
    recent_ = drop_memory;
  }
  return recent_drops_ >= drops_min && recent_drops_ > drop_share * recent_;
}

void ConcurrencyLimit::back_off(time_point now) noexcept {
  const bool again = rounds_since_drop_ < settled;
  const bool same = std::abs(limit_ - ceiling_) <= same_ceiling * ceiling_;
  if (!again) below_for_ = same ? std::min(below_for_ * 2, below_max) : below_first;
  ceiling_ = limit_;
  below_until_ = now + below_for_;
  cut_at_ = now;
  rounds_since_drop_ = 0;
  recent_ = 0;
  recent_drops_ = 0;
  doubling_ = false;
  probed_limit_ = 0;
  set(limit_ * (again ? cut_again : cut_first));
  start_round(now);
}

void ConcurrencyLimit::end_round(time_point now) noexcept {
  const double mean = latency_sum_ / samples_;
  rounds_since_drop_ += 1;
  if (base_ == 0) {
    base_ = mean;
    probe_at_ = now + probe_again;
  } else if (probed_limit_ > 0) {
    end_probe(mean, now);
  } else {
    adapt(mean, now);
  }
  start_round(now);
}

void ConcurrencyLimit::adapt(double mean, time_point now) noexcept {
  const double wanted = limit_ * tolerance * base_ / mean + queue;
  if (wanted < limit_) return shrink(std::max(wanted, limit_ / 2), mean);
  limit_before_ = 0;
  if (mean >= grow_below * base_) {
    doubling_ = false;
  } else if (busiest_ >= limit_used * limit()) {
    grow(now);
  }
  if (now >= probe_at_) start_probe();
}

void ConcurrencyLimit::grow(time_point now) noexcept {
  double step = doubling_ ? limit_ : std::max(1.0, grow_by * limit_);
  if (!doubling_ && ceiling_ > 0) step = std::clamp(std::abs(ceiling_ - limit_) / 4, 1.0, step);
  double next = limit_ + step;
  if (now < below_until_) next = std::min(next, std::max(limit_, ceiling_ - 1));
  set(next);
}

void ConcurrencyLimit::shrink(double limit, double mean) noexcept {
  doubling_ = false;
  if (limit_before_ == 0) {
    limit_before_ = limit_;
    latency_before_ = mean;
  }
  if (limit_ > limit_before_ / 2 || mean < not_helped * latency_before_) return set(limit);
  base_ = mean;
  limit_before_ = 0;
  doubling_ = true;
}

void ConcurrencyLimit::start_probe() noexcept {
  probed_limit_ = limit_;
  set((limit_ - queue) / 2);
}

void ConcurrencyLimit::end_probe(double mean, time_point now) noexcept {
  const std::chrono::duration<double> rounds(rounds_between_probes * mean);
  const bool fell = mean < base_fell * base_;
  probe_at_ = now + (fell ? nanoseconds(probe_again) : probe_period + std::chrono::duration_cast<nanoseconds>(rounds));
  base_ = mean;
  set(probed_limit_);
  probed_limit_ = 0;
}

void ConcurrencyLimit::start_round(time_point now) noexcept {
  round_at_ = now;
  latency_sum_ = 0;
  squares_sum_ = 0;
  samples_ = 0;
  busiest_ = 0;
}

void ConcurrencyLimit::set(double limit) noexcept {
  limit_ = std::clamp(limit, 1.0, cap_);
  published_.store(static_cast<std::uint32_t>(limit_), std::memory_order_relaxed);
}

}  // namespace amend
