// A rate limit without rate hints: a client finds it only by being refused. Pure: time is an argument.
//
// It is a token bucket in whole numbers, so that rounding never admits one request more or less. A request costs as
// many units as a second has nanoseconds. Each nanosecond adds `rate` units, up to the cost of `burst` requests.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace amend::sim {

/// A rate per second from a time after the first request on, with `burst` requests at once after a pause.
class HiddenRate {
 public:
  static constexpr std::uint32_t rate_max = 1'000'000;
  static constexpr std::uint32_t burst_max = 1'000'000;

  /// `rate` and `burst` are 1 … their maxima.
  HiddenRate(std::uint32_t rate_, std::uint32_t burst_, std::chrono::nanoseconds from_) noexcept
      : rate(rate_), burst(burst_), from(from_) {}

  std::uint32_t rate;
  std::uint32_t burst;
  std::chrono::nanoseconds from;
};

/// One bucket whose rate and size change at set times. Before the first of them nothing is limited.
class HiddenLimit {
 public:
  HiddenLimit() = default;

  /// Adds a rate, in any order. Throws std::invalid_argument when another one begins at the same time.
  void add(HiddenRate rate);

  /// Returns false when the bucket is empty. `since_first` should not decrease; if it does, nothing is refilled.
  bool take(std::chrono::nanoseconds since_first) noexcept;

 private:
  void refill(std::chrono::nanoseconds until) noexcept;

  std::vector<HiddenRate> rates_;  // sorted by their beginnings
  std::size_t begun_ = 0;          // of rates_; the last of these applies
  std::chrono::nanoseconds filled_at_{0};
  std::int64_t units_ = 0;
};

}  // namespace amend::sim
