// When rows wait because the API has an outage, how amend finds out whether it has one, and which responses stop the
// run. What the policies (Circuit, CredentialGuard) decide is applied to a worker's rows here.
//
// *Threads.* The worker's. *Errors.* None: what is wrong stops the run. *Bounds.* No wait without an end: each is
// bounded by --outage-limit or the row deadline. *Lifetime.* Functions. *Source.* circuit.hpp, credential_guard.hpp.
#pragma once

#include "worker_state.hpp"

namespace amend {

/// What follows for a row behind an attempt that did not succeed.
enum class NextStep : std::uint8_t {
  retry,
  wait,      ///< in an outage, as a probe; the attempt does not count
  end,       ///< as the retry policy says
  end_late,  ///< because it has waited for too long
};
NextStep next_step(WorkerState& state, RowJob& job, const AttemptEnd& end, const Verdict& verdict,
                   WorkerState::Clock::time_point now);

/// Before a retry that is due: the last attempt of a row is not sent until a request has succeeded since its failure
/// before. Else that attempt would show nothing of the row.
void prove_before_last(WorkerState& state, const RowJob& job, WorkerState::Clock::time_point now);

/// The row waits for its turn as a probe. The attempt does not count: the row is not to blame.
void wait_out(WorkerState& state, JobNumber number, WorkerState::Clock::time_point now);

void report_change(WorkerState& state, Circuit::Change change);

/// Stops the run when the responses show that an operator is needed (CredentialGuard). `row`: that the request of
/// `sent` was about; CredentialGuard::no_row: the echo call.
void look_at_refusals(WorkerState& state, const Response& response, const AttemptEnd& end,
                      const wonder::Judgement& judgement, std::uint64_t row, WorkerState::Clock::time_point sent);

/// Where all rows that are left have failed, none of them can tell an outage from trouble of its own: then the echo
/// call is the probe.
bool probes_by_echo(const WorkerState& state) noexcept;
/// The echo call has ended: with a response, or without one as `result` says.
void take_echo(WorkerState& state, const Response& response, const AttemptEnd& end, const wonder::Judgement& judgement,
               WorkerState::Clock::time_point now);
void end_echo(WorkerState& state, Circuit::Result result, WorkerState::Clock::time_point now);

}  // namespace amend
