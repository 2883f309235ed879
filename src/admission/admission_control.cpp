#include "admission/admission_control.hpp"

#include <algorithm>

#include "admission/seconds.hpp"
#include "wonder/response_classifier.hpp"

namespace amend {
namespace {

using Signal = AdaptiveRate::Signal;

Signal signal_of(const AttemptEnd& end) noexcept {
  if (is_throttled(end)) return Signal::refused;
  if (is_overloaded(end)) return Signal::overloaded;
  return result_of(end) == CircuitBreaker::Result::success ? Signal::accepted : Signal::nothing;
}

// The rate adapts to a 429. The 429 shows nothing about the number of requests in flight.
ConcurrencyLimit::Signal crowding(Signal signal) noexcept {
  if (signal == Signal::accepted) return ConcurrencyLimit::Signal::answered;
  return signal == Signal::overloaded ? ConcurrencyLimit::Signal::dropped : ConcurrencyLimit::Signal::nothing;
}

}  // namespace

CircuitBreaker::Result result_of(const AttemptEnd& end) noexcept {
  using wonder::ResponseClass;
  if (end.kind == AttemptEnd::Kind::not_processed) return CircuitBreaker::Result::nothing;
  if (end.kind != AttemptEnd::Kind::answered) return CircuitBreaker::Result::failure;
  if (is_throttled(end)) return CircuitBreaker::Result::throttled;
  const bool asks_to_wait = end.retry_after.has_value();
  switch (end.response_class) {
    case ResponseClass::transient:
    case ResponseClass::unusable: return CircuitBreaker::Result::failure;
    case ResponseClass::gateway:
      return is_gateway_refusal(end) && !asks_to_wait ? CircuitBreaker::Result::refusal
                                                      : CircuitBreaker::Result::gateway;
    case ResponseClass::refused:
      return asks_to_wait ? CircuitBreaker::Result::failure : CircuitBreaker::Result::success;
    case ResponseClass::credentials:
      return asks_to_wait ? CircuitBreaker::Result::failure : CircuitBreaker::Result::nothing;
    case ResponseClass::mismatch: return CircuitBreaker::Result::nothing;
    default: return CircuitBreaker::Result::success;
  }
}

AdmissionControl::AdmissionControl(const LoadConfig& load) noexcept
    : canary_(load.canary),
      rate_(load),
      concurrency_(load.connections * load.pipeline),
      concurrency_mode_(load.concurrency),
      in_flight_max_(load.connections * load.pipeline) {}

AdmissionControl::Decision AdmissionControl::ask(time_point now, std::uint64_t in_flight) noexcept {
  Permit permit;
  if (paused()) return Decision(Leave::wait, time_point::max(), permit);
  permit.admission = canary_.admit();
  if (permit.admission == Canary::Admission::no) return Decision(Leave::wait, now + look_up, Permit());
  if (concurrency_mode_ == Concurrency::adaptive && !concurrency_.admits(in_flight))
    return refuse(Leave::wait, now + look_up, permit, now);
  const auto allowed = circuit_.ask(now);
  if (!allowed.go) return refuse(Leave::wait, allowed.at, permit, now);
  permit.round = allowed.round;
  const auto decision = rate_.try_acquire(now);
  if (!decision.go) return refuse(Leave::too_fast, decision.at, permit, now);
  return Decision(Leave::go, now, permit);
}

AdmissionControl::time_point AdmissionControl::earliest(time_point now) const noexcept {
  const auto probe = circuit_.state() == CircuitBreaker::State::open ? circuit_.probe_at() : now;
  return std::max({now, rate_.earliest(), probe});
}

AdmissionControl::Decision AdmissionControl::refuse(Leave leave, time_point at, Permit permit,
                                                    time_point now) noexcept {
  give_back(permit, now);
  return Decision(leave, at, Permit());
}

void AdmissionControl::give_back(Permit permit, time_point now) noexcept {
  if (permit.admission == Canary::Admission::as_canary) canary_.attempt_over();
  if (permit.round != CircuitBreaker::no_round)
    circuit_.record(CircuitBreaker::Result::nothing, permit.round, 0, now, 0);
}

CircuitBreaker::Change AdmissionControl::record(const AttemptEnd& end, const Ended& ended, time_point now,
                                                std::uint64_t random) noexcept {
  if (ended.permit.admission == Canary::Admission::as_canary) canary_.attempt_over();
  adapt(end, ended, now);
  const auto result = result_of(end);
  if (is_trouble(result) && circuit_.failures() == 0)
    failing_since_.store(ns_of(awake(now)), std::memory_order_relaxed);
  const auto change = circuit_.record(result, ended.permit.round, ended.row, now, random);
  if (change != CircuitBreaker::Change::none) follow_circuit(now);
  return change;
}

CircuitBreaker::Change AdmissionControl::record_echo(CircuitBreaker::Result result, Permit permit, time_point now,
                                                     std::uint64_t random) noexcept {
  if (permit.admission == Canary::Admission::as_canary) canary_.attempt_over();
  const auto change = circuit_.record(result, permit.round, 0, now, random);
  if (change != CircuitBreaker::Change::none) follow_circuit(now);
  return change;
}

CircuitBreaker::Change AdmissionControl::ask_for_proof(time_point now) noexcept {
  const auto change = circuit_.ask_for_proof(now);
  if (change != CircuitBreaker::Change::none) follow_circuit(now);
  return change;
}

// It uses the present state of the circuit, not the change: two workers may report two changes in the wrong order.
void AdmissionControl::follow_circuit(time_point now) noexcept {
  const std::lock_guard lock(outage_mutex_);
  const bool in_outage = !circuit_.closed();
  if (in_outage == in_outage_) return;
  in_outage_ = in_outage;
  if (in_outage) {
    outage_began_ = awake(now);
    clock_.stop(RunClock::Reason::outage, now);
  } else {
    clock_.resume(RunClock::Reason::outage, now);
  }
}

std::chrono::nanoseconds AdmissionControl::failing_for(time_point now) const noexcept {
  if (circuit_.failures() == 0) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(ns_of(awake(now)) - failing_since_.load(std::memory_order_relaxed));
}

bool AdmissionControl::breaks(const AttemptEnd& end) const noexcept {
  return is_trouble(result_of(end)) && circuit_.breaks();
}

std::chrono::nanoseconds AdmissionControl::outage_lasted(time_point now) const noexcept {
  const std::lock_guard lock(outage_mutex_);
  return in_outage_ ? awake(now) - outage_began_ : std::chrono::nanoseconds(0);
}

ConnectionTrouble::Change AdmissionControl::unreachable(const ConnectFailure& failure, time_point now) {
  const auto change = connections_.failed(failure, now);
  clock_.stop(RunClock::Reason::unreachable, now);
  if (!unreachable_.exchange(true, std::memory_order_relaxed))
    unreachable_since_.store(ns_of(awake(now) - (now - failure.tried_since)), std::memory_order_relaxed);
  return change;
}

std::chrono::nanoseconds AdmissionControl::unreachable_for(time_point now) const noexcept {
  if (!unreachable_.load(std::memory_order_relaxed)) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(ns_of(awake(now)) - unreachable_since_.load(std::memory_order_relaxed));
}

ConnectionTrouble::Change AdmissionControl::reached(time_point now) {
  constexpr auto none = ConnectionTrouble::Change::none;
  // It reads first: the common case must not write to a cache line that all workers share.
  if (!unreachable_.load(std::memory_order_relaxed)) return none;
  if (!unreachable_.exchange(false, std::memory_order_relaxed)) return none;
  clock_.resume(RunClock::Reason::unreachable, now);
  return connections_.reached(now);
}

AdmissionControl::time_point AdmissionControl::standing_until(time_point now) const noexcept {
  if (paused()) return time_point::max();
  return std::max(now, rate_.held_until());
}

void AdmissionControl::adapt(const AttemptEnd& end, const Ended& ended, time_point now) noexcept {
  const Signal signal = signal_of(end);
  if (concurrency_mode_ == Concurrency::adaptive)
    concurrency_.record(crowding(signal), now - ended.sent, ended.in_flight, ended.sent, now);
  if (!rate_.learns_from(signal) || circuit_.breaks()) return;  // a probe shows nothing about the rate
  rate_.record(signal, ended.sent, ended.in_flight, in_flight_max(), now);
}

// Each worker writes its own time, and the latest counts. It reads first: the common case must not write to a cache
// line that all workers share.
void AdmissionControl::wait_on_purpose(time_point until) noexcept {
  const auto ticks = until.time_since_epoch().count();
  auto known = waits_until_.load(std::memory_order_relaxed);
  while (known < ticks && !waits_until_.compare_exchange_weak(known, ticks, std::memory_order_relaxed)) {
  }
}

void AdmissionControl::hold_until(time_point until, time_point now) noexcept {
  rate_.hold_until(until);
  clock_.hold_until(until, now);
}

void AdmissionControl::follow_server(const RateHints& asked, time_point now) noexcept {
  if (asked.wait.count() > 0) hold_until(now + asked.wait, now);
  rate_.follow_server(asked, now);
}

void AdmissionControl::pause(time_point now) noexcept {
  if (paused_.exchange(true, std::memory_order_acq_rel)) return;
  clock_.stop(RunClock::Reason::paused, now);
  awake_.stop(RunClock::Reason::paused, now);
}

void AdmissionControl::unpause(time_point now) noexcept {
  if (!paused_.exchange(false, std::memory_order_acq_rel)) return;
  clock_.resume(RunClock::Reason::paused, now);
  awake_.resume(RunClock::Reason::paused, now);
}

void AdmissionControl::set_in_flight_max(std::uint32_t requests) noexcept {
  in_flight_max_.store(requests, std::memory_order_relaxed);
  concurrency_.set_cap(requests);
}

std::uint32_t AdmissionControl::in_flight_max() const noexcept {
  const std::uint32_t all = in_flight_max_.load(std::memory_order_relaxed);
  return concurrency_mode_ == Concurrency::adaptive ? std::min(all, concurrency_.limit()) : all;
}

}  // namespace amend
