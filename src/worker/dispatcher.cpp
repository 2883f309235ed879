#include "dispatcher.hpp"

#include <algorithm>
#include <utility>

#include "outage.hpp"

namespace amend {
namespace {

using std::chrono::milliseconds;

// A pipeline of at least this depth is refilled when half of its requests have a response.
constexpr std::uint32_t half_depth_min = 16;
// How soon a worker checks again whether the reporter has caught up.
constexpr std::chrono::microseconds reporter_look_up{500};
// How soon a retry asks again for tokens that the budget did not have.
constexpr milliseconds budget_look_up{50};
// A longer wait of a customer's next row is shown.
constexpr std::chrono::seconds unshown_wait_max{5};
// A worker without an untried row waits this long for a row of another worker to be the probe. Then it sends the echo
// call.
constexpr milliseconds echo_patience{100};

Request request_of(const WorkerState& state, const SignedRequest& request) noexcept {
  const RowRef& row = state.jobs[request.job].row;
  return Request(state.call->method(row), request.target, state.call->body(row));
}

// A request that follows from an earlier response must be sent soon: within the time that other rows take for their
// turn.
void forget_outdated(WorkerState& state, RowJob& job) {
  if (job.went_on == RowJob::time_point{}) return;
  const auto turn = state.admission.rate().in_force().interval * state.admission.in_flight_max() * 2;
  const auto age_max = std::max<std::chrono::nanoseconds>(state.config.deadline.response, turn);
  if (WorkerState::Clock::now() - job.went_on <= age_max) return;
  state.call->outdated(job.row);
  job.went_on = {};
}

void begin_headers(const RequestId& id, std::string& headers) {
  headers = "X-Request-ID: ";
  headers.append(view(id)).append("\r\n");
}

void sign(WorkerState& state, JobNumber number, SignedRequest& request) {
  RowJob& job = state.jobs[number];
  forget_outdated(state, job);
  job.request_id = state.entropy.request_id();
  request.job = number;
  request.signed_at = state.wall_clock;
  request.target.clear();
  state.call->append_target(job.row, request.target);
  begin_headers(job.request_id, request.headers);
  state.signer->append_headers(request_of(state, request), state.wall_clock, request.headers);
}

// Rows that were sent before go first, unless there may be an outage.
JobNumber next_row(WorkerState& state) noexcept {
  const CircuitBreaker& circuit = state.admission.circuit();
  // A row that always fails must not be every probe: all other rows would wait for it.
  const bool doubtful = circuit.suspects() || circuit.breaks();
  const bool fresh_first = state.again.empty() || (!state.fresh.empty() && doubtful);
  return fresh_first ? state.fresh.pop_front() : state.again.pop_front();
}

}  // namespace

void Dispatcher::dispatch(Clock::time_point now) {
  due_ = Clock::time_point::max();
  take_due(now);
  fetch();
  if (const auto until = state_.admission.standing_until(now); until > now) {
    due_ = until;
    return;
  }
  state_.wall_clock = std::chrono::system_clock::now();
  signatures_left_ = state_.signer->signatures_per_turn();
  sent_ = false;
  const bool held_back = !dispatch_waiting(now);
  connections_.flush();
  // One fetch may leave rows in the input queue.
  if (!held_back && sent_ && !state_.has_ready() && !state_.input_drained) state_.look_again = true;
}

Dispatcher::Clock::time_point Dispatcher::due() const noexcept {
  auto at = due_;
  if (!state_.retries.empty()) at = std::min(at, std::max(state_.retries.earliest(), budget_due_));
  const auto expiry = state_.gate.next_expiry();
  if (expiry) at = std::min(at, *expiry);
  // These waits do not count as a stall (--stall).
  if (!state_.retries.empty()) state_.admission.wait_on_purpose(state_.retries.earliest());
  if (expiry) state_.admission.wait_on_purpose(*expiry);
  return at;
}

void Dispatcher::take_due(Clock::time_point now) {
  budget_due_ = Clock::time_point::min();
  while (!state_.retries.empty() && state_.retries.earliest() <= now) {
    if (!may_retry(state_.jobs[state_.retries.first()])) {
      budget_due_ = now + budget_look_up;
      break;
    }
    const JobNumber number = state_.retries.pop();
    prove_before_last(state_, state_.jobs[number], now);
    state_.line_up(number);
  }
  while (const auto job = state_.gate.expire(now)) {
    state_.jobs[*job].waited_for_late = true;
    state_.fresh.push_back(*job);
  }
}

// An idle worker may retry without budget. It does not multiply the load, and the run always makes progress.
bool Dispatcher::may_retry(RowJob& job) noexcept {
  if (state_.admission.budget().take(job.retry_cost)) return true;
  if (state_.has_waiting() || connections_.in_flight() > 0) return false;
  job.retry_cost = 0;  // it was not paid for
  return true;
}

void Dispatcher::fetch() {
  const std::size_t parked_max = parked_bytes_max * state_.connections / state_.config.load.connections;
  while (state_.fresh.size() < rows_per_batch_max && state_.jobs.free() >= rows_per_batch_max &&
         state_.parked_bytes < parked_max) {
    const auto batch = input_.try_pop();
    if (!batch) {
      state_.input_drained = input_.drained();
      return;
    }
    take_batch(*batch);
  }
}

void Dispatcher::take_batch(const RowRef& batch) {
  Batch& rows = *batch.batch();
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (rows[i].body.size == 0) continue;  // rejected: the reader has reported it
    const JobNumber number = state_.jobs.take(RowRef(rows, i));
    if (admit(number)) {
      state_.fresh.push_back(number);
    } else {
      state_.park(number);  // it may wait long, and its batch must not wait with it
    }
  }
}

// Returns false when the row waits: for an earlier row of its customer, or for a late request of an earlier process.
bool Dispatcher::admit(JobNumber number) {
  RowJob& job = state_.jobs[number];
  const std::uint64_t key = job.row->key;
  if (!state_.gate.admit(number, key)) return false;
  if (!state_.late || state_.late->empty()) return true;
  const auto now = Clock::now();
  const auto wall_now = std::chrono::system_clock::now();
  const std::uint64_t row = job.row->position.row;
  const auto own = state_.late->own_until(key, row);
  // Sending the same request again does no harm.
  if (own > wall_now) job.late_from = now + (own - wall_now) - state_.config.deadline.response;
  const auto others = state_.late->others_until(key, row);
  if (others <= wall_now) return true;
  state_.gate.release(number, now, now + (others - wall_now));
  return state_.gate.admit(number, key);
}

// The operator must not take this wait for a stall.
void Dispatcher::show_held_customers() {
  const std::size_t held = state_.gate.held_keys();
  if (held == held_shown_) return;
  state_.metrics.customers_held.add(held - held_shown_);  // a difference below 0 wraps around, and so does the sum
  held_shown_ = held;
  const auto wait = state_.config.deadline.response;
  if (held == 0 || wait <= unshown_wait_max) return;
  state_.control.notice("the next row of a customer waits up to " + std::to_string(wait.count() / 1000) +
                        " s (--timeout): an earlier request of this customer got no final response. Without the wait, "
                        "the API could apply the earlier request after the newer row");
}

// Returns false when the rate or an outage stops rows.
bool Dispatcher::dispatch_waiting(Clock::time_point now) {
  if (probes_by_echo(state_)) {
    dispatch_echo(now);
    return false;
  }
  while (!state_.alone.empty() && signatures_left_ > 0 && dispatch_alone(now)) --signatures_left_;
  // The rows of the canary are judged before further ones go.
  if (connections_.unproven > 0 && !state_.admission.canary().over()) return true;
  const Refill refill = refill_now();
  return gathers_requests(refill, now) || dispatch_ready(refill, now);
}

// Returns false when the rate stops rows.
bool Dispatcher::dispatch_ready(Refill refill, Clock::time_point now) {
  Connection* connection = nullptr;
  SignedRequests& signed_requests = state_.signed_requests;
  const bool sends_group = state_.signs_one_by_one() && !signed_requests.empty();
  while (state_.has_ready()) {
    const bool fills_same = refill == Refill::at_half && connection && connection->takes_rows();
    if (!fills_same) connection = connections_.least_busy(in_flight_max(refill));
    if (!connection || connection->session->in_flight() > 0) want_connection_in_time(now);
    if (!connection) return true;
    const bool is_signed = !signed_requests.empty();
    const bool must_sign = !is_signed || signed_requests.front().is_stale(state_.wall_clock);
    if (must_sign && (signatures_left_ == 0 || (sends_group && !is_signed))) {
      // Responses must not wait for more than one signature, or for any after a group is complete.
      state_.look_again = true;
      return true;
    }
    if (!may_send(now)) return false;
    if (must_sign) {
      const JobNumber number = is_signed ? signed_requests.front().job : next_row(state_);
      sign(state_, number, is_signed ? signed_requests.front() : signed_requests.push_back());
      --signatures_left_;
    }
    submit(*connection, signed_requests.front(), now);
    signed_requests.pop_front();
  }
  return true;
}

// Where a signature takes long, a group is signed before it is sent. Returns true while the group waits for its next
// row. Responses must not wait for it, so there is one signature per turn while responses may come.
bool Dispatcher::gathers_requests(Refill refill, Clock::time_point now) {
  if (refill != Refill::at_half || !state_.signs_one_by_one()) return false;
  SignedRequests& group = state_.signed_requests;
  if (group.empty()) group_due_ = now + SignedRequests::longest;
  const bool responses_may_come = connections_.in_flight() > 0;
  const auto is_to_stop = [&] { return state_.control.draining(); };
  const auto grows = [&] {
    return state_.has_unsigned() && !group.full() && Clock::now() < group_due_ && !is_to_stop();
  };
  while (signatures_left_ > 0 && grows()) {
    const JobNumber number = next_row(state_);
    sign(state_, number, group.push_back());
    if (responses_may_come) --signatures_left_;
  }
  if (!grows() && !is_to_stop()) return false;
  state_.look_again = true;
  return true;
}

// A row under suspicion goes alone. Its connection has no other request in flight until the response has come.
bool Dispatcher::dispatch_alone(Clock::time_point now) {
  Connection* const connection = connections_.unused();
  if (!connection) connections_.want_unused(now);
  if (!connection || !may_send(now)) return false;
  connections_.run_alone(*connection);
  sign(state_, state_.alone.pop_front(), alone_);
  submit(*connection, alone_, now);
  return true;
}

void Dispatcher::dispatch_echo(Clock::time_point now) {
  EchoProbe& probe = state_.probe;
  if (probe.is_out || !state_.has_waiting()) return;
  const auto due = state_.admission.circuit().probe_at() + (state_.workers > 1 ? echo_patience : milliseconds(0));
  if (now < due) {
    due_ = due;
    return;
  }
  Connection* const connection = connections_.least_busy(in_flight_max(Refill::at_once));
  if (!connection) return connections_.want_one(now);
  if (!may_send(now)) return;
  Request request = state_.echo.request();
  begin_headers(state_.entropy.request_id(), probe.headers);
  state_.signer->append_headers(request, state_.wall_clock, probe.headers);
  request.tag = echo_tag;
  request.headers = probe.headers;
  probe.is_out = true;
  probe.sent = now;
  probe.permit = std::exchange(permit_, Permit());
  connections_.submit(*connection, request);
  sent_ = true;
  state_.metrics.in_flight.add();
}

bool Dispatcher::may_send(Clock::time_point now) {
  if (state_.outcomes.full()) {
    due_ = now + reporter_look_up;
    return false;
  }
  const auto decision = state_.admission.ask(now, state_.metrics.in_flight.value());
  if (decision.leave == AdmissionControl::Leave::too_fast) {
    if (!pace_waits_) pace_waits_ = now;
  } else if (pace_waits_) {
    state_.metrics.limiter_wait_ns.add(static_cast<std::uint64_t>((now - *pace_waits_).count()));
    pace_waits_.reset();
  }
  permit_ = decision.permit;
  if (decision.leave != AdmissionControl::Leave::go) due_ = std::min(due_, decision.at);
  return decision.leave == AdmissionControl::Leave::go;
}

// Many requests in one write cost a fraction of single writes. Where the rate admits requests one by one, waiting for a
// group is not worth it.
Dispatcher::Refill Dispatcher::refill_now() const noexcept {
  const bool at_half = state_.admission.rate().unlimited() && state_.config.load.pipeline >= half_depth_min;
  return at_half ? Refill::at_half : Refill::at_once;
}

// A connection with room for half of its depth is available soon, because requests in flight get their responses.
std::size_t Dispatcher::in_flight_max(Refill refill) const noexcept {
  return refill == Refill::at_half ? state_.config.load.pipeline / 2 : state_.config.load.pipeline;
}

// Where the latency of responses is measured, it must not contain a wait of amend itself. Where a signature takes long,
// responses gather during it.
bool Dispatcher::reads_in_turns() const noexcept {
  return refill_now() == Refill::at_half && !state_.signs_one_by_one() &&
         state_.config.load.concurrency == Concurrency::full;
}

void Dispatcher::submit(Connection& connection, const SignedRequest& signed_request, Clock::time_point now) {
  RowJob& job = state_.jobs[signed_request.job];
  job.writes = state_.call->writes(job.row);
  if (job.first_sent == Clock::time_point{}) {
    job.first_sent = state_.row_clock(now);
    job.began = state_.admission.awake(now);
    state_.queue_times.record(now - job.row.batch()->sealed_at());
  }
  job.sent = state_.signs_one_by_one() ? Clock::now() : now;  // the time of a signature is not the server's
  ++job.attempts;
  job.permit = std::exchange(permit_, Permit());
  Request request = request_of(state_, signed_request);
  request.tag = signed_request.job;
  request.headers = signed_request.headers;
  connections_.submit(connection, request);
  sent_ = true;
  state_.metrics.attempts.add();
  state_.metrics.in_flight.add();
}

// A connection is not opened while the next request is far off: a server that closes idle connections would close it.
void Dispatcher::want_connection_in_time(Clock::time_point now) {
  const auto at = state_.admission.earliest(now) - connections_.opening_lead();
  if (at <= now) return connections_.want_one(now);
  due_ = std::min(due_, at);
}

void Dispatcher::drop_waiting() {
  for (JobList* list : {&state_.fresh, &state_.again, &state_.alone})
    while (!list->empty()) state_.drop(list->pop_front());
  while (!state_.signed_requests.empty()) state_.drop(state_.signed_requests.pop_front());
  while (!state_.retries.empty()) state_.drop(state_.retries.pop());
}

}  // namespace amend
