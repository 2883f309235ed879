// Plans when the requests of a benchmark are sent, independently of the responses. Pure. Layer 1.
//
// An open loop sends on schedule, so all requests of a second reveal a server that stalls for that second. A closed
// loop sends when a response makes room, so only one request would reveal it ("coordinated omission").
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace amend {

/// Whether the figures of a step are part of the result.
enum class Counted : std::uint8_t { no, yes };

/// A part of a benchmark at one rate.
class LoadStep {
 public:
  LoadStep(std::chrono::nanoseconds interval_, std::chrono::nanoseconds duration_, Counted counted_ = Counted::yes)
      : interval(interval_), duration(duration_), counted(counted_) {}

  std::chrono::nanoseconds interval;  ///< between two planned requests; 0: a closed loop
  std::chrono::nanoseconds duration;
  Counted counted;  ///< no: warm-up
};
static_assert(!std::is_aggregate_v<LoadStep>);

/// Requests per second; 0: a closed loop.
double rate_of(const LoadStep& step) noexcept;

/// The interval for a rate, to the nanosecond.
std::chrono::nanoseconds interval_of(double rate) noexcept;

/// `--ramp 50..1000:50/s`.
class Ramp {
 public:
  Ramp(double from_, double to_, double by_) noexcept : from(from_), to(to_), by(by_) {}

  double from;  ///< requests per second
  double to;    ///< the last rate, when steps of `by` hit it
  double by;
};

/// The steps of a ramp: from, from + by, … up to `to`. Makes at most `steps_max` + 1 steps.
std::vector<LoadStep> steps_of(const Ramp& ramp, std::chrono::nanoseconds each);

/// Bounds the memory, as each step has two histograms: 0.4 MiB.
inline constexpr std::size_t steps_max = 100;

class PlannedSend {
 public:
  PlannedSend(std::chrono::nanoseconds at_, std::uint32_t step_) noexcept : at(at_), step(step_) {}

  std::chrono::nanoseconds at;  ///< since the start
  std::uint32_t step;
};
static_assert(!std::is_aggregate_v<PlannedSend>);

/// The planned sends of an open loop: the n-th of a step is n intervals after its beginning. A value: a copy advances
/// independently.
class Schedule {
 public:
  /// No step may be a closed loop.
  explicit Schedule(std::vector<LoadStep> steps) : steps_(std::move(steps)) {}

  /// The next send, without advancing; nullopt: no send is left.
  std::optional<PlannedSend> peek() noexcept;
  void pop() noexcept { ++sent_of_step_; }

 private:
  std::vector<LoadStep> steps_;
  std::size_t step_ = 0;
  std::int64_t sent_of_step_ = 0;
  std::chrono::nanoseconds step_began_{0};
};

}  // namespace amend
