// The state of a run as text, read back by other parsers.
#include "amend/exposition.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <limits>

#include "support/process.hpp"
#include "support/prometheus.hpp"

using namespace std::chrono_literals;
using amend::CircuitState;
using amend::RateSource;
using amend::RunState;
using amend::Status;

namespace {

RunState some_state() {
  RunState state;
  state.version = "1.2\"3\\\n";
  state.run_directory = "runs/\"october\"";
  state.input = "customers.csv";
  state.started_at = std::chrono::system_clock::time_point(1'700'000'000s);
  state.elapsed = 12'500ms;
  state.rows_read = 200;
  state.rows_by_status[static_cast<std::size_t>(Status::success)] = 150;
  state.rows_by_status[static_cast<std::size_t>(Status::rejected)] = 3;
  state.bytes_read = 4'000;
  state.bytes_total = 8'000;
  state.attempts = 161;
  state.in_flight = 8;
  state.in_flight_max = 16;
  state.connections = 4;
  state.interval = 40ms;
  state.rate_source = RateSource::server;
  state.limiter_wait = 1'500ms;
  state.held = 250ms;
  state.paused = true;
  state.retry_tokens = 480;
  state.circuit = CircuitState::half_open;
  state.connection.in_trouble = true;
  state.connection.cause = "refused";
  state.connection.text = "host \"a\": Connection refused";
  state.connection.lasted = 8s;
  state.connection.gives_up_after = 1h;
  state.connection.times = 2;
  state.connection.total = 20s;
  for (int i = 0; i < 90; ++i) state.service.record(7ms);
  for (int i = 0; i < 10; ++i) state.service.record(3s);
  return state;
}

}  // namespace

TEST_CASE("exposition: what Prometheus is given is well formed, and says what the state says") {
  const ::test::Exposition text = ::test::parse_exposition(to_prometheus(some_state()));
  for (const auto& fault : text.faults) FAIL_CHECK(fault);
  CHECK(text.value(R"(amend_build_info{version="1.2\"3\\n"})") != 1);  // the break is made visible, then escaped
  CHECK(std::ranges::count_if(text.samples, [](const auto& sample) {
          return sample.first.starts_with(R"(amend_build_info{version="1.2\"3\\)");
        }) == 1);
  CHECK(text.value("amend_start_time_seconds") == 1'700'000'000);
  CHECK(text.value("amend_rows_read_total") == 200);
  CHECK(text.value("amend_rows_total{status=\"success\"}") == 150);
  CHECK(text.value("amend_rows_total{status=\"superseded\"}") == 0);
  CHECK(text.value("amend_rate_limit_requests_per_second") == doctest::Approx(25));
  CHECK(text.value("amend_paced_by{by=\"server\"}") == 1);
  CHECK(text.value("amend_paced_by{by=\"option\"}") == 0);
  CHECK(text.value("amend_limiter_wait_seconds_total") == doctest::Approx(1.5));
  CHECK(text.value("amend_held_seconds") == doctest::Approx(0.25));
  CHECK(text.value("amend_paused") == 1);
  CHECK(text.value("amend_connection_trouble") == 1);
  CHECK(text.value("amend_connection_troubles_total") == 2);
  CHECK(text.value("amend_connection_trouble_seconds_total") == 20);
  CHECK(text.value("amend_stopping") == 0);
  CHECK(text.value("amend_retry_budget_tokens") == 480);
  CHECK(text.value("amend_circuit_state{state=\"half_open\"}") == 1);
  CHECK(text.value("amend_circuit_state{state=\"closed\"}") == 0);
  CHECK(text.types.at("amend_attempts_total") == "counter");
  CHECK(text.types.at("amend_requests_in_flight") == "gauge");
}

TEST_CASE("exposition: the histogram counts up to each bound, and its sum is exact") {
  const ::test::Exposition text = ::test::parse_exposition(to_prometheus(some_state()));
  const auto bucket = [&](const std::string& bound) {
    return text.value("amend_request_duration_seconds_bucket{le=\"" + bound + "\"}");
  };
  CHECK(bucket("0.001") == 0);
  CHECK(bucket("0.005") == 0);
  CHECK(bucket("0.01") == 90);
  CHECK(bucket("2.5") == 90);
  CHECK(bucket("5") == 100);
  CHECK(bucket("60") == 100);
  CHECK(bucket("+Inf") == 100);
  CHECK(text.value("amend_request_duration_seconds_sum") == doctest::Approx(30.63));
}

TEST_CASE("exposition: a run that has done nothing shows every metric, and an unlimited rate is +Inf") {
  RunState nothing;
  const ::test::Exposition text = ::test::parse_exposition(to_prometheus(nothing));
  for (const auto& fault : text.faults) FAIL_CHECK(fault);
  CHECK(text.value("amend_rate_limit_requests_per_second") == std::numeric_limits<double>::infinity());
  CHECK(text.samples.size() == ::test::parse_exposition(to_prometheus(some_state())).samples.size());
}

TEST_CASE("exposition: promtool has nothing to say against it") {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
    MESSAGE("promtool is not installed: not asked");
    return;
  }
  const ::test::TempDir dir;
  ::test::write_file(dir.file("metrics"), to_prometheus(some_state()));
  const ::test::Finished finished =
      ::test::run({"promtool", "check", "metrics"}, {}, ::test::Process::Seconds(60), dir.file("metrics"));
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
}

TEST_CASE("exposition: the JSON is one line, says what the state says, and null for what is not known") {
  const std::string line = to_json(some_state());
  CHECK(std::ranges::count(line, '\n') == 1);
  CHECK(line.back() == '\n');
  const auto json = boost::json::parse(line).as_object();
  CHECK(json.at("run") == "runs/\"october\"");
  CHECK(json.at("started_at") == "2023-11-14T22:13:20Z");
  CHECK(json.at("elapsed_s").as_double() == doctest::Approx(12.5));
  CHECK(json.at("rows").at("read") == 200);
  CHECK(json.at("rows").at("success") == 150);
  CHECK(json.at("rows").at("unknown") == 0);
  CHECK(json.at("rows_limit").is_null());
  CHECK(json.at("rate").to_number<double>() == doctest::Approx(25));
  CHECK(json.at("paced_by") == "server");
  CHECK(json.at("paused") == true);
  CHECK(json.at("stopping") == false);
  CHECK(json.at("circuit") == "half_open");
  CHECK(json.at("retry_tokens") == 480);
  CHECK(json.at("latency_ms").at("p50").as_double() == doctest::Approx(7).epsilon(0.02));
  CHECK(json.at("latency_ms").at("p99").as_double() == doctest::Approx(3000).epsilon(0.02));

  const auto nothing = boost::json::parse(to_json(RunState())).as_object();
  CHECK(nothing.size() == json.size());
  CHECK(nothing.at("rate").is_null());
  CHECK(nothing.at("bytes_total").is_null());
  CHECK(nothing.at("latency_ms").is_null());
}
