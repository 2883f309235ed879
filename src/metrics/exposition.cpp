#include "amend/exposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>

#include "row/json_text.hpp"
#include "row/utc_time.hpp"

namespace amend {
namespace {

using std::chrono::nanoseconds;

constexpr std::array all_rate_sources{RateSource::option, RateSource::adaptive, RateSource::server};
constexpr std::array circuit_states{CircuitState::closed, CircuitState::open, CircuitState::half_open};

// Upper bounds of the latency histogram, in seconds.
constexpr std::array bounds_s{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0};

double seconds(nanoseconds duration) { return static_cast<double>(duration.count()) / 1e9; }

nanoseconds as_nanoseconds(double s) { return nanoseconds(static_cast<std::int64_t>(s * 1e9 + 0.5)); }

double requests_per_second(nanoseconds interval) {
  return interval.count() > 0 ? 1e9 / static_cast<double>(interval.count()) : std::numeric_limits<double>::infinity();
}

std::string number(double value) {
  return value == std::numeric_limits<double>::infinity() ? "+Inf" : fmt::format("{}", value);
}

std::string number(std::uint64_t value) { return fmt::format("{}", value); }

// Line breaks need no care: `utf8` has made them visible.
std::string escaped(std::string_view label) {
  std::string out;
  for (const char c : utf8(label)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

// Writes metric after metric; the samples of one stand together, behind its HELP and TYPE.
class Exposition {
 public:
  void counter(std::string_view name, std::string_view help, auto value) { single(name, help, "counter", value); }
  void gauge(std::string_view name, std::string_view help, auto value) { single(name, help, "gauge", value); }

  void head(std::string_view name, std::string_view help, std::string_view type) {
    out_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
  }
  void sample(std::string_view name, std::string_view label, std::string_view label_value, auto value) {
    out_ += fmt::format("{}{{{}=\"{}\"}} {}\n", name, label, escaped(label_value), number(value));
  }
  void plain_sample(std::string_view name, auto value) { out_ += fmt::format("{} {}\n", name, number(value)); }

  /// 1 for the current value, 0 for each other one.
  template <class Value, std::size_t N>
  void state(std::string_view name, std::string_view help, std::string_view label, const std::array<Value, N>& values,
             Value present) {
    head(name, help, "gauge");
    for (const Value value : values) sample(name, label, to_string(value), std::uint64_t{value == present});
  }

  std::string take() { return std::move(out_); }

 private:
  void single(std::string_view name, std::string_view help, std::string_view type, auto value) {
    head(name, help, type);
    plain_sample(name, value);
  }

  std::string out_;
};

void add_run(Exposition& out, const RunState& state) {
  out.head("amend_build_info", "Version of amend (label version); the value is always 1.", "gauge");
  out.sample("amend_build_info", "version", state.version, std::uint64_t{1});
  out.gauge("amend_start_time_seconds", "When the run started, in seconds since the epoch.",
            seconds(state.started_at.time_since_epoch()));
}

void add_rows(Exposition& out, const RunState& state) {
  out.counter("amend_rows_read_total", "Rows of the input that were read.", state.rows_read);
  out.head("amend_rows_total", "Rows that ended, by status.", "counter");
  for (const Status status : all_statuses)
    out.sample("amend_rows_total", "status", to_string(status), state.rows(status));
  out.counter("amend_input_bytes_read_total", "Bytes of the input that were read.", state.bytes_read);
  out.gauge("amend_input_bytes", "Size of the input in bytes; 0: unknown.", state.bytes_total);
}

void add_attempts(Exposition& out, const RunState& state) {
  out.counter("amend_attempts_total", "Requests sent on a connection.", state.attempts);
  out.counter("amend_retries_total",
              "Attempts that count against --max-attempts, without the first attempt of each row.", state.retries);
  out.counter("amend_requeues_total",
              "Repeated requests that do not count against --max-attempts: after a 429, in an outage, or when a "
              "connection ended.",
              state.requeues);
  out.counter("amend_throttled_answers_total", "Responses 429.", state.throttled);
  out.counter("amend_overloaded_attempts_total", "Responses 503, and attempts without a response in time.",
              state.overloaded);
  out.counter("amend_connections_opened_total", "Connections opened.", state.connections_opened);
  out.counter("amend_handshakes_failed_total", "Connections that failed to open.", state.handshakes_failed);
  out.gauge("amend_requests_in_flight", "Requests sent and not yet answered.", state.in_flight);
  out.gauge("amend_customers_held",
            "Customers whose next row waits because the API may still apply an earlier request.", state.customers_held);
  out.gauge("amend_requests_in_flight_max", "Current limit on requests in flight.", std::uint64_t{state.in_flight_max});
  out.gauge("amend_connections_max", "Current limit on connections.", std::uint64_t{state.connections});
}

void add_pace(Exposition& out, const RunState& state) {
  out.gauge("amend_rate_limit_requests_per_second", "The rate limit in force; +Inf: unlimited.",
            requests_per_second(state.interval));
  out.state("amend_paced_by", "What sets the rate: 1 for the current source, 0 for the others.", "by", all_rate_sources,
            state.rate_source);
  out.counter("amend_limiter_wait_seconds_total", "Time that ready rows waited for the rate limit.",
              seconds(state.limiter_wait));
  out.gauge("amend_held_seconds", "Time until the server accepts requests again (Retry-After).", seconds(state.held));
  out.gauge("amend_paused", "1 while the operator has paused the run.", std::uint64_t{state.paused});
  out.gauge("amend_stopping", "1 while the run stops: it sends no new request and waits for the responses in flight.",
            std::uint64_t{state.stopping});
}

void add_trouble(Exposition& out, const RunState& state) {
  out.gauge("amend_retry_budget_tokens", "Tokens left for retries.",
            static_cast<std::uint64_t>(std::max(state.retry_tokens, 0)));
  out.state("amend_circuit_state", "State of the circuit breaker: 1 for the current state, 0 for the others.", "state",
            circuit_states, state.circuit);
  out.gauge("amend_connection_trouble", "1 while no connection to the API can be made.",
            std::uint64_t{state.connection.in_trouble});
  out.counter("amend_connection_troubles_total", "Number of periods in which no connection to the API could be made.",
              state.connection.times);
  out.counter("amend_connection_trouble_seconds_total", "Total time in which no connection to the API could be made.",
              seconds(state.connection.total));
  out.counter("amend_circuit_open_seconds_total", "Time that the circuit breaker was not closed.",
              seconds(state.circuit_open));
}

void add_latency(Exposition& out, const LatencyHistogram& service) {
  constexpr std::string_view bucket = "amend_request_duration_seconds_bucket";
  out.head("amend_request_duration_seconds", "Time from sending a request to its response, in seconds.", "histogram");
  const std::uint64_t all = service.count();
  for (const double bound : bounds_s)
    out.sample(bucket, "le", number(bound), std::min(service.count_at_most(as_nanoseconds(bound)), all));
  out.sample(bucket, "le", "+Inf", all);
  out.plain_sample("amend_request_duration_seconds_sum", seconds(service.sum()));
  out.plain_sample("amend_request_duration_seconds_count", all);
}

// One JSON object, written member after member.
class JsonObject {
 public:
  void add(std::string_view name, std::string_view text) {
    begin(name);
    append_json_string(out_, text);
  }
  void add(std::string_view name, std::uint64_t value) { raw(name, fmt::format("{}", value)); }
  void add_number(std::string_view name, double value) { raw(name, fmt::format("{:.3f}", value)); }
  void add_truth(std::string_view name, std::same_as<bool> auto value) { raw(name, value ? "true" : "false"); }
  void add_or_null(std::string_view name, std::uint64_t value) {
    raw(name, value > 0 ? fmt::format("{}", value) : "null");
  }
  void raw(std::string_view name, std::string_view json) {
    begin(name);
    out_ += json;
  }
  std::string take() { return (out_.empty() ? "{" : std::move(out_)) + "}"; }

 private:
  void begin(std::string_view name) { out_ += fmt::format("{}\"{}\":", out_.empty() ? "{" : ",", name); }

  std::string out_;
};

std::string rows_json(const RunState& state) {
  JsonObject rows;
  rows.add("read", state.rows_read);
  for (const Status status : all_statuses) rows.add(to_string(status), state.rows(status));
  return rows.take();
}

std::string latency_json(const LatencyHistogram& service) {
  if (service.count() == 0) return "null";
  JsonObject latency;
  latency.add_number("p50", seconds(service.percentile(50)) * 1e3);
  latency.add_number("p99", seconds(service.percentile(99)) * 1e3);
  return latency.take();
}

void add_counters(JsonObject& out, const RunState& state) {
  out.raw("rows", rows_json(state));
  out.add_or_null("rows_limit", state.rows_limit);
  out.add("bytes_read", state.bytes_read);
  out.add_or_null("bytes_total", state.bytes_total);
  out.add("attempts", state.attempts);
  out.add("retries", state.retries);
  out.add("requeues", state.requeues);
  out.add("throttled", state.throttled);
  out.add("overloaded", state.overloaded);
  out.add("connections_opened", state.connections_opened);
  out.add("handshakes_failed", state.handshakes_failed);
  out.add("in_flight", state.in_flight);
  out.add("in_flight_max", std::uint64_t{state.in_flight_max});
  out.add("connections", std::uint64_t{state.connections});
}

std::string connection_trouble_json(const ConnectionState& connection) {
  if (!connection.in_trouble) return "null";
  JsonObject out;
  out.add("cause", connection.cause);
  out.add("error", connection.text);
  out.add_number("for_s", seconds(connection.lasted));
  out.add_number("gives_up_after_s", seconds(connection.gives_up_after));
  return out.take();
}

void add_steering(JsonObject& out, const RunState& state) {
  out.raw("rate", state.interval.count() > 0 ? fmt::format("{:.6g}", requests_per_second(state.interval)) : "null");
  out.add("paced_by", to_string(state.rate_source));
  out.add_number("limiter_wait_s", seconds(state.limiter_wait));
  out.add_number("held_s", seconds(state.held));
  out.add_truth("paused", state.paused);
  out.add_truth("stopping", state.stopping);
  out.raw("retry_tokens", fmt::format("{}", state.retry_tokens));
  out.add("circuit", to_string(state.circuit));
  out.add_number("circuit_open_s", seconds(state.circuit_open));
  out.raw("connection_trouble", connection_trouble_json(state.connection));
  out.add("connection_troubles", state.connection.times);
  out.add_number("connection_trouble_s", seconds(state.connection.total));
}

}  // namespace

std::string to_prometheus(const RunState& state) {
  Exposition out;
  add_run(out, state);
  add_rows(out, state);
  add_attempts(out, state);
  add_pace(out, state);
  add_trouble(out, state);
  add_latency(out, state.service);
  return out.take();
}

std::string to_json(const RunState& state) {
  JsonObject out;
  out.add("version", state.version);
  out.add("run", state.run_directory);
  out.add("input", state.input);
  out.add("started_at", utc_text(state.started_at));
  out.add_number("elapsed_s", seconds(state.elapsed));
  add_counters(out, state);
  add_steering(out, state);
  out.raw("latency_ms", latency_json(state.service));
  return out.take() + "\n";
}

}  // namespace amend
