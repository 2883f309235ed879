#include "admission/circuit_breaker.hpp"

#include <algorithm>
#include <utility>

namespace amend {

CircuitBreaker::Decision CircuitBreaker::ask(time_point now) noexcept {
  if (closed()) return Decision(true, now);
  const std::lock_guard lock(mutex_);
  switch (state_.load(std::memory_order_relaxed)) {
    case State::closed: return Decision(true, now);
    case State::open:
      if (now < probe_at_) return Decision(false, probe_at_);
      set(State::half_open);
      return Decision(true, now, ++round_);
    case State::half_open: break;
    case State::closing:
      if (out_ >= window_) break;
      ++out_;
      return Decision(true, now, round_);
  }
  return Decision(false, now + look_up);
}

namespace {

bool has_succeeded(CircuitBreaker::Result result) noexcept {
  return result == CircuitBreaker::Result::success || result == CircuitBreaker::Result::proof;
}

}  // namespace

bool is_trouble(CircuitBreaker::Result result) noexcept {
  return !has_succeeded(result) && result != CircuitBreaker::Result::nothing;
}

CircuitBreaker::Change CircuitBreaker::record(Result result, ProbeRound round, std::uint64_t row, time_point now,
                                              std::uint64_t random) noexcept {
  if (closed()) return record_closed(result, row, now, random);
  const std::lock_guard lock(mutex_);
  const State state = state_.load(std::memory_order_relaxed);
  if (round == no_round && breaks() && is_only_asked()) return record_asked(result, row, now);
  // This request was sent before the circuit opened. Its success shows that a probe is worth sending now.
  if (round == no_round && state == State::open && has_succeeded(result)) probe_at_ = std::min(probe_at_, now);
  if (round == no_round || round != round_) return Change::none;
  if (state == State::half_open) return record_half_open(result, now, random);
  return state == State::closing ? record_closing(result, row, now, random) : Change::none;
}

// This request was sent before the question whether there is an outage. Its result may answer it before the probe ends.
CircuitBreaker::Change CircuitBreaker::record_asked(Result result, std::uint64_t row, time_point now) noexcept {
  if (has_succeeded(result)) {
    streak_.end();
    probe_at_ = std::min(probe_at_, now);
  }
  if (!is_trouble(result)) return Change::none;
  streak_.note(result, row, now);
  if (!streak_.is_outage(result, now)) return Change::none;
  announced_ = true;
  return Change::opened;
}

CircuitBreaker::Change CircuitBreaker::record_half_open(Result result, time_point now, std::uint64_t random) noexcept {
  if (has_succeeded(result)) streak_.end();
  if (result == Result::proof) return close(now);
  if (result == Result::success) {
    set(State::closing);
    out_ = 0;
    window_ = 2;
    return Change::none;
  }
  if (result == Result::nothing) {
    set(State::open);  // the probe showed nothing: the next one may go at once
    return Change::none;
  }
  open(now, random);
  return announced_.exchange(true, std::memory_order_relaxed) ? Change::none : Change::opened;
}

CircuitBreaker::Change CircuitBreaker::record_closing(Result result, std::uint64_t row, time_point now,
                                                      std::uint64_t random) noexcept {
  out_ -= out_ > 0 ? 1 : 0;
  if (is_trouble(result)) {
    streak_.note(result, row, now);
    if (streak_.distinct_rows() < rows_to_open && !streak_.has_enough_gateways()) return Change::none;
    open(now, random);
    return announced_.exchange(true, std::memory_order_relaxed) ? Change::none : Change::opened;
  }
  if (has_succeeded(result)) {
    streak_.end();
    if (result == Result::proof || ++window_ >= ramp_end) return close(now);
  }
  return Change::none;
}

CircuitBreaker::Change CircuitBreaker::record_closed(Result result, std::uint64_t row, time_point now,
                                                     std::uint64_t random) noexcept {
  if (result == Result::nothing) return Change::none;
  if (has_succeeded(result)) {
    if (failures() != 0) streak_.end();
    return Change::none;
  }
  const std::lock_guard lock(mutex_);
  if (!closed()) return Change::none;
  streak_.note(result, row, now);
  if (!streak_.is_outage(result, now)) return Change::none;
  opened_at_ = now;
  wait_ = first_wait / 2;
  announced_ = streak_.distinct_rows() >= rows_to_open;
  asked_ = false;
  if (announced_) {
    open(now, random);
  } else {
    open_for_probe(now);
  }
  return announced_ ? Change::opened : Change::asks;
}

CircuitBreaker::Change CircuitBreaker::ask_for_proof(time_point now) noexcept {
  const std::lock_guard lock(mutex_);
  const State state = state_.load(std::memory_order_relaxed);
  if (state == State::open || state == State::half_open) return Change::none;
  if (state == State::closed) {
    opened_at_ = now;
    announced_ = false;
    asked_ = true;
    wait_ = first_wait / 2;
  }
  open_for_probe(now);
  return state == State::closed ? Change::asks : Change::none;
}

void CircuitBreaker::Streak::note(Result result, std::uint64_t row, time_point now) noexcept {
  const std::uint32_t failures = failures_.fetch_add(1, std::memory_order_relaxed);
  if (failures == 0) {
    since_ = now;
    gateways_ = 0;
  }
  gateways_ += result == Result::gateway ? 1 : 0;
  rows_[failures % rows_.size()] = row;
}

void CircuitBreaker::Streak::end() noexcept {
  failures_.store(0, std::memory_order_relaxed);
  number_.fetch_add(1, std::memory_order_relaxed);
}

bool CircuitBreaker::Streak::is_outage(Result last, time_point now) const noexcept {
  if (last == Result::refusal) return false;
  const auto lasted = now - since_;
  if (has_enough_gateways() || (gateways_ > 0 && lasted >= failing_for)) return true;
  if (failures() < failures_to_open && lasted < failing_for) return false;
  if (last == Result::throttled && lasted < throttled_for) return false;
  return distinct_rows() >= rows_to_open;
}

std::size_t CircuitBreaker::Streak::distinct_rows() const noexcept {
  auto rows = rows_;
  const auto noted = std::min<std::size_t>(failures(), rows.size());
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(noted);
  std::sort(rows.begin(), end);
  return static_cast<std::size_t>(std::unique(rows.begin(), end) - rows.begin());
}

std::size_t CircuitBreaker::rows_failing() const noexcept {
  const std::lock_guard lock(mutex_);
  return streak_.distinct_rows();
}

void CircuitBreaker::open_for_probe(time_point now) noexcept {
  probe_at_ = now;
  set(State::open);
}

// Jitter: between half of the wait and all of it, so that many clients do not come back at the same time.
void CircuitBreaker::open(time_point now, std::uint64_t random) noexcept {
  wait_ = std::min<std::chrono::nanoseconds>(wait_ * 2, wait_max);
  const auto half = static_cast<std::uint64_t>(wait_.count() / 2);
  probe_at_ = now + std::chrono::nanoseconds(half + random % (half + 1));
  set(State::open);
}

CircuitBreaker::Change CircuitBreaker::close(time_point now) noexcept {
  open_before_.fetch_add((now - opened_at_).count(), std::memory_order_relaxed);
  set(State::closed);
  return announced_ ? Change::closed : Change::proved;
}

std::chrono::nanoseconds CircuitBreaker::time_open(time_point now) const noexcept {
  const std::chrono::nanoseconds before(open_before_.load(std::memory_order_relaxed));
  if (closed()) return before;
  const std::lock_guard lock(mutex_);
  return closed() ? std::chrono::nanoseconds(open_before_.load(std::memory_order_relaxed))
                  : before + (now - opened_at_);
}

CircuitBreaker::time_point CircuitBreaker::probe_at() const noexcept {
  const std::lock_guard lock(mutex_);
  return probe_at_;
}

}  // namespace amend
