#include "response_handler.hpp"

#include <algorithm>
#include <cmath>

#include "outage.hpp"
#include "transport/stop_cause.hpp"
#include "wonder/envelope.hpp"
#include "wonder/gateway_response.hpp"

namespace amend {
namespace {

AttemptEnd::Kind kind_of(CloseCause cause) noexcept {
  switch (cause) {
    case CloseCause::timeout: return AttemptEnd::Kind::timeout;
    case CloseCause::protocol: return AttemptEnd::Kind::protocol;
    case CloseCause::announced:
    case CloseCause::refused: return AttemptEnd::Kind::not_processed;
    default: return AttemptEnd::Kind::closed;
  }
}

// Only an announced close shows that a request without a response was not processed.
Applied applied_on(CloseCause cause) noexcept {
  return kind_of(cause) == AttemptEnd::Kind::not_processed ? Applied::no : Applied::maybe;
}

// The server, or the way to it, caused the end, so the oldest unanswered request is lost.
bool is_a_loss(const Received& received) noexcept {
  return applied_on(received.closed) == Applied::maybe && received.closed != CloseCause::local && !received.idle_race;
}

// Bytes without a request. Or a request without a response: its response may have been taken for an earlier request.
bool may_have_shifted(const Received& received) noexcept {
  if (received.closed == CloseCause::protocol) return true;
  const bool is_silent = received.closed == CloseCause::timeout || received.closed == CloseCause::lost ||
                         received.closed == CloseCause::ended;
  return is_silent && !received.unanswered.empty() && !received.idle_race;
}

bool refuses(wonder::ResponseClass response_class) noexcept {
  using wonder::ResponseClass;
  return response_class == ResponseClass::refused || response_class == ResponseClass::credentials ||
         response_class == ResponseClass::transient || response_class == ResponseClass::gateway;
}

// Real proxies respond to valid requests like this, and so do servers that close an idle connection. It proves nothing
// about the row (src/README.md §3).
bool refuses_and_closes(const Response& response) noexcept {
  const bool refusal = response.status >= 400 && response.status < 500 && response.status != 408 &&
                       response.status != 425 && response.status != 429;
  return refusal && response.close;
}

// A page of a gateway may be a JSON object, too: it proves nothing.
wonder::Classification classify_echo(wonder::ResponseClassifier& classify, const Response& response) {
  auto classification = classify.classify_echo(response);
  if (classification.response_class != wonder::ResponseClass::success || wonder::is_api_envelope(response.body))
    return classification;
  return wonder::Classification(wonder::ResponseClass::gateway, "answer.not_customer",
                                wonder::describe_gateway_response(response));
}

// One surplus response does not make the same row fail in all its attempts.
bool is_believed(const RowJob& job, const AttemptEnd& end) noexcept {
  return job.must_go_alone || !is_final_refusal(end.response_class);
}

}  // namespace

void ResponseHandler::take_batch(Connection& connection, const Received& received, Clock::time_point now) {
  state_.wall_clock = std::chrono::system_clock::now();
  if (!received.responses.empty()) {
    note_response(connection, received, now);
    take_responses(connection, received, now);
  }
  if (received.closed != CloseCause::open) take_end(connection, received, now);
}

void ResponseHandler::note_response(Connection& connection, const Received& received, Clock::time_point now) {
  const JobNumber last = received.responses.back().tag;
  gathering.received(received.responses.size(), now - (last == echo_tag ? state_.probe.sent : state_.jobs[last].sent));
  connection.responded = true;
  connections_.follow(connection, Connections::Event::responded, now);
  if (state_.admission.reached(now) == ConnectionTrouble::Change::ended)
    state_.control.notice(end_notice(state_.admission.connections().view(now)));
}

void ResponseHandler::take_responses(Connection& connection, const Received& received, Clock::time_point now) {
  if (connection.alone == Connection::Alone::running) connection.alone = Connection::Alone::no;
  bool trusted = true;
  for (const TaggedResponse& answer : received.responses) {
    if (answer.tag == echo_tag) {
      take_echo_response(answer.response, now);
    } else if (trusted) {
      trusted = take_response(connection, answer, now);
    } else {
      // A response after one for another customer may belong to any row (src/README.md §3).
      Received behind;
      behind.closed = CloseCause::protocol;
      behind.text = "an earlier response on this connection was about another customer: amend ignores this response";
      requeue_free(answer.tag, behind, now);
    }
  }
  if (trusted) return;
  quarantine_.doubt_all(connection, now);
  connection.session->distrust();
  // A server that swaps responses is not called again at once.
  connections_.follow(connection, Connections::Event::distrusted, now);
}

void ResponseHandler::take_end(Connection& connection, const Received& received, Clock::time_point now) {
  connection.alone = Connection::Alone::no;
  if (received.depth_fell)
    state_.control.notice(
        "the server responds only to the first of several requests on a connection: amend now sends one at a time "
        "(--pipeline 1)");
  if (may_have_shifted(received)) quarantine_.doubt_all(connection, now);
  if (!connection.unproven.empty()) quarantine_.prove_last(connection, now);
  take_losses(received, now);
  if (state_.finished) return;
  const std::string peer = connection.session->peer();
  if (received.closed == CloseCause::refused)
    return take_failure(connection, OpenError::client_certificate_refused, peer + ": " + std::string(received.text),
                        now);
  // The end of a connection without a request shows nothing.
  if (connection.requests == 0 || connection.responded || received.closed == CloseCause::local) return;
  take_failure(connection, OpenError::broken_off,
               peer + ": connections end without a response: " + std::string(received.text), now);
}

// Rows wait for a connection, but not for ever.
void ResponseHandler::take_failure(Connection& connection, OpenError error, const std::string& text,
                                   Clock::time_point now) {
  const auto& deadline = state_.config.deadline;
  const bool has_begun = state_.control.ever_answered();
  const auto patience = has_begun ? deadline.outage : std::min(deadline.first_connect, deadline.outage);
  const bool was_opening = connection.state.phase == Connections::Phase::opening;
  const ConnectFailure failure(error, text, was_opening ? connection.state.at : now, patience);
  const auto change = state_.admission.unreachable(failure, now);
  connections_.follow(connection, Connections::Event::failed, now);
  const bool is_hopeless = has_begun ? is_refusal(error) : is_refusal_at_start(error);
  if (is_hopeless || state_.admission.unreachable_for(now) >= patience)
    return state_.control.stop(stop_cause_of(error), text);
  if (change == ConnectionTrouble::Change::began)
    state_.control.notice(begin_notice(state_.admission.connections().view(now)));
}

// Returns false when the response was for another customer: then later ones on this connection cannot be believed.
bool ResponseHandler::take_response(Connection& connection, const TaggedResponse& answer, Clock::time_point now) {
  RowJob& job = state_.jobs[answer.tag];
  const Response& response = answer.response;
  state_.metrics.in_flight.subtract();
  state_.service_times.record(now - job.sent);
  state_.control.answered(state_.admission.awake(now));
  job.http = response.status;
  const auto retry_after = parse_retry_after(response.retry_after, response.date, state_.wall_clock);
  if (connection.requests > 1 && refuses_and_closes(response)) {
    if (retry_after) obey_retry_after(*retry_after, now);
    state_.admission.give_back(std::exchange(job.permit, Permit()), now);
    quarantine_.prove_by(connection, answer.tag);
    return true;
  }

  wonder::Classification classification = state_.call->classify(response, job.row);
  const auto end = AttemptEnd::answered(classification.response_class, response.status, retry_after);
  obey_server(response, end, now);
  look_at_refusals(state_, response, end, classification, job.row->position.row, job.sent);
  if (classification.response_class == wonder::ResponseClass::guard_mismatch)
    state_.control.stop(StopCause::guard,
                        "row " + std::to_string(job.row->position.row) + " (line " +
                            std::to_string(job.row->position.line) +
                            "): the customer's reference_number differs from the one in the row (--guard). The ids "
                            "of this file may belong to other customers");
  if (names_the_customer(classification.response_class)) quarantine_.note_success(connection, job, now);
  if (classification.response_class == wonder::ResponseClass::next_request) {
    send_next_request(answer.tag, end, now);
    return true;
  }
  const bool mismatch = classification.response_class == wonder::ResponseClass::mismatch;
  conclude(&connection, answer.tag, end, std::move(classification), now);
  return !mismatch;
}

void ResponseHandler::take_echo_response(const Response& response, Clock::time_point now) {
  state_.control.answered(state_.admission.awake(now));
  const auto classification = classify_echo(state_.probe.classify, response);
  const auto retry_after = parse_retry_after(response.retry_after, response.date, state_.wall_clock);
  const auto end = AttemptEnd::answered(classification.response_class, response.status, retry_after);
  obey_server(response, end, now);
  take_echo(state_, response, end, classification, now);
}

// A request that succeeded does not count as an attempt. Requests of the row that failed still count.
void ResponseHandler::send_next_request(JobNumber number, const AttemptEnd& end, Clock::time_point now) {
  RowJob& job = state_.jobs[number];
  record_end(job, end, now);
  state_.admission.budget().give_back(std::max(job.retry_cost, RetryBudget::first_success));
  job.retry_cost = 0;
  --job.attempts;
  job.went_on = now;
  state_.line_up(number);
}

// Retry-After is clearer than the rate-limit fields, so these are ignored then. The run obeys it for any kind of
// refusal.
void ResponseHandler::obey_server(const Response& response, const AttemptEnd& end, Clock::time_point now) {
  if (end.retry_after && refuses(end.response_class)) return obey_retry_after(*end.retry_after, now);
  if (!response.has_rate_fields) return;
  RateHints asked = read_rate_hints(response.head, response.date, state_.metrics.in_flight.value());
  asked.wait = std::min(asked.wait, state_.config.retry.retry_after_max);
  state_.admission.follow_server(asked, now);
  if (asked.wait.count() > 0) state_.metrics.throttle_until(now + asked.wait);
}

void ResponseHandler::obey_retry_after(std::chrono::milliseconds wait, Clock::time_point now) {
  const auto until = now + std::min(wait, state_.config.retry.retry_after_max);
  state_.admission.hold_until(until, now);
  state_.metrics.throttle_until(until);
}

void ResponseHandler::take_losses(const Received& received, Clock::time_point now) {
  const bool is_loss = is_a_loss(received);
  for (std::size_t i = 0; i < received.unanswered.size(); ++i) {
    const JobNumber number = received.unanswered[i];
    if (number == echo_tag) {
      end_echo(state_, is_loss ? CircuitBreaker::Result::failure : CircuitBreaker::Result::nothing, now);
    } else if (is_loss && i == 0) {
      lose(number, received, now);
    } else {
      requeue_free(number, received, now);
    }
  }
}

// The attempt counts, and it may have been applied unless the close was announced.
void ResponseHandler::lose(JobNumber number, const Received& received, Clock::time_point now) {
  RowJob& job = state_.jobs[number];
  state_.metrics.in_flight.subtract();
  job.http = 0;
  const auto kind = kind_of(received.closed);
  state_.call->lost(job.row, applied_on(received.closed));
  wonder::Classification classification(wonder::ResponseClass::unusable, std::string(loss_code(received.closed)),
                                        std::string(received.text));
  conclude(nullptr, number, AttemptEnd::without_response(kind), std::move(classification), now);
}

// The attempt does not count, because its end was not the row's fault. A limit bounds such attempts.
void ResponseHandler::requeue_free(JobNumber number, const Received& received, Clock::time_point now) {
  RowJob& job = state_.jobs[number];
  if (!state_.may_requeue_free(job, now) && received.closed != CloseCause::local) return lose(number, received, now);
  state_.admission.give_back(std::exchange(job.permit, Permit()), now);
  state_.metrics.in_flight.subtract();
  const Applied applied = applied_on(received.closed);
  if (applied == Applied::maybe && job.writes) {
    job.applied_maybe = true;
    job.late_from = now;
  }
  state_.call->lost(job.row, applied);
  state_.requeue(number);
}

// `connection`: the connection of the response; null without a response.
void ResponseHandler::conclude(Connection* connection, JobNumber number, const AttemptEnd& end,
                               wonder::Classification&& classification, Clock::time_point now) {
  RowJob& job = state_.jobs[number];
  record_end(job, end, now);
  if (job.writes && may_be_applied_late(end)) job.late_from = now;
  const RowState row(job.attempts, job.first_sent, job.applied_maybe, job.throttled);
  Verdict verdict = state_.retry_policy.decide(end, row, state_.row_clock(now), state_.entropy.next());
  if (!job.writes) verdict = verdict.of_a_read(job.applied_maybe ? Applied::maybe : Applied::no);
  if (verdict.kind == Verdict::Kind::done) {
    state_.admission.budget().give_back(std::max(job.retry_cost, RetryBudget::first_success));
    return quarantine_.end_row(number, verdict, std::move(classification), now);
  }
  if (connection && !names_the_customer(end.response_class)) job.doubtful_on = connection->number;
  state_.control.failed(classification.code, classification.text);
  const NextStep next = next_step(state_, job, end, verdict, now);
  if (next == NextStep::end_late) verdict = last_verdict(job, end, now);
  if (next == NextStep::end && connection && !is_believed(job, end))
    return quarantine_.keep(*connection, number, verdict, std::move(classification), now);
  if (next == NextStep::end || next == NextStep::end_late)
    return quarantine_.end_row(number, verdict, std::move(classification), now);
  job.applied_maybe = verdict.applied == Applied::maybe;
  if (state_.control.draining()) return state_.drop(number);
  state_.park(number);
  if (next == NextStep::wait) return wait_out(state_, number, now);
  retry(number, end, verdict, now);
}

void ResponseHandler::retry(JobNumber number, const AttemptEnd& end, const Verdict& verdict, Clock::time_point now) {
  RowJob& job = state_.jobs[number];
  if (is_throttled(end)) {
    ++job.throttled;
    --job.attempts;
    state_.metrics.requeues.add();
  } else {
    state_.metrics.retries.add();
  }
  job.retry_cost = is_throttled(end) ? RetryBudget::throttle_cost : RetryBudget::transient_cost;
  state_.retries.push(number, verdict.retry_at + state_.admission.clock().stood_still(now));
}

// How the row ends when it is not tried again.
Verdict ResponseHandler::last_verdict(const RowJob& job, const AttemptEnd& end, Clock::time_point now) const noexcept {
  const auto row_now = state_.row_clock(now);
  const auto long_ago = row_now - state_.config.deadline.row - std::chrono::nanoseconds(1);
  const RowState row(state_.config.retry.attempts_max, long_ago, job.applied_maybe);
  return state_.retry_policy.decide(end, row, row_now, 0);
}

void ResponseHandler::record_end(RowJob& job, const AttemptEnd& end, Clock::time_point now) {
  job.ended = now;
  // The metric does not count this request any more.
  const AdmissionControl::Ended ended(std::exchange(job.permit, Permit()), job.row->position.row, job.sent,
                                      state_.metrics.in_flight.value() + 1);
  if (is_throttled(end)) state_.metrics.throttled.add();
  if (is_overloaded(end)) state_.metrics.overloaded.add();
  const std::uint64_t random = is_trouble(result_of(end)) ? state_.entropy.next() : 0;
  report_change(state_, state_.admission.record(end, ended, now, random));
  if (is_throttled(end) && state_.admission.rate().take_slowed_down())
    state_.control.notice(
        "the API returns 429 (too many requests) at this rate: slowing down to the rate that it accepts");
  if (const double share = state_.admission.rate().take_constant_share(); share > 0)
    state_.control.notice(
        std::to_string(std::max(1L, std::lround(share * 100))) +
        " % of the responses are 429 at every rate, so the rate is not the cause: amend returns to the "
        "configured rate and retries these rows");
}

}  // namespace amend
