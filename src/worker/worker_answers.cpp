// What comes back: answers, lost connections and deadlines become verdicts, verdicts become outcomes.
#include <algorithm>
#include <cmath>

#include "worker_impl.hpp"

namespace amend {
namespace {

std::string_view code_of(AttemptEnd::Kind kind) noexcept {
  switch (kind) {
    case AttemptEnd::Kind::timeout: return "transport.timeout";
    case AttemptEnd::Kind::protocol: return "transport.protocol";
    case AttemptEnd::Kind::not_processed:
    case AttemptEnd::Kind::closed:
    case AttemptEnd::Kind::answered: break;
  }
  return "transport.closed";
}

AttemptEnd::Kind kind_of(CloseCause cause) noexcept {
  switch (cause) {
    case CloseCause::timeout: return AttemptEnd::Kind::timeout;
    case CloseCause::protocol: return AttemptEnd::Kind::protocol;
    case CloseCause::announced:
    case CloseCause::refused: return AttemptEnd::Kind::not_processed;
    default: return AttemptEnd::Kind::closed;
  }
}

// What was sent and not answered on a connection that ended so.
bool not_processed(CloseCause cause) noexcept { return kind_of(cause) == AttemptEnd::Kind::not_processed; }

Origin origin_of(wonder::Meaning meaning) noexcept {
  using wonder::Meaning;
  switch (meaning) {
    case Meaning::card_refused: return Origin::payment_token;
    case Meaning::guard_mismatch:
    case Meaning::withheld: return Origin::run;
    case Meaning::gateway: return Origin::gateway;
    case Meaning::mismatch: return Origin::transport;
    default: return Origin::api;
  }
}

// Bytes that no request asked for; or a request without a response, which may be the missing one of an earlier request.
bool may_have_shifted(const Lot& lot) noexcept {
  if (lot.closed == CloseCause::protocol) return true;
  const bool without_a_word =
      lot.closed == CloseCause::timeout || lot.closed == CloseCause::lost || lot.closed == CloseCause::ended;
  return without_a_word && !lot.unanswered.empty() && !lot.idle_race;
}

// Null for a plain success.
std::unique_ptr<Remark> remark_of(wonder::Judgement&& judgement) {
  if (judgement.warning.empty() && judgement.drift == 0) return nullptr;
  auto remark = std::make_unique<Remark>();
  remark->warning = std::move(judgement.warning);
  remark->drift = judgement.drift;
  remark->drift_mark = judgement.drift_mark;
  return remark;
}

// The same request, refused again in the same way: so was the one whose refusal was in doubt.
Applied applied_by(const RowJob& job, const Verdict& verdict, bool refused) noexcept {
  const bool in_doubt = job.doubted != 0 && job.writes && !(refused && job.http == job.doubted);
  return in_doubt && verdict.applied == Applied::no ? Applied::maybe : verdict.applied;
}

bool refuses(wonder::Meaning meaning) noexcept {
  using wonder::Meaning;
  return meaning == Meaning::refused || meaning == Meaning::credentials || meaning == Meaning::transient ||
         meaning == Meaning::gateway;
}

// Real proxies answer valid requests so, and servers that close a connection which stood idle: it proves nothing about
// the row (src/README.md §3).
bool refuses_and_closes(const Response& response) noexcept {
  const bool refusal = response.status >= 400 && response.status < 500 && response.status != 408 &&
                       response.status != 425 && response.status != 429;
  return refusal && response.close;
}

}  // namespace

void Worker::Impl::take_lot(Lane& lane, const Lot& lot) {
  const auto now = Clock::now();
  wall_clock_ = std::chrono::system_clock::now();
  if (!lot.answers.empty()) {
    gathering_.answered(lot.answers.size(), now - sent_at(lot.answers.back().tag));
    on_response(lane, now);
  }
  bool trusted = true;
  for (std::size_t i = 0; i < lot.answers.size(); ++i) {
    if (lane.solo == Solo::running) lane.solo = Solo::no;
    if (lot.answers[i].tag == echo_tag) {
      take_echo(lot.answers[i].response, now);
      continue;
    }
    if (trusted) {
      trusted = take_answer(lane, lot.answers[i], now);
      continue;
    }
    // Behind an answer about another customer: it may belong to anybody (src/README.md §3).
    requeue_free(lot.answers[i].tag, CloseCause::protocol,
                 "an earlier response on this connection was about another customer: amend ignores this response", now);
  }
  if (!trusted) {
    doubt_all(lane, now);
    lane.session->distrust();
    lane.failures = 1;  // a server that swaps answers is not called again at once
  }
  if (lot.closed == CloseCause::open) return;
  lane.solo = Solo::no;
  if (lot.depth_fell)
    setup_.control.notice(
        "the server responds only to the first of several requests on a connection: amend now sends one at a time "
        "(--pipeline 1)");
  if (may_have_shifted(lot)) doubt_all(lane, now);
  if (!lane.unproven.empty()) prove_last(lane, now);
  take_loss(lot, now);
}

Worker::Impl::Clock::time_point Worker::Impl::sent_at(JobNumber tag) const noexcept {
  return tag == echo_tag ? echo_.sent : jobs_[tag].sent;
}

// False: the answer was about another customer, nothing that follows on this connection can be believed.
bool Worker::Impl::take_answer(Lane& lane, const Answer& answer, Clock::time_point now) {
  RowJob& job = jobs_[answer.tag];
  const Response& response = answer.response;
  setup_.metrics.in_flight.subtract();
  service_times_.record(now - job.sent);
  setup_.control.answered(setup_.brake.awake(now));
  job.http = response.status;
  const auto retry_after = parse_retry_after(response.retry_after, response.date, wall_clock_);
  if (lane.requests > 1 && refuses_and_closes(response)) {
    if (retry_after) obey_retry_after(*retry_after, now);
    return_permit(job, now);
    prove_by(lane, answer.tag);
    return true;
  }

  wonder::Judgement judgement = setup_.call->judge(response, job.row);
  const auto end = AttemptEnd::answered(judgement.meaning, response.status, retry_after);
  obey_server(response, end, now);
  look_at_refusals(response, end, judgement, job.row->position.row, job.sent);
  if (judgement.meaning == wonder::Meaning::guard_mismatch)
    setup_.control.stop(StopCause::guard,
                        "row " + std::to_string(job.row->position.row) + " (line " +
                            std::to_string(job.row->position.line) +
                            "): the customer's reference_number differs from the one in the row (--guard). The ids "
                            "of this file may belong to other customers");
  if (names_the_customer(judgement.meaning)) note_success(lane, job, now);
  if (judgement.meaning == wonder::Meaning::go_on) {
    go_on(answer.tag, end, now);
    return true;
  }
  const bool mismatch = judgement.meaning == wonder::Meaning::mismatch;
  conclude(&lane, answer.tag, end, std::move(judgement), now);
  return !mismatch;
}

// What went well costs the row no attempt; those that did not stay counted.
void Worker::Impl::go_on(JobNumber number, const AttemptEnd& end, Clock::time_point now) {
  RowJob& job = jobs_[number];
  record_end(job, end, now);
  setup_.brake.budget().give_back(std::max(job.retry_cost, RetryBudget::first_success));
  job.retry_cost = 0;
  --job.attempts;
  job.went_on = now;
  line_up(number);
}

// Retry-After is the clearer word: with it the rate-limit fields are not looked at. It is obeyed whatever was refused.
void Worker::Impl::obey_server(const Response& response, const AttemptEnd& end, Clock::time_point now) {
  if (end.retry_after && refuses(end.meaning)) return obey_retry_after(*end.retry_after, now);
  if (!response.has_rate_fields) return;
  ServerPace asked = read_server_pace(response.head, response.date, setup_.metrics.in_flight.value());
  asked.wait = std::min(asked.wait, setup_.config.retry.retry_after_max);
  setup_.brake.heed(asked, now);
  if (asked.wait.count() > 0) setup_.metrics.throttle_until(now + asked.wait);
}

void Worker::Impl::obey_retry_after(std::chrono::milliseconds wait, Clock::time_point now) {
  const auto until = now + std::min(wait, setup_.config.retry.retry_after_max);
  setup_.brake.hold_until(until, now);
  setup_.metrics.throttle_until(until);
}

void Worker::Impl::take_loss(const Lot& lot, Clock::time_point now) {
  const bool somebody_is_to_blame = !not_processed(lot.closed) && lot.closed != CloseCause::local && !lot.idle_race;
  for (std::size_t i = 0; i < lot.unanswered.size(); ++i) {
    const JobNumber number = lot.unanswered[i];
    if (number == echo_tag) {
      end_echo(somebody_is_to_blame ? Circuit::Result::failure : Circuit::Result::nothing, now);
    } else if (somebody_is_to_blame && i == 0) {
      lose(number, lot.closed, lot.text, now);
    } else {
      requeue_free(number, lot.closed, lot.text, now);
    }
  }
}

// The attempt counts, and nobody knows what became of it; only an announced close says that it was not processed.
void Worker::Impl::lose(JobNumber number, CloseCause cause, std::string_view text, Clock::time_point now) {
  RowJob& job = jobs_[number];
  setup_.metrics.in_flight.subtract();
  job.http = 0;
  const auto kind = kind_of(cause);
  setup_.call->lost(job.row, not_processed(cause) ? Applied::no : Applied::maybe);
  wonder::Judgement judgement(wonder::Meaning::unusable, std::string(code_of(kind)), std::string(text));
  conclude(nullptr, number, AttemptEnd::without_answer(kind), std::move(judgement), now);
}

// Not this row's fault: the attempt does not count, but that has an end.
void Worker::Impl::requeue_free(JobNumber number, CloseCause cause, std::string_view text, Clock::time_point now) {
  RowJob& job = jobs_[number];
  if (!may_requeue_free(job, now) && cause != CloseCause::local) return lose(number, cause, text, now);
  return_permit(job, now);
  setup_.metrics.in_flight.subtract();
  if (!not_processed(cause) && job.writes) {
    job.applied_maybe = true;
    job.late_from = now;
  }
  setup_.call->lost(job.row, not_processed(cause) ? Applied::no : Applied::maybe);
  requeue(number);
}

// `lane`: that the response came on; null: there was none.
void Worker::Impl::conclude(Lane* lane, JobNumber number, const AttemptEnd& end, wonder::Judgement&& judgement,
                            Clock::time_point now) {
  RowJob& job = jobs_[number];
  record_end(job, end, now);
  if (job.writes && may_be_applied_late(end)) job.late_from = now;
  const RowState state(job.attempts, job.first_sent, job.applied_maybe, job.throttled);
  Verdict verdict = retry_.decide(end, state, row_clock(now), entropy_.next());
  if (!job.writes) verdict = verdict.of_a_read(job.applied_maybe ? Applied::maybe : Applied::no);
  if (verdict.kind == Verdict::Kind::done) {
    setup_.brake.budget().give_back(std::max(job.retry_cost, RetryBudget::first_success));
    return end_row(number, verdict, std::move(judgement), now);
  }
  if (lane && !names_the_customer(end.meaning)) job.doubtful_on = lane->connection;
  setup_.control.failed(judgement.code, judgement.text);
  const Next next = next_step(job, end, verdict, now);
  if (next == Next::end_late) verdict = last_word(job, end, now);
  if (next == Next::end && lane && !is_believed(job, end))
    return keep_unproven(*lane, number, verdict, std::move(judgement), now);
  if (next == Next::end || next == Next::end_late) return end_row(number, verdict, std::move(judgement), now);
  job.applied_maybe = verdict.applied == Applied::maybe;
  if (setup_.control.draining()) return drop(number);
  park(number);
  if (next == Next::wait) return wait_out(number, now);
  if (is_throttled(end)) {
    ++job.throttled;
    --job.attempts;
    setup_.metrics.requeues.add();
  } else {
    setup_.metrics.retries.add();
  }
  job.retry_cost = is_throttled(end) ? RetryBudget::throttle_cost : RetryBudget::transient_cost;
  retries_.push(number, verdict.retry_at + setup_.brake.clock().stood_still(now));
}

void Worker::Impl::record_end(RowJob& job, const AttemptEnd& end, Clock::time_point now) {
  job.ended = now;
  // The metric has let go of it already.
  const Brake::Ended ended(std::exchange(job.permit, Permit()), job.row->position.row, job.sent,
                           setup_.metrics.in_flight.value() + 1);
  if (is_throttled(end)) setup_.metrics.throttled.add();
  if (is_overloaded(end)) setup_.metrics.overloaded.add();
  const std::uint64_t random = is_trouble(result_of(end)) ? entropy_.next() : 0;
  report_change(setup_.brake.record(end, ended, now, random));
  if (is_throttled(end) && setup_.brake.take_slowed_down())
    setup_.control.notice(
        "the API returns 429 (too many requests) at this rate: slowing down to the rate that it accepts");
  if (const double share = setup_.brake.take_constant_share(); share > 0)
    setup_.control.notice(
        std::to_string(std::max(1L, std::lround(share * 100))) +
        " % of the responses are 429 at every rate, so the rate is not the cause: amend returns to the "
        "configured rate and retries these rows");
}

void Worker::Impl::return_permit(RowJob& job, Clock::time_point now) {
  setup_.brake.give_back(std::exchange(job.permit, Permit()), now);
}

void Worker::Impl::end_row(JobNumber number, const Verdict& verdict, wonder::Judgement&& judgement,
                           Clock::time_point now) {
  RowJob& job = jobs_[number];
  if (job.parked) parked_bytes_ -= job.row.batch()->bytes();
  setup_.call->ended(job.row);
  const bool tells_of_the_rest = judgement.meaning != wonder::Meaning::withheld;
  const bool refused = verdict.kind == Verdict::Kind::give_up && is_final_refusal(judgement.meaning);
  Outcome& outcome = outcomes_.emplace_back(std::move(job.row), verdict.status);
  outcome.applied = applied_by(job, verdict, refused);
  outcome.http = job.http;
  outcome.attempts = static_cast<std::uint16_t>(std::min<std::uint32_t>(job.attempts, 65'535));
  outcome.request_id = job.request_id;
  outcome.at = wall_clock_;
  outcome.service = job.ended - job.sent;
  if (const auto until = late_until(job); until > now)
    outcome.late_until = wall_clock_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(until - now);
  if (verdict.kind == Verdict::Kind::give_up) {
    const Origin origin = job.http == 0 ? Origin::transport : origin_of(judgement.meaning);
    outcome.reason = std::make_unique<Reason>(std::move(judgement.code), std::move(judgement.text), origin);
  } else {
    if (job.waited_for_late && judgement.warning.empty())
      judgement.warning =
          "an earlier request of this customer got no final response. This row waited for --timeout, but the API "
          "may still apply the earlier request and overwrite the values of this row. Check them later with `amend "
          "verify`";
    outcome.remark = remark_of(std::move(judgement));
  }
  if (tells_of_the_rest) judge_canary(outcome);
  release(number, now);
  if (!proofs_.empty()) settle_proof(number, refused, now);
}

// The first rows speak for all others.
void Worker::Impl::judge_canary(const Outcome& outcome) {
  Canary& canary = setup_.brake.canary();
  if (canary.row_ended(outcome.status) != Canary::Judgement::stop) return;
  const std::string last =
      outcome.reason ? "; the last failure: " + outcome.reason->code + ": " + outcome.reason->text : std::string();
  setup_.control.stop(StopCause::failures, canary.describe() + last +
                                               "; amend does not send the other rows (use --canary off to send them)");
}

void Worker::Impl::release(JobNumber number, Clock::time_point now) {
  RowJob& job = jobs_[number];
  const auto next = gate_.release(number, now, late_until(job));
  jobs_.give_back(number);
  if (next) fresh_.push_back(*next);
}

// Until when an attempt of the row may be applied: no newer row of the customer is sent before.
Worker::Impl::Clock::time_point Worker::Impl::late_until(const RowJob& job) const noexcept {
  if (job.late_from == Clock::time_point{}) return Clock::time_point::min();
  return job.late_from + setup_.config.deadline.answer;
}

void Worker::Impl::report() { setup_.outcomes.push(outcomes_); }

}  // namespace amend
