#include "worker_state.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "queue/batch_pool.hpp"

namespace amend {
namespace {

// Customers whose last request may be applied late and that have no further row here. Above this number all later
// customers wait.
constexpr std::uint32_t late_customers_max = 16'384;
// A row is sent again up to this often without counting an attempt, within the row deadline. Then each lost connection
// counts as an attempt.
constexpr std::uint32_t free_requeues_max = 64;

Origin origin_of(wonder::ResponseClass response_class) noexcept {
  using wonder::ResponseClass;
  switch (response_class) {
    case ResponseClass::card_refused: return Origin::payment_token;
    case ResponseClass::guard_mismatch:
    case ResponseClass::withheld: return Origin::run;
    case ResponseClass::gateway: return Origin::gateway;
    case ResponseClass::mismatch: return Origin::transport;
    default: return Origin::api;
  }
}

// Returns null for a plain success.
std::unique_ptr<Remark> remark_of(const RowJob& job, wonder::Classification&& classification) {
  if (job.waited_for_late && classification.warning.empty())
    classification.warning =
        "an earlier request of this customer got no final response. This row waited for --timeout, but the API may "
        "still apply the earlier request and overwrite the values of this row. Check them later with `amend verify`";
  if (classification.warning.empty() && classification.drift == 0) return nullptr;
  auto remark = std::make_unique<Remark>();
  remark->warning = std::move(classification.warning);
  remark->drift = classification.drift;
  remark->drift_mark = classification.drift_mark;
  return remark;
}

// The same request was refused again in the same way. So the request whose refusal was in doubt was refused, too.
Applied applied_by(const RowJob& job, const Verdict& verdict, wonder::ResponseClass response_class) noexcept {
  const bool refused = verdict.kind == Verdict::Kind::give_up && is_final_refusal(response_class);
  const bool in_doubt = job.doubted != 0 && job.writes && !(refused && job.http == job.doubted);
  return in_doubt && verdict.applied == Applied::no ? Applied::maybe : verdict.applied;
}

}  // namespace

WorkerState::WorkerState(WorkerSetup setup)
    : WorkerSetup(std::move(setup)),
      retry_policy(config.retry, config.deadline.row),
      jobs(connections * config.load.pipeline + jobs_waiting_max),
      gate(jobs.capacity(), late_customers_max),
      retries(jobs.capacity()),
      fresh(jobs),
      again(jobs),
      alone(jobs),
      signed_requests(config.load.pipeline / 2) {}

std::uint64_t WorkerState::rows_left() const noexcept {
  if (!input_drained) return std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t ended_rows = metrics.rows_ended();
  const std::uint64_t read = metrics.rows_read.value();
  return read > ended_rows ? read - ended_rows : 0;
}

void WorkerState::park(JobNumber number) {
  RowJob& job = jobs[number];
  if (job.parked) return;
  job.row = detach(job.row);
  job.parked = true;
  parked_bytes += job.row.batch()->bytes();
}

bool WorkerState::may_requeue_free(const RowJob& job, Clock::time_point now) const noexcept {
  return job.free_requeues < free_requeues_max && row_clock(now) <= job.first_sent + config.deadline.row;
}

void WorkerState::requeue(JobNumber number) {
  RowJob& job = jobs[number];
  metrics.requeues.add();
  --job.attempts;
  ++job.free_requeues;
  line_up(number);
}

void WorkerState::drop(JobNumber number) {
  if (jobs[number].parked) parked_bytes -= jobs[number].row.batch()->bytes();
  jobs.give_back(number);
  ++rows_dropped;
}

void WorkerState::end_row(JobNumber number, const Verdict& verdict, wonder::Classification&& classification,
                          Clock::time_point now) {
  RowJob& job = jobs[number];
  const wonder::ResponseClass response_class = classification.response_class;
  const auto late_end = late_until(job);
  if (job.parked) parked_bytes -= job.row.batch()->bytes();
  call->ended(job.row);
  Outcome& outcome = ended.emplace_back(std::move(job.row), verdict.status);
  outcome.applied = applied_by(job, verdict, response_class);
  outcome.http = job.http;
  outcome.attempts = static_cast<std::uint16_t>(std::min<std::uint32_t>(job.attempts, 65'535));
  outcome.request_id = job.request_id;
  outcome.at = wall_clock;
  outcome.service = job.ended - job.sent;
  if (late_end > now)
    outcome.late_until = wall_clock + std::chrono::duration_cast<std::chrono::system_clock::duration>(late_end - now);
  if (verdict.kind == Verdict::Kind::give_up) {
    const Origin origin = job.http == 0 ? Origin::transport : origin_of(response_class);
    outcome.reason = std::make_unique<Reason>(std::move(classification.code), std::move(classification.text), origin);
  } else {
    outcome.remark = remark_of(job, std::move(classification));
  }
  if (response_class != wonder::ResponseClass::withheld) judge_canary(outcome);
  const auto next = gate.release(number, now, late_end);
  jobs.give_back(number);
  if (next) fresh.push_back(*next);
}

// The first rows decide for all others.
void WorkerState::judge_canary(const Outcome& outcome) {
  Canary& canary = admission.canary();
  if (canary.row_ended(outcome.status) != Canary::Decision::stop) return;
  const std::string last =
      outcome.reason ? "; the last failure: " + outcome.reason->code + ": " + outcome.reason->text : std::string();
  control.stop(StopCause::failures,
               canary.describe() + last + "; amend does not send the other rows (use --canary off to send them)");
}

// The time until which an attempt of the row may be applied. No newer row of the customer is sent before it.
WorkerState::Clock::time_point WorkerState::late_until(const RowJob& job) const noexcept {
  if (job.late_from == Clock::time_point{}) return Clock::time_point::min();
  return job.late_from + config.deadline.response;
}

}  // namespace amend
