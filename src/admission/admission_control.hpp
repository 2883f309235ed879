// Admission control of the whole run: it decides whether a request may be sent now, and what each response changes.
//
// It joins the policies, each with a header of its own, and asks them in this order:
//
//   the operator's pause → canary → circuit breaker → concurrency limit → rate
//
// While the run waits on purpose, the clock of the rows' deadlines is stopped (`clock`).
//
// *Threads.* Any; one object, shared by all workers. *Errors.* None. *Bounds.* Each permit comes back once. *Lifetime.*
// It outlives the workers. *Source.* A policy: time and random bits are arguments.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "admission/canary.hpp"
#include "admission/circuit_breaker.hpp"
#include "admission/concurrency_limit.hpp"
#include "admission/connection_trouble.hpp"
#include "admission/credential_guard.hpp"
#include "admission/rate_control.hpp"
#include "admission/retry_budget.hpp"
#include "admission/retry_policy.hpp"
#include "admission/run_clock.hpp"
#include "amend/config.hpp"

namespace amend {

/// Admission's leave for one request. It comes back once, when the request has ended.
class Permit {
 public:
  Permit() = default;

  CircuitBreaker::ProbeRound round = CircuitBreaker::no_round;
  Canary::Admission admission = Canary::Admission::freely;
};

class AdmissionControl {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// How soon to ask again when others must end first. A response may come sooner: it is a reason to ask, too.
  static constexpr std::chrono::milliseconds look_up{5};

  explicit AdmissionControl(const LoadConfig& load) noexcept;
  AdmissionControl(const AdmissionControl&) = delete;
  AdmissionControl& operator=(const AdmissionControl&) = delete;

  enum class Leave : std::uint8_t {
    go,
    wait,      ///< other requests must end first, the circuit breaker is open, or the operator has paused the run
    too_fast,  ///< the rate, or a Retry-After
  };
  class Decision {
   public:
    Decision(Leave leave_, time_point at_, Permit permit_) noexcept : leave(leave_), at(at_), permit(permit_) {}
    Leave leave;
    time_point at;  ///< if refused: when to ask again; max(): when the worker is woken
    Permit permit;  ///< if admitted
  };

  /// The time before which no request can be sent because of the operator or the server. It is not later than `now`
  /// when a request can be sent. max(): until the worker is woken. Connections are not worth opening before it.
  time_point standing_until(time_point now) const noexcept;

  /// The earliest time at which ask() may let a request go, by the present rate and circuit; not before `now`.
  time_point earliest(time_point now) const noexcept;

  /// Asks for one request. `in_flight`: the requests in flight of the whole run.
  Decision ask(time_point now, std::uint64_t in_flight) noexcept;

  /// An attempt has ended. Each admitted request comes here or to give_back(), once. `row` distinguishes rows.
  class Ended {
   public:
    Ended(Permit permit_, std::uint64_t row_, time_point sent_, std::uint64_t in_flight_) noexcept
        : permit(permit_), row(row_), sent(sent_), in_flight(in_flight_) {}
    Permit permit;
    std::uint64_t row;
    time_point sent;
    std::uint64_t in_flight;  ///< of the whole run when it ended, this one included
  };
  /// `random`: 64 fresh uniform bits.
  CircuitBreaker::Change record(const AttemptEnd& end, const Ended& ended, time_point now,
                                std::uint64_t random) noexcept;
  /// The echo call has ended. It is the probe when every row that is left has failed.
  CircuitBreaker::Change record_echo(CircuitBreaker::Result result, Permit permit, time_point now,
                                     std::uint64_t random) noexcept;
  /// As CircuitBreaker::ask_for_proof.
  CircuitBreaker::Change ask_for_proof(time_point now) noexcept;
  /// Whether an attempt that ends like this now failed because of an outage, not because of its row.
  bool breaks(const AttemptEnd& end) const noexcept;
  /// How long attempts have failed in a row, without pauses; 0: the last one did not fail.
  std::chrono::nanoseconds failing_for(time_point now) const noexcept;
  /// How long the present outage has lasted, without pauses.
  std::chrono::nanoseconds outage_lasted(time_point now) const noexcept;
  /// unreachable(): a connection could not be made, or brought no response. reached(): one has brought a response.
  ConnectionTrouble::Change unreachable(const ConnectFailure& failure, time_point now);
  ConnectionTrouble::Change reached(time_point now);
  const ConnectionTrouble& connections() const noexcept { return connections_; }
  /// How long no connection has brought a response, without pauses; 0: one has since the last failure.
  std::chrono::nanoseconds unreachable_for(time_point now) const noexcept;

  /// Rows wait on purpose until then: for their retry, for an earlier row of their customer, or for the next try to
  /// connect. The run does not count as stalled until then.
  void wait_on_purpose(time_point until) noexcept;
  time_point waits_until() const noexcept {
    return time_point(time_point::duration(waits_until_.load(std::memory_order_relaxed)));
  }

  /// The attempt shows nothing about the API: the request was not sent, or its end was not the API's fault.
  void give_back(Permit permit, time_point now) noexcept;

  /// No request is sent before `until`, which is the end of a Retry-After.
  void hold_until(time_point until, time_point now) noexcept;
  /// Applies the rate-limit fields of a response.
  void follow_server(const RateHints& asked, time_point now) noexcept;

  /// For the operator. The caller of unpause() wakes the workers.
  void pause(time_point now) noexcept;
  void unpause(time_point now) noexcept;
  bool paused() const noexcept { return paused_.load(std::memory_order_acquire); }
  /// A clock that stops while the run is paused. It measures patience with the API, which gets no request in that time.
  time_point awake(time_point now) const noexcept { return awake_.at(now); }
  void set_in_flight_max(std::uint32_t requests) noexcept;
  /// The present limit of requests in flight, of the whole run.
  std::uint32_t in_flight_max() const noexcept;

  RateControl& rate() noexcept { return rate_; }
  const RateControl& rate() const noexcept { return rate_; }
  Canary& canary() noexcept { return canary_; }
  CredentialGuard& refusals() noexcept { return refusals_; }
  const CircuitBreaker& circuit() const noexcept { return circuit_; }
  RetryBudget& budget() noexcept { return budget_; }
  const RetryBudget& budget() const noexcept { return budget_; }
  const RunClock& clock() const noexcept { return clock_; }

 private:
  Decision refuse(Leave leave, time_point at, Permit permit, time_point now) noexcept;
  void adapt(const AttemptEnd& end, const Ended& ended, time_point now) noexcept;
  void follow_circuit(time_point now) noexcept;

  Canary canary_;
  CircuitBreaker circuit_;
  CredentialGuard refusals_;
  RetryBudget budget_;
  ConnectionTrouble connections_;
  RunClock clock_;
  RunClock awake_;
  RateControl rate_;
  ConcurrencyLimit concurrency_;
  const Concurrency concurrency_mode_;
  std::atomic<std::uint32_t> in_flight_max_;  // the limit by connections and pipelines
  std::atomic<bool> paused_{false};
  std::atomic<std::int64_t> failing_since_{0};  // ns on the clock awake_
  std::atomic<bool> unreachable_{false};
  std::atomic<std::int64_t> unreachable_since_{0};  // ns on the clock awake_
  std::atomic<time_point::rep> waits_until_{0};

  mutable std::mutex outage_mutex_;  // guards what follows
  bool in_outage_ = false;
  time_point outage_began_{};  // on the clock `awake_`
};

/// What an attempt shows about the API as a whole, not about its row.
CircuitBreaker::Result result_of(const AttemptEnd& end) noexcept;

}  // namespace amend
