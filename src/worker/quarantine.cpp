#include "quarantine.hpp"

#include <algorithm>
#include <utility>

namespace amend {
namespace {

// How long a connection without a request in flight is watched for a surplus response before a row is sent again.
constexpr std::chrono::milliseconds surplus_wait{100};
// The same, while another request on the connection will follow soon. At slow rates it is two intervals.
constexpr std::chrono::milliseconds proof_patience{1'000};

// A success that names its customer belongs to the row, and so the responses before it belong to their rows. The
// exception: the response to an earlier attempt of the row may still be due on this connection.
bool proves(const Connection& connection, const RowJob& job) noexcept {
  return job.doubtful_on != connection.number || connection.proven > job.ended;
}

}  // namespace

// An ambiguous success may hide that the responses have shifted: then the next row of the same customer would look like
// a success.
void Quarantine::note_success(Connection& connection, const RowJob& job, time_point now) {
  connection.ambiguous = !proves(connection, job);
  if (connection.ambiguous) return;
  connection.proven = now;
  if (!connection.unproven.empty()) end_proven(connection.unproven, now);
}

void Quarantine::keep(Connection& connection, JobNumber number, const Verdict& verdict,
                      wonder::Classification&& classification, time_point now) {
  state_.park(number);  // it may wait long: its batch must not wait with it
  connection.unproven.emplace_back(number, verdict, std::move(classification));
  connection.unproven_since = now;
  ++connections_.unproven;
}

void Quarantine::end_row(JobNumber number, const Verdict& verdict, wonder::Classification&& classification,
                         time_point now) {
  const wonder::ResponseClass response_class = classification.response_class;
  state_.end_row(number, verdict, std::move(classification), now);
  if (!proofs_.empty()) settle(number, response_class, verdict.kind, now);
}

// The row may be one whose response proves others.
void Quarantine::settle(JobNumber number, wonder::ResponseClass response_class, Verdict::Kind kind, time_point now) {
  const auto found = std::ranges::find(proofs_, number, &Proof::job);
  if (found == proofs_.end()) return;
  std::vector<Unproven> refusals = std::move(found->refusals);
  proofs_.erase(found);
  if (kind == Verdict::Kind::give_up && is_final_refusal(response_class)) {
    end_proven(refusals, now);
  } else {
    send_again(refusals, now);
  }
}

void Quarantine::end_proven(std::vector<Unproven>& refusals, time_point now) {
  connections_.unproven -= refusals.size();
  for (Unproven& refusal : refusals) end_row(refusal.job, refusal.verdict, std::move(refusal.classification), now);
  refusals.clear();
}

// The responses had shifted: the response for such a row may belong to another row, and its own may be a success.
void Quarantine::send_again(std::vector<Unproven>& refusals, time_point now) {
  connections_.unproven -= refusals.size();
  for (Unproven& refusal : refusals) {
    RowJob& job = state_.jobs[refusal.job];
    if (job.writes) job.late_from = now;
    state_.call->lost(job.row, Applied::maybe);
    job.must_go_alone = std::exchange(job.doubted, job.http) != 0;  // each refusal may bring a surplus response
    if (state_.may_requeue_free(job, now)) {
      state_.requeue(refusal.job);
    } else {
      const Verdict doubtful = Verdict::give_up(refusal.verdict.status, Applied::maybe);
      end_row(refusal.job, doubtful, std::move(refusal.classification), now);
    }
  }
  refusals.clear();
}

// The row is sent on a fresh connection, which carries no other request.
void Quarantine::prove_by(Connection& connection, JobNumber number) {
  if (!connection.unproven.empty()) proofs_.emplace_back(number, connection.number, std::move(connection.unproven));
  connection.unproven.clear();
  go_alone(number);
}

void Quarantine::go_alone(JobNumber number) {
  RowJob& job = state_.jobs[number];
  job.must_go_alone = true;
  if (job.writes) state_.call->outdated(job.row);
  state_.requeue(number);
}

void Quarantine::prove_last(Connection& connection, time_point now) {
  if (connection.requests == 1) return end_proven(connection.unproven, now);
  for (std::size_t proofs = 1; !connection.unproven.empty(); ++proofs) {
    const JobNumber last = connection.unproven.back().job;
    connection.unproven.pop_back();
    --connections_.unproven;
    if (proofs == proofs_at_once) return prove_by(connection, last);
    go_alone(last);
  }
}

void Quarantine::prove_overdue(time_point now) {
  due_ = time_point::max();
  for (const auto& connection : connections_.all()) {
    if (connection->ambiguous && connection->is_idle()) connection->session->close();
    if (connection->unproven.empty() || connection->session->in_flight() > 0) continue;
    const auto due = connection->unproven_since + patience(*connection);
    if (due <= now) {
      prove_last(*connection, now);
    } else {
      due_ = std::min(due_, due);
    }
  }
}

std::chrono::nanoseconds Quarantine::patience(const Connection& connection) const noexcept {
  const bool carries_more =
      state_.has_ready() && state_.admission.canary().over() && connections_.takes_requests(connection);
  if (!carries_more) return surplus_wait;
  return std::max<std::chrono::nanoseconds>(proof_patience, state_.admission.rate().in_force().interval * 2);
}

void Quarantine::doubt_all(Connection& connection, time_point now) {
  send_again(connection.unproven, now);
  for (Proof& proof : proofs_)
    if (proof.connection == connection.number) send_again(proof.refusals, now);
}

// One surplus response can hide only the last row's own response.
void Quarantine::end_all(time_point now) {
  for (const auto& connection : connections_.all()) {
    if (connection->unproven.empty()) continue;
    state_.drop(connection->unproven.back().job);
    connection->unproven.pop_back();
    --connections_.unproven;
    end_proven(connection->unproven, now);
  }
  for (Proof& proof : proofs_) end_proven(proof.refusals, now);
  proofs_.clear();
}

}  // namespace amend
