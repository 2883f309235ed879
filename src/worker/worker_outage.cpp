// When rows wait instead of being burnt, how it is found out whether they have to, and when the run stops for what
// came.
#include "amend/transport/http_date.hpp"
#include "amend/wonder/credentials_diagnosis.hpp"
#include "amend/wonder/envelope.hpp"
#include "amend/wonder/gateway_response.hpp"
#include "worker_impl.hpp"

namespace amend {
namespace {

using Result = Circuit::Result;

std::string in_seconds(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time).count()) + " s";
}

std::string last_one(const Response& response) {
  const std::string text = "The last response: " + wonder::describe_gateway_response(response);
  return response.body.empty() ? text : text + ", begins " + wonder::masked_start(response.body);
}

std::string not_the_api(const Response& response, const std::string& url) {
  return "the first responses do not come from the API: is --url " + printable(url) +
         " the API, or does a login page, a proxy or a firewall respond? " + last_one(response);
}

std::string gateway_refuses(const Response& response) {
  return "a gateway in front of the API (a proxy, a firewall, an access rule) refuses the requests. The refusal "
         "is not from the API itself. Contact the team that runs the gateway. " +
         last_one(response);
}

// A page of a gateway may be a JSON object too: it proves nothing.
wonder::Judgement judge_probe(wonder::AnswerJudge& judge, const Response& response) {
  auto judgement = judge.judge_echo(response);
  if (judgement.meaning != wonder::Meaning::success || wonder::is_api_envelope(response.body)) return judgement;
  return wonder::Judgement(wonder::Meaning::gateway, "answer.not_customer",
                           wonder::describe_gateway_response(response));
}

// What the echo call's response says of the API.
Result result_of_echo(const AttemptEnd& end) noexcept {
  const auto result = result_of(end);
  if (result == Result::success) return Result::proof;
  return is_trouble(result) ? result : Result::failure;
}

}  // namespace

void Worker::Impl::look_at_refusals(const Response& response, const AttemptEnd& end, const wonder::Judgement& judgement,
                                    std::uint64_t row, Clock::time_point sent) {
  using Stop = CredentialGuard::Stop;
  CredentialGuard& guard = setup_.brake.refusals();
  if (end.meaning == wonder::Meaning::success) return guard.accepted();
  const CredentialGuard::Run run(row, setup_.metrics.attempts.value(), rows_left(), sent, setup_.brake.held_until());
  RunControl& control = setup_.control;
  switch (guard.look(end, run)) {
    case Stop::none: return;
    case Stop::not_the_api: return control.stop(StopCause::gateway, not_the_api(response, setup_.config.target.url));
    case Stop::gateway_refusal:
    case Stop::gateway_share: return control.stop(StopCause::gateway, gateway_refuses(response));
    case Stop::credentials: return control.stop(StopCause::credentials, refused_credentials(response, judgement));
    case Stop::credentials_share:
      return control.stop(StopCause::credentials,
                          "the API refused at least 15 of the last 100 requests and accepted others: do all "
                          "servers of the API know the key? " +
                              refused_credentials(response, judgement));
  }
}

std::string Worker::Impl::refused_credentials(const Response& response, const wonder::Judgement& judgement) const {
  wonder::CredentialsRefusal refusal(response.status, judgement.code, judgement.text);
  refusal.url = setup_.config.target.url;
  refusal.auth = setup_.config.auth.kind;
  refusal.ipv4_only = setup_.config.target.ipv4_only;
  if (const auto date = parse_http_date(response.date))
    refusal.clock_ahead = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - *date;
  return wonder::diagnose(refusal);
}

// As long as there is more to read, it is not known.
std::uint64_t Worker::Impl::rows_left() const noexcept {
  if (!drained_input_) return std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t ended = setup_.metrics.rows_ended();
  const std::uint64_t read = setup_.metrics.rows_read.value();
  return read > ended ? read - ended : 0;
}

// A row does not end with a failure as in an outage while nothing says that the API is well: it waits for the probe.
Worker::Impl::Next Worker::Impl::next_step(RowJob& job, const AttemptEnd& end, const Verdict& verdict,
                                           Clock::time_point now) {
  const bool gives_up = verdict.kind == Verdict::Kind::give_up;
  if (!is_trouble(result_of(end))) return gives_up ? Next::end : Next::retry;
  const Circuit& circuit = setup_.brake.circuit();
  const std::uint32_t streak = circuit.streak();
  const std::uint32_t before = std::exchange(job.failed_in, streak);
  const bool proven = before != streak;
  const auto failing = setup_.brake.failing_for(now);
  if (is_throttled(end) && failing >= setup_.config.deadline.outage) {
    stop_for_outage(failing);
    return Next::wait;
  }
  if (has_waited_out(end, setup_.brake.awake(now) - job.began)) return Next::end_late;
  if (!proven && gives_up) report_change(setup_.brake.ask_for_proof(now));
  // That another row asks for proof changes nothing for one that has its own: a success between its last two failures.
  const bool has_proof = proven && before != 0;
  const bool in_doubt = setup_.brake.breaks(end) && !(has_proof && circuit.is_only_asked());
  if (!in_doubt) return gives_up ? Next::end : Next::retry;
  // As long as it is only asked whether there is an outage, attempts count.
  return gives_up || circuit.is_announced() ? Next::wait : Next::retry;
}

// A row's last attempt is not sent before a request has succeeded since its failure before: else that attempt would
// show nothing of the row.
void Worker::Impl::prove_before_last(const RowJob& job, Clock::time_point now) {
  if (job.attempts + 1 != setup_.config.retry.attempts_max || job.failed_in != setup_.brake.circuit().streak()) return;
  report_change(setup_.brake.ask_for_proof(now));
}

// No wait is without end: neither for a server that asks this row to wait for ever, nor for a proof that cannot be had.
bool Worker::Impl::has_waited_out(const AttemptEnd& end, std::chrono::nanoseconds waited) const {
  const auto& deadline = setup_.config.deadline;
  if (is_throttled(end) && waited >= std::max(deadline.row, deadline.outage)) return true;
  if (waited < deadline.row || echo_is_usable() || !setup_.brake.breaks(end)) return false;
  return setup_.brake.circuit().rows_failing() < Circuit::rows_to_open;
}

void Worker::Impl::stop_for_outage(std::chrono::nanoseconds lasted) {
  setup_.control.stop(StopCause::outage, "no request has succeeded for " + in_seconds(lasted) + " (--outage-limit)" +
                                             setup_.control.last_failure_clause());
}

// How the row ends when it is not tried again.
Verdict Worker::Impl::last_word(const RowJob& job, const AttemptEnd& end, Clock::time_point now) const noexcept {
  const auto long_ago = row_clock(now) - setup_.config.deadline.row - std::chrono::nanoseconds(1);
  return retry_.decide(end, RowState(setup_.config.retry.attempts_max, long_ago, job.applied_maybe), row_clock(now), 0);
}

// The attempt does not count: the row is not to blame. Others have their turn as probes before it.
void Worker::Impl::wait_out(JobNumber number, Clock::time_point now) {
  --jobs_[number].attempts;
  const auto probe_at = setup_.brake.circuit().probe_at();
  wait_until(number, std::clamp<Clock::time_point>(probe_at, now, now + outage_turn), now);
}

void Worker::Impl::wait_until(JobNumber number, Clock::time_point due, Clock::time_point now) {
  jobs_[number].retry_cost = 0;  // the circuit is the brake then
  setup_.metrics.requeues.add();
  retries_.push(number, due);
  note_outage(due, now);
}

// That the run waits on purpose until then is no stall; but it does not wait for ever.
void Worker::Impl::note_outage(Clock::time_point due, Clock::time_point now) {
  setup_.metrics.probe_at(std::max(due, setup_.brake.circuit().probe_at()));
  const auto lasted = setup_.brake.outage_lasted(now);
  if (lasted >= setup_.config.deadline.outage) stop_for_outage(lasted);
}

void Worker::Impl::report_change(Circuit::Change change) {
  const Circuit& circuit = setup_.brake.circuit();
  switch (change) {
    case Circuit::Change::opened:
      setup_.control.notice("outage: " + std::to_string(circuit.failures()) +
                            " attempts failed one after another; rows wait until the outage is over; amend sends "
                            "single requests as probes" +
                            setup_.control.last_failure_clause());
      break;
    case Circuit::Change::closed: setup_.control.notice("the outage is over"); [[fallthrough]];
    case Circuit::Change::proved: setup_.metrics.probe_at({}); break;
    case Circuit::Change::asks:
    case Circuit::Change::none: break;
  }
}

bool Worker::Impl::echo_is_usable() const noexcept {
  return setup_.echo.is_there() && echo_.refused_in != setup_.brake.circuit().streak();
}

// Where all rows that are left have failed, none of them can tell an outage from trouble of its own.
bool Worker::Impl::probes_by_echo() const noexcept {
  const Circuit& circuit = setup_.brake.circuit();
  if (!circuit.breaks() || !fresh_.empty() || !lot_.empty() || !echo_is_usable()) return false;
  return drained_input_ || circuit.rows_failing() < Circuit::rows_to_open;
}

void Worker::Impl::dispatch_echo(Clock::time_point now) {
  if (echo_.is_out || (!has_ready() && solo_.empty())) return;
  const auto due = setup_.brake.circuit().probe_at() + (setup_.workers > 1 ? echo_patience : Clock::duration::zero());
  if (now < due) {
    limiter_at_ = due;
    return;
  }
  Lane* lane = pick_lane(Refill::at_once);
  if (lane == nullptr) return wake_lane();
  if (!may_send(now)) return;
  sign_echo();
  Request request = setup_.echo.request();
  request.tag = echo_tag;
  request.headers = echo_.row.headers;
  echo_.is_out = true;
  echo_.sent = now;
  echo_.permit = std::exchange(permit_, Permit());
  lane->session->submit(request);
  ++lane->requests;
  lane->dirty = sent_ = true;
  setup_.metrics.in_flight.add();
}

void Worker::Impl::sign_echo() {
  const RequestId id = entropy_.request_id();
  echo_.row.headers = "X-Request-ID: ";
  echo_.row.headers.append(view(id)).append("\r\n");
  setup_.signer->append_headers(setup_.echo.request(), wall_clock_, echo_.row.headers);
}

void Worker::Impl::take_echo(const Response& response, Clock::time_point now) {
  setup_.control.answered(setup_.brake.awake(now));
  const auto judgement = judge_probe(echo_judge_, response);
  const auto retry_after = parse_retry_after(response.retry_after, response.date, wall_clock_);
  const auto end = AttemptEnd::answered(judgement.meaning, response.status, retry_after);
  obey_server(response, end, now);
  look_at_refusals(response, end, judgement, CredentialGuard::no_row, echo_.sent);
  if (judgement.meaning != wonder::Meaning::success) setup_.control.failed(judgement.code, judgement.text);
  // No such call here, it seems: rows have to be the probes.
  const bool may_pass = wonder::meaning_of(response.status) == wonder::Meaning::transient || is_gateway_refusal(end) ||
                        response.status >= 500 || retry_after;
  if (judgement.meaning == wonder::Meaning::gateway && !may_pass) {
    echo_.refused_in = setup_.brake.circuit().streak();
    return end_echo(Result::nothing, now);
  }
  end_echo(result_of_echo(end), now);
}

void Worker::Impl::end_echo(Result result, Clock::time_point now) {
  setup_.metrics.in_flight.subtract();
  echo_.is_out = false;
  report_change(setup_.brake.record_echo(result, std::exchange(echo_.permit, Permit()), now, entropy_.next()));
  if (setup_.brake.circuit().breaks()) note_outage(now, now);
  pump_soon_.request();
}

}  // namespace amend
