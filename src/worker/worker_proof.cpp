// Which refusals are believed (unproven.hpp): kept until something proves them, proved by sending a row again alone.
#include <algorithm>
#include <utility>

#include "worker_impl.hpp"

namespace amend {

// A success that names its customer is the row's own, and so are the responses before it: unless an attempt of the same
// row on this connection may have it still to come.
bool Worker::Impl::proves(const Lane& lane, const RowJob& job) const noexcept {
  return job.doubtful_on != lane.connection || lane.proven > job.ended;
}

// One response too many does not make the same row fail in all its attempts.
bool Worker::Impl::is_believed(const RowJob& job, const AttemptEnd& end) const noexcept {
  return job.must_go_alone || !is_final_refusal(end.meaning);
}

// An ambiguous one may hide that the responses have shifted, and the next row of the same customer would look like a
// success.
void Worker::Impl::note_success(Lane& lane, const RowJob& job, Clock::time_point now) {
  lane.ambiguous = !proves(lane, job);
  if (lane.ambiguous) return;
  lane.proven = now;
  if (!lane.unproven.empty()) end_proven(lane.unproven, now);
}

void Worker::Impl::keep_unproven(Lane& lane, JobNumber number, const Verdict& verdict, wonder::Judgement&& judgement,
                                 Clock::time_point now) {
  park(number);  // it may wait long: its batch must not wait with it
  lane.unproven.emplace_back(number, verdict, std::move(judgement));
  lane.unproven_since = now;
  ++unproven_;
}

void Worker::Impl::end_proven(std::vector<Unproven>& refusals, Clock::time_point now) {
  unproven_ -= refusals.size();
  for (Unproven& refusal : refusals) end_row(refusal.job, refusal.verdict, std::move(refusal.judgement), now);
  refusals.clear();
}

// The responses had shifted: what came for these rows may have been another row's, and theirs a success.
void Worker::Impl::send_again(std::vector<Unproven>& refusals, Clock::time_point now) {
  unproven_ -= refusals.size();
  for (Unproven& refusal : refusals) {
    RowJob& job = jobs_[refusal.job];
    if (job.writes) job.late_from = now;
    setup_.call->lost(job.row, Applied::maybe);
    job.must_go_alone = std::exchange(job.doubted, job.http) != 0;  // a server may send too much with each refusal
    if (may_requeue_free(job, now)) {
      requeue(refusal.job);
    } else {
      const Verdict doubtful = Verdict::give_up(refusal.verdict.status, Applied::maybe);
      end_row(refusal.job, doubtful, std::move(refusal.judgement), now);
    }
  }
  refusals.clear();
}

bool Worker::Impl::may_requeue_free(const RowJob& job, Clock::time_point now) const noexcept {
  return job.free_requeues < free_requeues_max && row_clock(now) <= job.first_sent + setup_.config.deadline.row;
}

// Not this row's fault: the attempt does not count.
void Worker::Impl::requeue(JobNumber number) {
  RowJob& job = jobs_[number];
  setup_.metrics.requeues.add();
  --job.attempts;
  ++job.free_requeues;
  line_up(number);
}

// The row goes alone, on a connection that has carried nothing else; what comes back decides for all on `lane`.
void Worker::Impl::prove_by(Lane& lane, JobNumber number) {
  if (!lane.unproven.empty()) proofs_.emplace_back(number, lane.connection, std::move(lane.unproven));
  lane.unproven.clear();
  go_alone(number);
}

void Worker::Impl::go_alone(JobNumber number) {
  jobs_[number].must_go_alone = true;
  if (jobs_[number].writes) setup_.call->outdated(jobs_[number].row);
  requeue(number);
}

// Nothing more is to come on the connection.
void Worker::Impl::prove_last(Lane& lane, Clock::time_point now) {
  if (lane.requests == 1) return end_proven(lane.unproven, now);
  for (std::size_t proofs = 1; !lane.unproven.empty(); ++proofs) {
    const JobNumber last = lane.unproven.back().job;
    lane.unproven.pop_back();
    --unproven_;
    if (proofs == proofs_at_once) return prove_by(lane, last);
    go_alone(last);
  }
}

// On connections where no later response can prove them, or none has for a while.
void Worker::Impl::prove_overdue(Clock::time_point now) {
  proof_at_ = Clock::time_point::max();
  for (const auto& lane : lanes_) {
    const bool idle = lane->state == LaneState::open && lane->session->in_flight() == 0;
    if (lane->ambiguous && idle) lane->session->close();
    if (lane->unproven.empty() || lane->session->in_flight() > 0) continue;
    const auto due = lane->unproven_since + proof_wait(*lane);
    if (due <= now) {
      prove_last(*lane, now);
    } else {
      proof_at_ = std::min(proof_at_, due);
    }
  }
}

std::chrono::nanoseconds Worker::Impl::proof_wait(const Lane& lane) const noexcept {
  const bool goes_on = has_ready() && setup_.brake.canary().over() && takes_requests(lane);
  if (!goes_on) return surplus_wait;
  return std::max<std::chrono::nanoseconds>(proof_patience, setup_.brake.pace().interval * 2);
}

bool Worker::Impl::takes_requests(const Lane& lane) const noexcept {
  return !lane.ambiguous && lane.unproven.size() < unproven_per_connection_max && unproven_ < unproven_max;
}

// The row that proves others has come to its end.
void Worker::Impl::settle_proof(JobNumber number, bool refused, Clock::time_point now) {
  const auto found = std::ranges::find(proofs_, number, &Proof::job);
  if (found == proofs_.end()) return;
  std::vector<Unproven> refusals = std::move(found->refusals);
  proofs_.erase(found);
  if (refused) {
    end_proven(refusals, now);
  } else {
    send_again(refusals, now);
  }
}

// The connection has brought a response that was not its row's.
void Worker::Impl::doubt_all(Lane& lane, Clock::time_point now) {
  send_again(lane.unproven, now);
  for (Proof& proof : proofs_)
    if (proof.connection == lane.connection) send_again(proof.refusals, now);
}

// The run stops, and nothing more is sent. One response too many can hide only the last row's own.
void Worker::Impl::end_unproven(Clock::time_point now) {
  for (const auto& lane : lanes_) {
    if (lane->unproven.empty()) continue;
    drop(lane->unproven.back().job);
    lane->unproven.pop_back();
    --unproven_;
    end_proven(lane->unproven, now);
  }
  for (Proof& proof : proofs_) end_proven(proof.refusals, now);
  proofs_.clear();
}

// A row under suspicion goes alone: nothing before it on its connection, and nothing behind it until it is answered.
bool Worker::Impl::dispatch_solo(Clock::time_point now) {
  const auto is_fresh = [](const auto& lane) {
    return lane->state == LaneState::open && lane->requests == 0 && lane->session->capacity() > 0;
  };
  const auto fresh = std::ranges::find_if(lanes_, is_fresh);
  if (fresh == lanes_.end()) {
    open_fresh_lane();
    return false;
  }
  if (!may_send(now)) return false;
  for (auto& lane : lanes_)
    if (lane->solo == Solo::reserved) lane->solo = Solo::no;
  Lane& lane = **fresh;
  lane.solo = Solo::running;
  sign(solo_.pop_front(), solo_row_);
  submit(lane, solo_row_, now);
  return true;
}

// One that is not open, or else the least busy one, closed as soon as it is idle.
void Worker::Impl::open_fresh_lane() {
  Lane* reserved = nullptr;
  Lane* asleep = nullptr;
  Lane* least_busy = nullptr;
  for (const auto& lane : lanes_in_use()) {
    if (lane->state == LaneState::opening || lane->state == LaneState::backing_off) return;
    if (lane->state == LaneState::asleep) asleep = lane.get();
    if (lane->solo == Solo::reserved) reserved = lane.get();
    const bool better = !least_busy || lane->session->in_flight() < least_busy->session->in_flight();
    if (lane->solo == Solo::no && better) least_busy = lane.get();
  }
  if (asleep) {
    asleep->state = LaneState::opening;
    asleep->timer.cancel();
    return;
  }
  if (!reserved) reserved = least_busy;
  if (!reserved) return;  // each one carries a row that goes alone
  reserved->solo = Solo::reserved;
  if (reserved->session->in_flight() == 0) reserved->session->close();
}

}  // namespace amend
