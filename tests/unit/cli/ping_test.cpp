#include "cli/command/ping.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <string>
#include <tuple>

#include "unit/cli/holds.hpp"

namespace cli = amend::cli;
using amend::ExitCode;
using amend::Ping;

namespace {

Ping answered(std::uint16_t http) {
  Ping ping;
  ping.ok = http == 200;
  ping.http = http;
  ping.address = "127.0.0.1:8443";
  ping.tls = "TLSv1.3, TLS_AES_256_GCM_SHA384";
  ping.connect_ms = 3.21;
  ping.answer_ms = 1.23;
  ping.request_id = "3f2a";
  ping.clock_known = true;
  return ping;
}

Ping silent(const char* code) {
  Ping ping;
  ping.error_code = code;
  ping.error = "could not";
  return ping;
}

}  // namespace

TEST_CASE("ping: exit codes tell who can help") {
  CHECK(cli::ping_exit_code(answered(200)) == ExitCode::success);
  for (const int http : {400, 401, 403, 404}) {
    CHECK(cli::ping_exit_code(answered(static_cast<std::uint16_t>(http))) == ExitCode::stopped_needs_operator);
  }
  for (const int http : {429, 500, 503}) {
    CHECK(cli::ping_exit_code(answered(static_cast<std::uint16_t>(http))) == ExitCode::stopped_resumable);
  }
  CHECK(cli::ping_exit_code(silent("transport.connect")) == ExitCode::stopped_resumable);
  CHECK(cli::ping_exit_code(silent("transport.timeout")) == ExitCode::stopped_resumable);
}

TEST_CASE("ping: without a connection it ends as a run does that cannot connect") {
  using amend::OpenError;
  for (const OpenError error :
       {OpenError::unreachable, OpenError::timeout, OpenError::refused, OpenError::broken_off}) {
    Ping ping = silent("transport.connect");
    ping.open_error = error;
    CHECK(cli::ping_exit_code(ping) == ExitCode::stopped_resumable);
  }
  for (const OpenError error : {OpenError::no_such_host, OpenError::proxy_refused, OpenError::handshake_failed,
                                OpenError::client_certificate_refused, OpenError::certificate_refused}) {
    Ping ping = silent("tls.handshake");
    ping.open_error = error;
    CHECK(cli::ping_exit_code(ping) == ExitCode::stopped_needs_operator);
  }
}

TEST_CASE("ping: a good answer shows address, TLS, both latencies, clock and request id") {
  const std::string text = cli::ping_text(answered(200), cli::Options());
  for (const char* part :
       {"127.0.0.1:8443", "TLSv1.3, TLS_AES_256_GCM_SHA384", "3.2 ms", "1.2 ms", "0 s", "3f2a", "ok, HTTP 200"}) {
    CAPTURE(part);
    CHECK(holds(text, part));
  }
  CHECK_FALSE(holds(text, "cause?"));
}

TEST_CASE("ping: a clock a minute off is a warning, half an hour off the likely cause") {
  Ping ping = answered(200);
  ping.clock_skew_s = -59;
  CHECK_FALSE(holds(cli::ping_text(ping, cli::Options()), "warning"));
  ping.clock_skew_s = -61;
  CHECK(holds(cli::ping_text(ping, cli::Options()), "61 s behind the server's: warning"));
  ping.clock_skew_s = 1'801;
  CHECK(holds(cli::ping_text(ping, cli::Options()), "refuses signatures when the clock is more than 30 minutes off"));
  ping.clock_known = false;
  CHECK(holds(cli::ping_text(ping, cli::Options()), "not checked"));
}

TEST_CASE("ping: a 403 names the list of allowed addresses, and --ipv4 unless it was given") {
  cli::Options options;
  CHECK(holds(cli::ping_text(answered(403), options), "listed IP addresses"));
  CHECK(holds(cli::ping_text(answered(403), options), "--ipv4"));
  options.config.target.ipv4_only = true;
  CHECK_FALSE(holds(cli::ping_text(answered(403), options), "--ipv4"));
  CHECK_FALSE(holds(cli::ping_text(answered(401), options), "IP addresses"));
}

TEST_CASE("ping: when nobody answers, the reason and a remedy are told and nothing is measured") {
  const std::string text = cli::ping_text(silent("transport.connect"), cli::Options());
  CHECK(holds(text, "no response, transport.connect: could not"));
  CHECK(holds(text, "Check --url"));
  CHECK_FALSE(holds(text, "clock"));
}

TEST_CASE("ping: --json is one object with every key, whatever the server wrote") {
  Ping ping = answered(403);
  ping.error = "\"quoted\"\n\xff";
  for (const Ping& result : {ping, silent("tls.handshake"), answered(200)}) {
    const std::string text = cli::ping_json(result);
    CAPTURE(text);
    const auto object = boost::json::parse(text).as_object();
    CHECK(object.size() == 11);
    CHECK(object.at("exit_code").as_int64() == static_cast<int>(cli::ping_exit_code(result)));
  }
}
