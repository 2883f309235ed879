// The state of a run, and what an operator changes while it is running. Any thread.
#include <algorithm>

#include "start/run_impl.hpp"

namespace amend {

std::string Run::Impl::published_directory() const {
  const std::lock_guard lock(mutex_);
  return run_directory_;
}

void Run::Impl::stop(StopCause cause) noexcept {
  const bool again = stop_asked_.exchange(true);
  std::string text = cause == StopCause::interrupted ? "interrupted (SIGINT)" : "terminated (SIGTERM)";
  if (again) {
    control_.stop_now(cause, std::move(text));
  } else {
    control_.stop(cause, std::move(text));
  }
}

void Run::Impl::drain() { control_.stop(StopCause::drained, "the operator stopped the run (amend control)"); }

RunState Run::Impl::state() const {
  RunState state;
  state.version = config_.version;
  state.run_directory = published_directory();  // its mutex makes the writes of execute() visible
  state.input = config_.input.file;
  if (!state.run_directory.empty()) {
    state.started_at = started_at_;
    state.elapsed = std::chrono::steady_clock::now() - started_;
  }
  state.rows_read = metrics_.rows_read.value();
  for (std::size_t i = 0; i < status_count; ++i) state.rows_by_status[i] = metrics_.rows(static_cast<Status>(i));
  state.bytes_read = metrics_.bytes_read.value();
  state.bytes_total = metrics_.bytes_total.value();
  state.rows_limit = config_.input.limit;
  state.attempts = metrics_.attempts.value();
  state.retries = metrics_.retries.value();
  state.requeues = metrics_.requeues.value();
  state.connections_opened = metrics_.connections_opened.value();
  state.handshakes_failed = metrics_.handshakes_failed.value();
  state.throttled = metrics_.throttled.value();
  state.overloaded = metrics_.overloaded.value();
  state.in_flight = metrics_.in_flight.value();
  state.customers_held = metrics_.customers_held.value();
  state.limiter_wait = std::chrono::nanoseconds(metrics_.limiter_wait_ns.value());
  state.stopping = control_.draining();
  state.log_closed = log_closed_;
  state.connections = control_.connections() != 0 ? control_.connections() : config_.load.connections;
  state.service = engine_.service_times();
  state.connection = connection();
  add_admission(state);
  return state;
}

ConnectionState Run::Impl::connection() const {
  const auto trouble = admission_.connections().view(std::chrono::steady_clock::now());
  ConnectionState state;
  state.in_trouble = trouble.present;
  if (trouble.times > 0) state.cause = to_string(trouble.error);
  if (trouble.times > 0) state.text = trouble.text;
  state.lasted = trouble.lasted;
  state.gives_up_after = trouble.patience;
  state.times = trouble.times;
  state.total = trouble.total;
  return state;
}

void Run::Impl::add_admission(RunState& state) const {
  const auto now = std::chrono::steady_clock::now();
  const RateControl::RateInForce rate = admission_.rate().in_force();
  state.interval = rate.interval;
  switch (rate.source) {
    case RateControl::RateSource::option: state.rate_source = RateSource::option; break;
    case RateControl::RateSource::adaptive: state.rate_source = RateSource::adaptive; break;
    case RateControl::RateSource::server: state.rate_source = RateSource::server; break;
  }
  const auto held_until = admission_.rate().held_until();  // without a hold it is long past: same effect as now
  if (held_until > now) state.held = std::chrono::ceil<std::chrono::milliseconds>(held_until - now);
  state.paused = admission_.paused();
  state.in_flight_max = admission_.in_flight_max();
  state.retry_tokens = admission_.budget().tokens();
  const CircuitBreaker& circuit = admission_.circuit();
  const auto circuit_state = circuit.state();
  state.circuit = circuit_state == CircuitBreaker::State::closed ? CircuitState::closed
                  : circuit_state == CircuitBreaker::State::open ? CircuitState::open
                                                                 : CircuitState::half_open;
  state.circuit_open = circuit.time_open(now);
}

void Run::Impl::unpause() noexcept {
  admission_.unpause(std::chrono::steady_clock::now());
  control_.wake();
}

void Run::Impl::set_rate(const RateSetting& rate) {
  LoadConfig load = config_.load;
  load.rate = rate;
  validate_load(load);
  admission_.rate().set(rate, std::chrono::steady_clock::now());
  control_.wake();
}

std::uint32_t Run::Impl::set_connections(std::uint32_t connections) {
  LoadConfig load = config_.load;
  load.connections = std::max(connections, connections == 0 ? 0 : input_.plan.workers);
  validate_load(load);
  admission_.set_in_flight_max(load.connections * load.pipeline);
  control_.set_connections(load.connections);
  return load.connections;
}

}  // namespace amend
