#include "admission/canary.hpp"

namespace amend {

Canary::Admission Canary::admit() noexcept {
  if (over()) return Admission::freely;
  const std::lock_guard lock(mutex_);
  if (over()) return Admission::freely;
  const std::uint32_t places = phase_.load(std::memory_order_relaxed) == Phase::first ? 1 : group_rows - ended_;
  if (stopped_ || out_ >= places) return Admission::no;
  ++out_;
  return Admission::as_canary;
}

void Canary::attempt_over() noexcept {
  const std::lock_guard lock(mutex_);
  out_ -= out_ > 0 ? 1 : 0;
}

Canary::Decision Canary::row_ended(Status status) noexcept {
  if (over()) return Decision::undecided;
  const std::lock_guard lock(mutex_);
  if (over() || stopped_) return Decision::undecided;
  ++ended_;
  failed_ += has_succeeded(status) ? 0 : 1;
  return phase_.load(std::memory_order_relaxed) == Phase::first ? judge_first(status) : judge_group();
}

Canary::Decision Canary::judge_first(Status status) noexcept {
  if (has_succeeded(status)) {
    phase_.store(Phase::group, std::memory_order_relaxed);
    ended_ = failed_ = 0;
    return Decision::undecided;
  }
  stopped_ = failed_ >= first_rows_max;
  return stopped_ ? Decision::stop : Decision::undecided;
}

Canary::Decision Canary::judge_group() noexcept {
  // It stops as soon as the verdict is certain: requests in flight cannot change it.
  stopped_ = failed_ > group_failures_max;
  if (stopped_) return Decision::stop;
  if (ended_ < group_rows) return Decision::undecided;
  phase_.store(Phase::over, std::memory_order_relaxed);
  return Decision::passed;
}

std::string Canary::describe() const {
  const std::lock_guard lock(mutex_);
  if (phase_.load(std::memory_order_relaxed) == Phase::first)
    return "none of the first " + std::to_string(ended_) + " rows succeeded";
  return std::to_string(failed_) + " of the first " + std::to_string(group_rows + 1) + " rows did not succeed";
}

}  // namespace amend
