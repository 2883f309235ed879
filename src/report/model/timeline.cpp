#include "report/model/timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <charconv>

#include "row/json_text.hpp"
#include "row/utc_time.hpp"
#include "run/json_reading.hpp"

namespace amend::report {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using Time = std::chrono::system_clock::time_point;

constexpr milliseconds shortest_interval{200};
constexpr int samples_in_each_doubling = 600;

// 100 years in microseconds. No counter of a run comes near it, and sums of such numbers do not overflow.
constexpr std::uint64_t number_max = 3'200'000'000'000'000;
std::optional<CircuitState> circuit_named(std::string_view name) noexcept {
  for (const CircuitState state : {CircuitState::closed, CircuitState::open, CircuitState::half_open})
    if (to_string(state) == name) return state;
  return std::nullopt;
}

std::optional<TimelineSample> sample_in(const boost::json::object& members, Time at) {
  TimelineSample sample;
  const auto bounded = [&](std::string_view name) {
    auto number = number_in(members, name);
    if (number) number = std::min(*number, number_max);
    return number;
  };
  const auto elapsed = bounded("elapsed_ms");
  const auto circuit = circuit_named(text_in(members, "circuit"));
  if (!elapsed || !circuit) return std::nullopt;
  const auto number = [&](std::string_view name) { return bounded(name).value_or(0); };
  sample.at = at;
  sample.elapsed = milliseconds(*elapsed);
  sample.rows_ended = number("rows_ended");
  sample.attempts = number("attempts");
  sample.retries = number("retries");
  sample.requeues = number("requeues");
  sample.throttled = number("throttled");
  sample.overloaded = number("overloaded");
  sample.connections_opened = number("connections_opened");
  sample.handshakes_failed = number("handshakes_failed");
  sample.in_flight = number("in_flight");
  sample.in_flight_max = number("in_flight_max");
  sample.limiter_wait = microseconds(number("limiter_wait_us"));
  sample.interval = microseconds(number("interval_us"));
  sample.held = milliseconds(number("held_ms"));
  sample.paused = number("paused") != 0;
  sample.circuit = *circuit;
  sample.not_connected = number("not_connected") != 0;
  return sample;
}

}  // namespace

milliseconds sample_interval(milliseconds elapsed) noexcept {
  return std::max(shortest_interval, elapsed / samples_in_each_doubling);
}

TimelineSample::TimelineSample(const RunState& state, Time at_)
    : at(at_),
      elapsed(std::chrono::floor<milliseconds>(state.elapsed)),
      rows_ended(state.rows_ended()),
      attempts(state.attempts),
      retries(state.retries),
      requeues(state.requeues),
      throttled(state.throttled),
      overloaded(state.overloaded),
      connections_opened(state.connections_opened),
      handshakes_failed(state.handshakes_failed),
      in_flight(state.in_flight),
      in_flight_max(state.in_flight_max),
      limiter_wait(std::chrono::floor<microseconds>(state.limiter_wait)),
      interval(state.interval.count() == 0 ? microseconds(0) : std::chrono::ceil<microseconds>(state.interval)),
      held(state.held),
      paused(state.paused),
      circuit(state.circuit),
      not_connected(state.connection.in_trouble) {}

std::string text_of(Time at) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(at);
  const auto ms = std::chrono::floor<milliseconds>(at - whole).count();
  return fmt::format("{}.{:03}Z", utc_text(whole, "%Y-%m-%dT%H:%M:%S"), ms);
}

std::string start_line(Time at) { return fmt::format("{{\"start\":\"{}\"}}\n", text_of(at)); }

std::string sample_line(const TimelineSample& s) {
  return fmt::format(
      "{{\"at\":\"{}\",\"elapsed_ms\":{},\"rows_ended\":{},\"attempts\":{},\"retries\":{},\"requeues\":{},"
      "\"throttled\":{},\"overloaded\":{},\"connections_opened\":{},\"handshakes_failed\":{},\"in_flight\":{},"
      "\"in_flight_max\":{},\"limiter_wait_us\":{},\"interval_us\":{},\"held_ms\":{},\"paused\":{},\"circuit\":\"{}\","
      "\"not_connected\":{}}}"
      "\n",
      text_of(s.at), s.elapsed.count(), s.rows_ended, s.attempts, s.retries, s.requeues, s.throttled, s.overloaded,
      s.connections_opened, s.handshakes_failed, s.in_flight, s.in_flight_max, s.limiter_wait.count(),
      s.interval.count(), s.held.count(), s.paused ? 1 : 0, to_string(s.circuit), s.not_connected ? 1 : 0);
}

std::string notice_line(Time at, std::string_view text) {
  std::string line = fmt::format("{{\"at\":\"{}\",\"notice\":", text_of(at));
  append_json_string(line, text);
  return line + "}\n";
}

std::optional<TimelineEntry> read_timeline_line(std::string_view line) {
  if (line.size() > timeline_line_max) return std::nullopt;
  const boost::json::object members = object_in(line);
  TimelineEntry entry;
  entry.start = parse_utc(text_in(members, "start"));
  if (entry.start) return entry;
  const auto at = parse_utc(text_in(members, "at"));
  if (!at) return std::nullopt;
  entry.at = *at;
  entry.notice = text_in(members, "notice");
  if (!entry.notice.empty()) return entry;
  entry.sample = sample_in(members, *at);
  return entry.sample ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace amend::report
