// Applies the decisions of CircuitBreaker and CredentialGuard to a worker's rows. During an outage of the API rows wait, and
// probes find out whether it is over. Some responses stop the run.
//
// *Threads.* The worker's. *Errors.* What Entropy throws. *Bounds.* --outage-limit or the row deadline bounds
// each wait. *Lifetime.* Functions. *Source.* circuit_breaker.hpp, credential_guard.hpp.
#pragma once

#include "worker_state.hpp"

namespace amend {

/// What follows for a row after an attempt that did not succeed.
enum class NextStep : std::uint8_t {
  retry,
  wait,      ///< in an outage, as a probe; the attempt does not count
  end,       ///< as the retry policy decides
  end_late,  ///< because it has waited for too long
};
NextStep next_step(WorkerState& state, RowJob& job, const AttemptEnd& end, const Verdict& verdict,
                   WorkerState::Clock::time_point now);

/// Call it before a retry that is due. The last attempt of a row is not sent until a request has succeeded since its
/// last failure. Otherwise that attempt would show nothing about the row.
void prove_before_last(WorkerState& state, const RowJob& job, WorkerState::Clock::time_point now);

/// The row waits for its turn as a probe. The attempt does not count, because its failure was not the row's fault.
void wait_out(WorkerState& state, JobNumber number, WorkerState::Clock::time_point now);

void report_change(WorkerState& state, CircuitBreaker::Change change);

/// Stops the run when the responses show that an operator is needed (CredentialGuard). `row`: the row of the request
/// that was sent at `sent`; CredentialGuard::no_row: the echo call.
void look_at_refusals(WorkerState& state, const Response& response, const AttemptEnd& end,
                      const wonder::Classification& classification, std::uint64_t row,
                      WorkerState::Clock::time_point sent);

/// When all rows that are left have failed, their results cannot distinguish an outage from faults of the rows. Then
/// the echo call is the probe.
bool probes_by_echo(const WorkerState& state) noexcept;
/// The echo call has ended: with a response, or without one, with the given `result`.
void take_echo(WorkerState& state, const Response& response, const AttemptEnd& end,
               const wonder::Classification& classification, WorkerState::Clock::time_point now);
void end_echo(WorkerState& state, CircuitBreaker::Result result, WorkerState::Clock::time_point now);

}  // namespace amend
