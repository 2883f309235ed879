#include "hidden_limit.hpp"

#include <algorithm>
#include <stdexcept>

namespace amend::sim {
namespace {

constexpr std::int64_t request_units = 1'000'000'000;

std::int64_t full(const HiddenRate& rate) noexcept { return rate.burst * request_units; }

}  // namespace

void HiddenLimit::add(HiddenRate rate) {
  const auto place = std::ranges::lower_bound(rates_, rate.from, {}, &HiddenRate::from);
  if (place != rates_.end() && place->from == rate.from) {
    throw std::invalid_argument("two limits begin at the same time. Give each its own @TIME");
  }
  rates_.insert(place, rate);
}

bool HiddenLimit::take(std::chrono::nanoseconds since_first) noexcept {
  while (begun_ < rates_.size() && rates_[begun_].from <= since_first) {
    const HiddenRate& next = rates_[begun_];
    refill(next.from);
    // A client that was not limited before begins with a full bucket. A smaller bucket loses the units above its size.
    units_ = begun_ == 0 ? full(next) : std::min(units_, full(next));
    filled_at_ = next.from;
    ++begun_;
  }
  if (begun_ == 0) return true;
  refill(since_first);
  if (units_ < request_units) return false;
  units_ -= request_units;
  return true;
}

void HiddenLimit::refill(std::chrono::nanoseconds until) noexcept {
  if (begun_ == 0 || until <= filled_at_) return;
  const HiddenRate& rate = rates_[begun_ - 1];
  // After this time the bucket only overflows, and the product below would overflow too.
  const std::int64_t missing = (full(rate) - units_) / rate.rate + 1;
  units_ = std::min(units_ + std::min((until - filled_at_).count(), missing) * rate.rate, full(rate));
  filled_at_ = until;
}

}  // namespace amend::sim
