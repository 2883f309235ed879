#include "cli/text/control_text.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <string>

#include "amend/exposition.hpp"
#include "unit/cli/holds.hpp"

namespace cli = amend::cli;
using namespace std::chrono_literals;

namespace {

amend::RunState state_half_way() {
  amend::RunState state;
  state.run_directory = "runs/october";
  state.input = "customers.csv";
  state.elapsed = 100s;
  state.rows_read = 6'000;
  state.rows_by_status = {4'900, 60, 0, 40, 0};
  state.bytes_read = 600;
  state.bytes_total = 1'000;
  state.attempts = 5'012;
  state.retries = 10;
  state.requeues = 2;
  state.in_flight = 8;
  state.in_flight_max = 16;
  state.connections = 4;
  state.interval = 20ms;
  state.retry_tokens = 480;
  state.service.record(20ms);
  return state;
}

boost::json::object json_of_state(const amend::RunState& state) {
  return boost::json::parse(to_json(state)).as_object();
}

}  // namespace

TEST_CASE("control: the state of a run for people") {
  const auto state = json_of_state(state_half_way());
  CHECK(cli::average_rate(state) == doctest::Approx(50));
  CHECK(cli::state_text(state, 50) ==
        "running for 1 min 40 s\n"
        "  run       runs/october\n"
        "  input     customers.csv\n"
        "  rows      6,000 read, 4,900 success, 60 failed, 40 rejected\n"
        "  rate      50/s as asked, 4 connections, 8 of 16 in flight\n"
        "  requests  5,012 requests: 10 retries, 2 sent again (do not count for --max-attempts); retry budget: 480 "
        "tokens left\n"
        "  circuit   closed\n"
        "  latency   p50 20.0 ms, p99 20.0 ms\n"
        "  done      50%, about 1 min 40 s left\n");
}

TEST_CASE("control: trouble with connections comes first, with its cause and how long it may last") {
  amend::RunState state = state_half_way();
  state.connection.in_trouble = true;
  state.connection.cause = "refused";
  state.connection.text = "127.0.0.1:8443: Connection refused";
  state.connection.lasted = 8s;
  state.connection.gives_up_after = 1h;
  const std::string text = cli::state_text(json_of_state(state), 0);
  CHECK(text.starts_with("waiting for a connection; the run started 1 min 40 s ago\n"));
  CHECK(holds(text,
              "  trouble   cannot connect to 127.0.0.1:8443: Connection refused; amend has retried for 8 s and stops "
              "after 1 h\n"));
}

TEST_CASE("control: paused, stopping, held, an outage and no bound are said") {
  amend::RunState state = state_half_way();
  state.interval = 0ns;
  state.held = 2'500ms;
  state.paused = true;
  CHECK(cli::state_text(json_of_state(state), 50).starts_with("paused; the run started 1 min 40 s ago\n"));
  CHECK(holds(cli::state_text(json_of_state(state), 50),
              "unlimited, 4 connections, 8 of 16 in flight; paused for 2.5 s"));
  CHECK_FALSE(holds(cli::state_text(json_of_state(state), 50), " left\n  done"));
  CHECK(cli::state_text(json_of_state(state), 50).ends_with("50%\n"));
  state.stopping = true;
  CHECK(cli::state_text(json_of_state(state), 50).starts_with("stopping: "));
  state.stopping = state.paused = false;
  state.circuit = amend::CircuitState::open;
  CHECK(cli::state_text(json_of_state(state), 50).starts_with("waiting for the end of an outage; "));
}

TEST_CASE("control: a state without members, or with others, is told as far as it goes") {
  CHECK(holds(cli::state_text({}, 0), "rows      0 read, 0 success"));
  const auto odd = boost::json::parse(R"({"run":7,"rows":[],"rate":"x","paused":1,"input":"\u001b[2J"})").as_object();
  CHECK_FALSE(holds(cli::state_text(odd, 0), "\x1b"));
}

TEST_CASE("control: what was done is said in a line") {
  const auto said = [](const char* answer) { return cli::done_text(boost::json::parse(answer).as_object()); };
  CHECK(said(R"({"ok":true,"paused":true})") == "paused");
  CHECK(said(R"({"ok":true,"paused":false})") == "resumed");
  CHECK(said(R"({"ok":true,"rate":50,"mode":"fixed"})") == "rate 50/s");
  CHECK(said(R"({"ok":true,"rate":null,"mode":"fixed"})") == "rate unlimited");
  CHECK(said(R"({"ok":true,"rate":100,"mode":"adaptive"})") == "rate auto, at most 100/s");
  CHECK(said(R"({"ok":true,"connections":8})") == "8 connections");
  CHECK(said(R"({"ok":true,"stopping":true})").starts_with("stopping"));
}
