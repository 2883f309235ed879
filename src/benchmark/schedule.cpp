#include "amend/benchmark/schedule.hpp"

#include <cmath>

namespace amend {
namespace {

constexpr double second = 1e9;  // ns

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
    if (into < step.duration) return PlannedSend(step_began_ + into, static_cast<std::uint32_t>(step_));
    step_began_ += step.duration;
    sent_of_step_ = 0;
    ++step_;
  }
  return std::nullopt;
}

}  // namespace amend
