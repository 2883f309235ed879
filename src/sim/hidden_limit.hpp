// A rate limit that no answer tells of: a client finds it by being refused. Pure: the time comes in.
//
// A token bucket in whole numbers, so that no rounding lets one more or one less through: a request costs as many units
// as a second has nanoseconds, and each nanosecond brings `rate` units, up to `burst` requests' worth.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace amend::sim {

/// So many requests a second, `burst` at once after a pause, from a time after the first request on.
class HiddenRate {
 public:
  static constexpr std::uint32_t rate_max = 1'000'000;
  static constexpr std::uint32_t burst_max = 1'000'000;

  /// `rate` and `burst` 1 … their maxima.
  HiddenRate(std::uint32_t rate_, std::uint32_t burst_, std::chrono::nanoseconds from_) noexcept
      : rate(rate_), burst(burst_), from(from_) {}

  std::uint32_t rate;
  std::uint32_t burst;
  std::chrono::nanoseconds from;
};

/// One bucket whose rate and size change at set times; before the first of them nothing is limited.
class HiddenLimit {
 public:
  HiddenLimit() = default;

  /// In any order. Throws std::invalid_argument when one begins at the same time.
  void add(HiddenRate rate);

  /// False when the bucket is empty. `since_first` should not fall; if it does, nothing is refilled meanwhile.
  bool take(std::chrono::nanoseconds since_first) noexcept;

 private:
  void refill(std::chrono::nanoseconds until) noexcept;

  std::vector<HiddenRate> rates_;  // by their beginnings
  std::size_t begun_ = 0;          // of rates_; the last of these holds
  std::chrono::nanoseconds filled_at_{0};
  std::int64_t units_ = 0;
};

}  // namespace amend::sim
