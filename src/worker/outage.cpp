#include "outage.hpp"

#include "transport/http_date.hpp"
#include "wonder/credentials_diagnosis.hpp"
#include "wonder/gateway_response.hpp"

namespace amend {
namespace {

using Result = CircuitBreaker::Result;
using Now = WorkerState::Clock::time_point;

// A row that failed in an outage waits at most this long before it is a probe again.
constexpr std::chrono::milliseconds outage_turn{500};

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

std::string refused_credentials(const Config& config, const Response& response,
                                const wonder::Classification& classification) {
  wonder::CredentialsRefusal refusal(response.status, classification.code, classification.text);
  refusal.url = config.target.url;
  refusal.auth = config.auth.kind;
  refusal.ipv4_only = config.target.ipv4_only;
  if (const auto date = parse_http_date(response.date))
    refusal.clock_ahead = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()) - *date;
  return wonder::diagnose(refusal);
}

void stop_for_outage(WorkerState& state, std::chrono::nanoseconds lasted) {
  state.control.stop(StopCause::outage, "no request has succeeded for " + in_seconds(lasted) + " (--outage-limit)" +
                                            state.control.last_failure_clause());
}

// A wait on purpose until then does not count as a stall. --outage-limit bounds it.
void note_outage(WorkerState& state, Now due, Now now) {
  state.metrics.probe_at(std::max(due, state.admission.circuit().probe_at()));
  const auto lasted = state.admission.outage_lasted(now);
  if (lasted >= state.config.deadline.outage) stop_for_outage(state, lasted);
}

// Every wait has an end: also when a server asks this row to wait for ever, or when a proof is impossible.
bool has_waited_out(const WorkerState& state, const AttemptEnd& end, std::chrono::nanoseconds waited) {
  const auto& deadline = state.config.deadline;
  if (is_throttled(end) && waited >= std::max(deadline.row, deadline.outage)) return true;
  if (waited < deadline.row || state.echo_is_usable() || !state.admission.breaks(end)) return false;
  return state.admission.circuit().rows_failing() < CircuitBreaker::rows_to_open;
}

// What the response to the echo call shows about the API.
Result result_of_echo(const AttemptEnd& end) noexcept {
  const auto result = result_of(end);
  if (result == Result::success) return Result::proof;
  return is_trouble(result) ? result : Result::failure;
}

}  // namespace

void look_at_refusals(WorkerState& state, const Response& response, const AttemptEnd& end,
                      const wonder::Classification& classification, std::uint64_t row, Now sent) {
  using Stop = CredentialGuard::Stop;
  CredentialGuard& guard = state.admission.refusals();
  if (end.response_class == wonder::ResponseClass::success) return guard.accepted();
  const Config& config = state.config;
  const CredentialGuard::Run run(row, state.metrics.attempts.value(), state.rows_left(), sent,
                                 state.admission.rate().held_until());
  switch (guard.look(end, run)) {
    case Stop::none: return;
    case Stop::not_the_api: return state.control.stop(StopCause::gateway, not_the_api(response, config.target.url));
    case Stop::gateway_refusal:
    case Stop::gateway_share: return state.control.stop(StopCause::gateway, gateway_refuses(response));
    case Stop::credentials:
      return state.control.stop(StopCause::credentials, refused_credentials(config, response, classification));
    case Stop::credentials_share:
      return state.control.stop(StopCause::credentials,
                                "the API refused at least 15 of the last 100 requests and accepted others: do all "
                                "servers of the API know the key? " +
                                    refused_credentials(config, response, classification));
  }
}

// A row does not end with a failure as in an outage while no response shows that the API works: it waits for the probe.
NextStep next_step(WorkerState& state, RowJob& job, const AttemptEnd& end, const Verdict& verdict, Now now) {
  const bool gives_up = verdict.kind == Verdict::Kind::give_up;
  if (!is_trouble(result_of(end))) return gives_up ? NextStep::end : NextStep::retry;
  const CircuitBreaker& circuit = state.admission.circuit();
  const std::uint32_t streak = circuit.streak();
  const std::uint32_t before = std::exchange(job.failed_in, streak);
  const bool proven = before != streak;
  const auto failing = state.admission.failing_for(now);
  if (is_throttled(end) && failing >= state.config.deadline.outage) {
    stop_for_outage(state, failing);
    return NextStep::wait;
  }
  if (has_waited_out(state, end, state.admission.awake(now) - job.began)) return NextStep::end_late;
  if (!proven && gives_up) report_change(state, state.admission.ask_for_proof(now));
  // A row has its own proof when a request succeeded between its last two failures. Another row's question does not
  // change that.
  const bool has_proof = proven && before != 0;
  const bool in_doubt = state.admission.breaks(end) && !(has_proof && circuit.is_only_asked());
  if (!in_doubt) return gives_up ? NextStep::end : NextStep::retry;
  // Attempts count until it is certain that there is an outage.
  return gives_up || circuit.is_announced() ? NextStep::wait : NextStep::retry;
}

void prove_before_last(WorkerState& state, const RowJob& job, Now now) {
  const bool is_last = job.attempts + 1 == state.config.retry.attempts_max;
  if (is_last && job.failed_in == state.admission.circuit().streak())
    report_change(state, state.admission.ask_for_proof(now));
}

// Other rows are probes before this one.
void wait_out(WorkerState& state, JobNumber number, Now now) {
  const auto due = std::clamp<Now>(state.admission.circuit().probe_at(), now, now + outage_turn);
  --state.jobs[number].attempts;
  state.jobs[number].retry_cost = 0;  // during an outage the circuit breaker limits the load
  state.metrics.requeues.add();
  state.retries.push(number, due);
  note_outage(state, due, now);
}

void report_change(WorkerState& state, CircuitBreaker::Change change) {
  switch (change) {
    case CircuitBreaker::Change::opened:
      state.control.notice("outage: " + std::to_string(state.admission.circuit().failures()) +
                           " attempts failed one after another; rows wait until the outage is over; amend sends "
                           "single requests as probes" +
                           state.control.last_failure_clause());
      break;
    case CircuitBreaker::Change::closed: state.control.notice("the outage is over"); [[fallthrough]];
    case CircuitBreaker::Change::proved: state.metrics.probe_at({}); break;
    case CircuitBreaker::Change::asks:
    case CircuitBreaker::Change::none: break;
  }
}

bool probes_by_echo(const WorkerState& state) noexcept {
  const CircuitBreaker& circuit = state.admission.circuit();
  const bool has_untried = !state.fresh.empty() || !state.signed_requests.empty();
  if (!circuit.breaks() || has_untried || !state.echo_is_usable()) return false;
  return state.input_drained || circuit.rows_failing() < CircuitBreaker::rows_to_open;
}

void take_echo(WorkerState& state, const Response& response, const AttemptEnd& end,
               const wonder::Classification& classification, Now now) {
  look_at_refusals(state, response, end, classification, CredentialGuard::no_row, state.probe.sent);
  if (classification.response_class != wonder::ResponseClass::success)
    state.control.failed(classification.code, classification.text);
  const bool may_pass = wonder::class_of(response.status) == wonder::ResponseClass::transient ||
                        is_gateway_refusal(end) || response.status >= 500 || end.retry_after;
  if (classification.response_class != wonder::ResponseClass::gateway || may_pass)
    return end_echo(state, result_of_echo(end), now);
  // The API seems to have no echo call, so rows must be the probes.
  state.probe.refused_in = state.admission.circuit().streak();
  end_echo(state, Result::nothing, now);
}

void end_echo(WorkerState& state, CircuitBreaker::Result result, Now now) {
  state.metrics.in_flight.subtract();
  state.probe.is_out = false;
  const Permit permit = std::exchange(state.probe.permit, Permit());
  report_change(state, state.admission.record_echo(result, permit, now, state.entropy.next()));
  if (state.admission.circuit().breaks()) note_outage(state, now, now);
}

}  // namespace amend
