// When the requests of a benchmark are to be sent: decided beforehand, whatever comes back. Layer 1: pure.
//
// An open loop sends on schedule, so that a server which stands still for a second is seen by all requests of that
// second; a closed loop sends when an answer makes room, and would ask it once only ("coordinated omission").
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace amend {

/// Whether what a stretch brings is part of the result.
enum class Counted : std::uint8_t { no, yes };

/// A stretch of a benchmark at one rate.
class LoadStep {
 public:
  LoadStep(std::chrono::nanoseconds interval_, std::chrono::nanoseconds duration_, Counted counted_ = Counted::yes)
      : interval(interval_), duration(duration_), counted(counted_) {}

  std::chrono::nanoseconds interval;  ///< between two planned requests; 0: a closed loop
  std::chrono::nanoseconds duration;
  Counted counted;  ///< no: warm-up
};
static_assert(!std::is_aggregate_v<LoadStep>);

/// Requests a second; 0: a closed loop.
double rate_of(const LoadStep& step) noexcept;

/// The interval of so many requests a second, to the nanosecond.
std::chrono::nanoseconds interval_of(double rate) noexcept;

/// `--ramp 50..1000:50/s`.
class Ramp {
 public:
  Ramp(double from_, double to_, double by_) noexcept : from(from_), to(to_), by(by_) {}

  double from;  ///< requests a second
  double to;    ///< the last one, when steps of `by` hit it
  double by;
};

/// The steps of a ramp: from, from + by, … up to `to`; never more than `steps_max` + 1 are made.
std::vector<LoadStep> steps_of(const Ramp& ramp, std::chrono::nanoseconds each);

/// Each step keeps two histograms: 0.4 MiB.
inline constexpr std::size_t steps_max = 100;

class PlannedSend {
 public:
  PlannedSend(std::chrono::nanoseconds at_, std::uint32_t step_) noexcept : at(at_), step(step_) {}

  std::chrono::nanoseconds at;  ///< since the start
  std::uint32_t step;
};
static_assert(!std::is_aggregate_v<PlannedSend>);

/// Walks the planned sends of an open loop, the n-th of a step at n intervals from its beginning. A value: copies walk
/// on their own.
class Schedule {
 public:
  /// No step may be a closed loop.
  explicit Schedule(std::vector<LoadStep> steps) : steps_(std::move(steps)) {}

  /// The next one; nullopt: there are no more. Does not move on.
  std::optional<PlannedSend> peek() noexcept;
  void pop() noexcept { ++sent_of_step_; }

 private:
  std::vector<LoadStep> steps_;
  std::size_t step_ = 0;
  std::int64_t sent_of_step_ = 0;
  std::chrono::nanoseconds step_began_{0};
};

}  // namespace amend
