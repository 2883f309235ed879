#include "amend/config.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "row/config_rules.hpp"

using amend::Config;
using amend::ConfigError;
using namespace std::chrono_literals;

namespace {

#define SECRET " needs a file name, not the secret itself: other users can read the command line"

constexpr char key[] = "-----BEGIN PRIVATE KEY-----hunter2";

Config good() {
  Config config;
  config.target.url = "https://gateway-stg.wonder.today";
  config.auth.app_id = "0f8fad5b-d9cb-469f-a165-70867728950e";
  return config;
}

std::string complaint(const Config& config) {
  try {
    amend::validate(config);
  } catch (const ConfigError& error) {
    CHECK(error.exit_code() == amend::ExitCode::usage);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("config: the defaults are valid once there is an address and an AppID") { CHECK(complaint(good()) == ""); }

TEST_CASE("config: each rule refuses in its own words, which name the option") {
  struct Case {
    void (*spoil)(Config&);
    const char* message;
  };
  const std::vector<Case> cases{
      {[](Config& c) { c.target.url.clear(); },
       "--url is missing, and AMEND_URL is not set. The sandbox is https://gateway-stg.wonder.today, production is "
       "https://gateway.wonder.today"},
      {[](Config& c) { c.target.ca_file = key; }, "--ca-file" SECRET},
      {[](Config& c) { c.target.client_cert = key; }, "--client-cert" SECRET},
      {[](Config& c) { c.target.client_key = key; }, "--client-key" SECRET},
      {[](Config& c) { c.target.client_cert = "c"; }, "--client-cert needs --client-key"},
      {[](Config& c) { c.target.client_key = "k"; }, "--client-key needs --client-cert"},
      {[](Config& c) { c.target.echo_path = "echo"; },
       "--echo-path must be a path that begins with '/' and contains no spaces and no '#'"},
      {[](Config& c) { c.target.echo_path = "/a b"; },
       "--echo-path must be a path that begins with '/' and contains no spaces and no '#'"},
      {[](Config& c) { c.target.echo_path = "/a\r\nX: y"; },
       "--echo-path must be a path that begins with '/' and contains no spaces and no '#'"},
      {[](Config& c) { c.auth.private_key_file = key; },
       "--private-key" SECRET
       ". To use no file, put the text of the key into the environment variable WONDER_PRIVATE_KEY"},
      {[](Config& c) { c.auth.bearer_file = "two\nlines"; }, "--bearer-file" SECRET},
      {[](Config& c) { c.auth.header_file = key; }, "--header-file" SECRET},
      {[](Config& c) { c.auth.app_id.clear(); },
       "--app-id is missing, and WONDER_APP_ID is not set. The AppID is the uuid that Wonder gave you"},
      {[](Config& c) { c.auth.app_id = "my-app"; },
       "--app-id must be a uuid (8-4-4-4-12 hexadecimal digits), got \"my-app\""},
      {[](Config& c) { c.auth.kind = amend::Auth::bearer; }, "--auth bearer needs --bearer-file"},
      {[](Config& c) { c.input.delimiter = '"'; },
       "--delimiter must be one ASCII character, but not a quote or a line break"},
      {[](Config& c) { c.input.delimiter = '\n'; },
       "--delimiter must be one ASCII character, but not a quote or a line break"},
      {[](Config& c) { c.input.delimiter = '\xe4'; },
       "--delimiter must be one ASCII character, but not a quote or a line break"},
      {[](Config& c) { c.input.row_bytes_max = 0; }, "row_bytes_max must be between 1024 and 67108864, got 0"},
      {[](Config& c) { c.input.columns_max = 0; }, "columns_max must be between 1 and 1000000, got 0"},
      {[](Config& c) {
         c.mapping.columns = {{"", "A"}};
       },
       "--map needs a field name before the '='"},
      {[](Config& c) {
         c.mapping.columns = {{"name", "A"}, {"name", "B"}};
       },
       "--map names the field \"name\" twice"},
      {[](Config& c) {
         c.mapping.blanks = {{"name", amend::Blank::null}, {"name", amend::Blank::omit}};
       },
       "--blank names the field \"name\" twice"},
      {[](Config& c) { c.load.rate.interval = 61s; }, "--rate must be between 1/m and 1000000/s, or unlimited"},
      {[](Config& c) { c.load.rate.interval = -1ns; }, "--rate must be between 1/m and 1000000/s, or unlimited"},
      {[](Config& c) { c.load.burst = 0; }, "--burst must be between 1 and 10000, got 0"},
      {[](Config& c) { c.load.connections = 257; }, "--connections must be between 1 and 256, got 257"},
      {[](Config& c) { c.load.pipeline = 0; }, "--pipeline must be between 1 and 256, got 0"},
      {[](Config& c) { c.load.workers = 257; }, "--workers must be between 0 and 256, got 257"},
      {[](Config& c) { c.load.workers = 5; },
       "--workers must not be more than --connections (4), because each worker needs at least one connection. The "
       "value "
       "of --workers is 5"},
      {[](Config& c) { c.retry.attempts_max = 101; }, "--max-attempts must be between 1 and 100, got 101"},
      {[](Config& c) { c.retry.backoff_first = 0ms; }, "backoff_first must be between 1ms and 1h, got 0ms"},
      {[](Config& c) { c.retry.backoff_max = 100ms; }, "backoff_max must be between 500ms and 1h, got 100ms"},
      {[](Config& c) { c.retry.retry_after_max = 25h; }, "retry_after_max must be between 0ms and 24h, got 25h"},
      {[](Config& c) { c.deadline.connect = 6min; }, "--connect-timeout must be between 1ms and 5m, got 6m"},
      {[](Config& c) { c.deadline.response = 0ms; }, "--timeout must be between 1ms and 1h, got 0ms"},
      {[](Config& c) { c.deadline.row = 169h; }, "--row-timeout must be between 1ms and 168h, got 169h"},
      {[](Config& c) { c.deadline.first_connect = 0ms; }, "first_connect must be between 1ms and 1h, got 0ms"},
      {[](Config& c) { c.deadline.outage = 0ms; }, "--outage-limit must be between 1ms and 168h, got 0ms"},
      {[](Config& c) { c.deadline.grace = 3'601s; }, "--grace must be between 0ms and 1h, got 3601s"},
      {[](Config& c) { c.deadline.run = 169h; }, "--deadline must be between 0ms and 168h, got 169h"},
      {[](Config& c) { c.deadline.run_until = 1440; }, "--deadline must be a time of day from 00:00 to 23:59"},
      {[](Config& c) { c.failures.percent_max = 101; }, "--max-failures must be between 1% and 100%"},
      {[](Config& c) { c.deadline.stall = 169h; }, "--stall must be between 0ms and 168h, got 169h"},
      {[](Config& c) {
         c.reconcile.show_missing = true;
         c.reconcile.look_up = amend::LookUp::each;
       },
       "--show-missing needs the list of all customers, and --look-up each does not read that list. Remove one of the "
       "two options"},
      {[](Config& c) { c.task = amend::Task::reconcile; },
       "--duplicates order is only for updates. Use last, first or reject"},
      {[](Config& c) {
         c.task = amend::Task::reconcile;
         c.input.duplicates = amend::Duplicates::last;
         c.reconcile.recheck = amend::Recheck::yes;
       },
       "--recheck needs --apply: --recheck reads each customer again before amend changes the customer"},
      {[](Config& c) { c.reconcile.sample_ppm = 1'000'001; }, "--sample must be at most 100%"},
  };
  std::set<const amend::ConfigRule*> broken;
  for (const Case& c : cases) {
    Config config = good();
    c.spoil(config);
    CHECK(complaint(config) == c.message);
    for (const amend::ConfigRule& rule : amend::config_rules())
      if (rule.refusal(config) == c.message) broken.insert(&rule);
  }
  CHECK(broken.size() == amend::config_rules().size());
}

TEST_CASE("config: the bounds themselves are allowed") {
  Config config = good();
  config.load.rate.interval = 0ns;
  config.load.burst = 10'000;
  config.load.connections = config.load.pipeline = config.load.workers = 256;
  config.retry.attempts_max = 100;
  config.deadline.connect = 5min;
  config.deadline.row = 168h;
  config.deadline.grace = 0ms;
  CHECK(complaint(config) == "");
  config.load.rate.interval = 1us;
  CHECK(complaint(config) == "");
  config.load.rate.interval = 60s;
  CHECK(complaint(config) == "");
}

TEST_CASE("config: without signing no AppID is needed") {
  Config config = good();
  config.auth.app_id.clear();
  config.auth.kind = amend::Auth::none;
  CHECK(complaint(config) == "");
}

TEST_CASE("config: a secret where a file's name belongs is refused and never repeated") {
  const std::vector<std::string& (*)(Config&)> places{
      [](Config& c) -> std::string& { return c.auth.private_key_file; },
      [](Config& c) -> std::string& { return c.auth.bearer_file; },
      [](Config& c) -> std::string& { return c.auth.header_file; },
      [](Config& c) -> std::string& { return c.target.client_key; },
  };
  for (const auto place : places) {
    Config config = good();
    place(config) = key;
    const std::string message = complaint(config);
    CAPTURE(message);
    CHECK(message.find("needs a file name, not the secret itself") != std::string::npos);
    CHECK(message.find("hunter2") == std::string::npos);
  }
}
