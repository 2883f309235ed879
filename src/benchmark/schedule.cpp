#include "amend/benchmark/schedule.hpp"

#include <cmath>

namespace amend {
namespace {

constexpr double second = 1e9;  // ns

// An interval of 3,333,333 ns means 300/s: five seconds of it have exactly 1,500 sends.
std::int64_t sends_of(const LoadStep& step) noexcept {
  const auto interval = static_cast<double>(step.interval.count());
  const double intervals = static_cast<double>(step.duration.count()) / interval;
  const double unsure = intervals * 0.5 / interval;  // the interval is rounded to half a nanosecond
  const double whole = std::round(intervals);
  return static_cast<std::int64_t>(std::abs(intervals - whole) <= unsure ? whole : std::ceil(intervals));
}

}  // namespace

double rate_of(const LoadStep& step) noexcept {
  return step.interval.count() == 0 ? 0 : second / static_cast<double>(step.interval.count());
}

std::chrono::nanoseconds interval_of(double rate) noexcept {
  return std::chrono::nanoseconds(std::llround(second / rate));
}

std::vector<LoadStep> steps_of(const Ramp& ramp, std::chrono::nanoseconds each) {
  constexpr double rounding = 1e-9;
  std::vector<LoadStep> steps;
  for (std::size_t i = 0; i <= steps_max; ++i) {
    const double rate = ramp.from + static_cast<double>(i) * ramp.by;
    if (rate > ramp.to * (1 + rounding)) break;
    steps.emplace_back(interval_of(rate), each);
  }
  return steps;
}

std::optional<PlannedSend> Schedule::peek() noexcept {
  while (step_ < steps_.size()) {
    const LoadStep& step = steps_[step_];
    const std::chrono::nanoseconds into = sent_of_step_ * step.interval;
    if (sent_of_step_ < sends_of(step)) return PlannedSend(step_began_ + into, static_cast<std::uint32_t>(step_));
    step_began_ += step.duration;
    sent_of_step_ = 0;
    ++step_;
  }
  return std::nullopt;
}

}  // namespace amend
