#include "admission/adaptive_rate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "admission/seconds.hpp"

namespace amend {
namespace {

using std::chrono::nanoseconds;

constexpr double slow_start_factor = 1.5;  // per second
constexpr double new_limit_factor = 1.25;  // per second
constexpr double new_limit_from = 1.25;    // of the rate of the last push-back
constexpr double probe_after_first = 10;   // seconds
constexpr double probe_after_factor = 1.5;
constexpr double probe_after_last = 24;  // seconds
constexpr double slot_seconds = 0.1;
constexpr double slot_responses = 2;
constexpr double longest_gap = 0.25;     // seconds
constexpr double enough_responses = 10;  // before the measured rate is trusted
constexpr double enough_overloaded = 3;
constexpr double clearly_less = 0.9;  // of the rate: a smaller difference may be chance
constexpr double same_limit = 0.25;   // how far apart the rates of two push-backs may be
constexpr double used = 0.8;          // of the allowed requests

}  // namespace

AdaptiveRate::AdaptiveRate(nanoseconds shortest_interval, double first) noexcept
    : ceiling_(shortest_interval > nanoseconds(0) ? std::min(1 / seconds_of(shortest_interval), fastest) : fastest),
      rate_(0),
      probe_after_(probe_after_first) {
  set(first);
}

nanoseconds AdaptiveRate::record(Signal signal, time_point sent, time_point now) noexcept {
  if (signal == Signal::nothing) return interval();
  const std::lock_guard lock(mutex_);
  const Slot& slot = count(signal, now);
  if (pushes_back(signal, sent)) {
    cut(now);
  } else if (slot.seconds >= slot_seconds && slot.answers() >= slot_responses) {
    grow(slot.seconds);
    newest_ = (newest_ + 1) % slots_.size();
    slots_[newest_] = Slot();
  }
  return interval();
}

AdaptiveRate::Slot& AdaptiveRate::count(Signal signal, time_point now) noexcept {
  const double gap = last_ == time_point::min() ? 0 : seconds_of(now - last_);
  last_ = std::max(last_, now);
  if (gap > std::max(longest_gap, 2 / rate_)) {
    slots_.fill(Slot());
  } else if (gap > 0) {
    slots_[newest_].seconds += gap;
    slots_[newest_].allowed += gap * rate_;
  }
  Slot& slot = slots_[newest_];
  slot.accepted += signal == Signal::accepted ? 1 : 0;
  slot.refused += signal == Signal::refused ? 1 : 0;
  slot.overloaded += signal == Signal::overloaded ? 1 : 0;
  return slot;
}

AdaptiveRate::Slot AdaptiveRate::of_late() const noexcept {
  Slot sum;
  for (const Slot& slot : slots_) {
    sum.seconds += slot.seconds;
    sum.allowed += slot.allowed;
    sum.accepted += slot.accepted;
    sum.refused += slot.refused;
    sum.overloaded += slot.overloaded;
  }
  return sum;
}

bool AdaptiveRate::pushes_back(Signal signal, time_point sent) noexcept {
  if (sent < deaf_until_) return false;
  const auto step = share_.count(signal == Signal::refused, rate_, peak_, rate_ >= proof_to_);
  follow(step);
  if (signal != Signal::overloaded) return step == ConstantShare::Step::push_back;
  const Slot late = of_late();
  return late.overloaded >= enough_overloaded && late.overloaded > overload_share * late.answers();
}

void AdaptiveRate::follow(ConstantShare::Step step) noexcept {
  if (step == ConstantShare::Step::grow) {
    peak_ = 0;  // the distance to the limit is unknown, too
    proof_to_ = std::min(2 * rate_, ceiling_);
  } else if (step == ConstantShare::Step::proven) {
    proven_ = true;
  }
}

double AdaptiveRate::take_proven_share() noexcept {
  const std::lock_guard lock(mutex_);
  return std::exchange(proven_, false) ? share_.share() : 0;
}

void AdaptiveRate::cut(time_point now) noexcept {
  const Slot late = of_late();
  double peak = rate_;
  // The count ends with a refused request, so one more is added. Refusals of the constant share do not show a limit, so
  // they are left out.
  const double taken = (late.accepted + 1) / (1 - share_.share());
  share_.cut();
  if (late.answers() >= enough_responses && taken < clearly_less * rate_ * late.seconds)
    peak = std::max(taken / late.seconds, rate_ / 2);
  pace_probes(peak);
  peak_ = peak;
  since_cut_ = 0;
  deaf_until_ = now + same_congestion;
  slots_.fill(Slot());
  set(cut_to * peak_);
}

// The limit has not moved: there is less to learn from going beyond it, so probes become rarer.
void AdaptiveRate::pace_probes(double peak) noexcept {
  if (std::abs(peak - peak_) > same_limit * peak_) {
    probe_after_ = probe_after_first;
  } else if (since_cut_ >= probe_after_ / 2) {
    probe_after_ = std::min(probe_after_ * probe_after_factor, probe_after_last);
  }
}

void AdaptiveRate::grow(double seconds) noexcept {
  const Slot late = of_late();
  if (late.answers() < used * late.allowed) return;
  if (share_.phase() == ConstantShare::Phase::holding) return;
  if (share_.phase() == ConstantShare::Phase::growing)
    return set(std::min(rate_ * std::pow(slow_start_factor, seconds), std::max(proof_to_, rate_)));
  if (peak_ == 0) return set(rate_ * std::pow(slow_start_factor, seconds));
  if (rate_ >= new_limit_from * peak_) return set(rate_ * std::pow(new_limit_factor, seconds));
  since_cut_ += seconds;
  const double past = since_cut_ - probe_after_;
  const double x = past / (past < 0 ? probe_after_ : probe_after_first);
  set(peak_ * (1 + (1 - cut_to) * x * x * x));
}

void AdaptiveRate::set(double rate) noexcept {
  rate_ = std::clamp(rate, std::min(slowest, ceiling_), ceiling_);
  interval_.store(std::llround(1e9 / rate_), std::memory_order_relaxed);
}

nanoseconds AdaptiveRate::interval() const noexcept { return nanoseconds(interval_.load(std::memory_order_relaxed)); }

double AdaptiveRate::rate() const noexcept { return 1 / seconds_of(interval()); }

}  // namespace amend
