#include "cli/monitor/control_request.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "amend/error.hpp"
#include "cli/monitor/control_socket.hpp"

namespace cli = amend::cli;
using namespace std::chrono_literals;
using Action = cli::ControlRequest::Action;

namespace {

// A run that has not begun: it sends nothing.
class Idle {
 public:
  Idle() : file_(std::filesystem::temp_directory_path() / ("amend-control-test-" + std::to_string(::getpid()))) {
    std::ofstream(file_) << "id,name,phone\n";
  }
  ~Idle() { std::filesystem::remove(file_); }
  amend::Config config() const {
    amend::Config config;
    config.input.file = file_;
    config.target.url = "http://127.0.0.1:1";
    config.auth.kind = amend::Auth::none;
    return config;
  }

 private:
  std::filesystem::path file_;
};

boost::json::object order(amend::Run& run, const std::string& line) {
  const std::string answer = cli::respond_to_control(cli::parse_control_request(line), run);
  CHECK(answer.find('\n') == answer.size() - 1);
  return boost::json::parse(answer).as_object();
}

}  // namespace

TEST_CASE("control: a request is a word, and for two of them a value") {
  CHECK(cli::parse_control_request("pause").action == Action::pause);
  CHECK(cli::parse_control_request("resume").action == Action::resume);
  CHECK(cli::parse_control_request("status").action == Action::status);
  CHECK(cli::parse_control_request("drain").action == Action::drain);
  const auto rate = cli::parse_control_request("rate 50/s");
  CHECK(rate.action == Action::rate);
  CHECK(rate.rate.interval == 20ms);
  CHECK(cli::parse_control_request("rate auto:100/s").rate.mode == amend::RateMode::adaptive);
  CHECK(cli::parse_control_request("connections 8").connections == 8);
}

TEST_CASE("control: anything else is refused, saying what it takes, and cannot write to a terminal") {
  for (const char* wrong :
       {"", " ", "stop", "PAUSE", "pause ", "pause now", "rate", "rate ", "rate fast", "rate 0/s", "connections",
        "connections 0", "connections 257", "connections 8 8", "status\t", " status"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(cli::parse_control_request(wrong), amend::ConfigError);
  }
  CHECK_THROWS_WITH(cli::parse_control_request("stop"),
                    "control takes pause, resume, rate RATE, connections N, status or drain, got \"stop\"");
  CHECK_THROWS_WITH(cli::parse_control_request("connections 0"), "connections must be between 1 and 256, got 0");
  CHECK(cli::control_refusal("\x1b[2J \"no\"\n").find_first_of("\x1b") == std::string::npos);
  CHECK(boost::json::parse(cli::control_refusal("\x1b[2J \"no\"")).at("ok") == false);
}

TEST_CASE("control: each request is answered by one line of JSON") {
  const Idle idle;
  amend::Run run(amend::make_update(amend::Input(idle.config(), amend::Credentials())));
  CHECK(order(run, "pause").at("paused") == true);
  CHECK(run.state().paused);
  CHECK(order(run, "status").at("paused") == true);
  CHECK(order(run, "resume").at("paused") == false);
  CHECK_FALSE(run.state().paused);
  const auto rate = order(run, "rate 90/m");
  CHECK(rate.at("rate").to_number<double>() == doctest::Approx(1.5));
  CHECK(rate.at("mode") == "fixed");
  CHECK(order(run, "rate auto").at("rate").is_null());
  CHECK(order(run, "connections 8").at("connections").is_number());
  const auto status = order(run, "status");
  CHECK(status.at("ok") == true);
  CHECK(status.at("rows").as_object().at("success") == 0);
  CHECK(order(run, "drain").at("stopping") == true);
  CHECK(order(run, "drain").at("stopping") == true);
  CHECK(order(run, "status").at("stopping") == true);
}

TEST_CASE("control: only the user whose run it is, and root, may") {
  CHECK(cli::may_control(1000, 1000));
  CHECK(cli::may_control(0, 1000));
  CHECK_FALSE(cli::may_control(1001, 1000));
  CHECK_FALSE(cli::may_control(1000, 0));
}
