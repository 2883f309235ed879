// What the options make of a request, of standard output and of standard error: seen from outside the program.
#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <mutex>

#include "fixture.hpp"
#include "support/scripted_server.hpp"

using namespace test;

namespace {

constexpr auto one_customer = "id,name,phone\n3f2504e0-4f89-41d3-9a0c-0305e82c3301,Ann,5\n";

// The bytes of the one request that `options` make of one row.
std::string request_with(const std::vector<std::string>& options, const std::string& input = one_customer,
                         const std::string& name = "customers.csv") {
  std::mutex mutex;
  std::string seen;
  ScriptedServer server({[&](Peer& peer) {
    const std::string request = peer.expect(1);
    const std::lock_guard lock(mutex);
    seen = request;
    peer.send(answer(200, R"({"code":200,"data":{"customer":{"uuid":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}}})"));
  }});
  const Work work(input, name);
  const Finished finished = work.update("http://127.0.0.1:" + server.port(), options);
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  const std::lock_guard lock(mutex);
  return seen;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("request: method, path, body and headers are those of the API's page") {
  const std::string request = request_with({});
  CHECK(request.starts_with(
      "PUT /svc/payment/api/v1/openapi/customers/3f2504e0-4f89-41d3-9a0c-0305e82c3301 HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(holds(request, "\r\nContent-Type: application/json\r\n"));
  CHECK(holds(request, "\r\nX-Request-ID: "));
  CHECK(holds(request, "\r\nContent-Length: 26\r\n"));
  CHECK(request.ends_with("\r\n\r\n{\"name\":\"Ann\",\"phone\":\"5\"}"));
}

TEST_CASE("request: further headers, open ones and secret ones, and a bearer token from its file") {
  const TempDir dir;
  write_file(dir.file("headers"), "X-Gateway-Key: s3cret\n");
  write_file(dir.file("token"), "t0ken\n");
  const std::string request = request_with({"--header", "X-Team: night shift", "--header-file", dir.file("headers"),
                                            "--auth", "bearer", "--bearer-file", dir.file("token")});
  CHECK(holds(request, "\r\nX-Team: night shift\r\n"));
  CHECK(holds(request, "\r\nX-Gateway-Key: s3cret\r\n"));
  CHECK(holds(request, "\r\nAuthorization: Bearer t0ken\r\n"));
}

TEST_CASE("request: columns are mapped, blanks are what --blank says, another separator and id column are found") {
  const std::string input =
      "Customer UUID;Full Name;phone;E-Mail;dial_code\n3f2504e0-4f89-41d3-9a0c-0305e82c3301;Ann;5;;\n";
  const std::string request = request_with({"--delimiter", "semicolon", "--id-column", "customer uuid", "--map",
                                            "name=Full Name", "--map", "email=E-Mail", "--blank", "email=empty"},
                                           input);
  CHECK(request.ends_with("\r\n\r\n{\"name\":\"Ann\",\"phone\":\"5\",\"email\":\"\"}"));
}

TEST_CASE("request: NDJSON strings and numbers keep their characters") {
  const std::string input =
      R"({"phone":0.50,"name":"Zo\u00eb \"Z\"","id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","x":[1]})";
  CHECK(request_with({}, input, "customers.ndjson").ends_with("{\"name\":\"Zoë \\\"Z\\\"\",\"phone\":\"0.50\"}"));
}

TEST_CASE("update: a dry run sends nothing, writes nothing, and shows no personal data and no secret") {
  Simulator simulator;
  const Work work("id,name,phone\n3f2504e0-4f89-41d3-9a0c-0305e82c3301,Annabel,555123\n");
  auto options = signing_options();
  options.emplace_back("--dry-run");
  const Finished finished = work.update(simulator.url(), options);
  simulator.stop();
  CHECK(finished.code == 0);
  CHECK(requests_at(simulator) == 0);
  CHECK(read_file(work.file("results.ndjson")).empty());
  CHECK(holds(finished.out, "PUT /svc/payment/api/v1/openapi/customers/"));
  CHECK_FALSE(holds(finished.out, "Annabel"));
  CHECK_FALSE(holds(finished.out, "555123"));
}

TEST_CASE("update: --json gives one object on standard output, and --quiet nothing on standard error") {
  Simulator simulator;
  const Work work(rows(3));
  const Finished finished = work.update(simulator.url(), {"--json", "--quiet"});
  CHECK(finished.code == 0);
  CHECK(finished.err.empty());
  CHECK(boost::json::parse(finished.out) == boost::json::value(work.summary()));
}

TEST_CASE("update: progress is a plain line where there is no terminal") {
  Simulator simulator;
  const Work work(rows(130));
  const Finished finished =
      run({AMEND_PROGRAM, "update", work.input, "--url", simulator.url(), "--ca-file", certificates() + "/ca.pem",
           "--auth", "none", "--run", work.directory, "--rate", "100/s"});
  CHECK(finished.code == 0);
  CHECK(holds(finished.err, "rows done ("));
  CHECK(holds(finished.err, "/s, 0 retries, 0 failed"));
  CHECK_FALSE(holds(finished.err, "\r"));
}

TEST_CASE("update: standard input is read as `-`, and --limit ends the run after so many rows") {
  Simulator simulator;
  const Work work(rows(20));
  const auto command = update_command(simulator.url(), "-", work.directory, {"--rate", "unlimited", "--limit", "7"});
  const Finished finished = run(command, {}, Process::Seconds(60), work.input);
  CHECK(finished.code == 0);
  CHECK(count_status(work.directory, "success") == 7);
}

TEST_CASE("update: options come from --config and from the environment; every attempt is signed") {
  Simulator simulator(verifying_options());
  const Work work(rows(5));
  write_file(work.dir.file("amend.toml"), "rate = \"unlimited\"\nca-file = \"" + certificates() + "/ca.pem\"\n");
  const Finished finished =
      run({AMEND_PROGRAM, "update", work.input, "--run", work.directory, "--config", work.dir.file("amend.toml")},
          {"AMEND_URL=" + simulator.url(), std::string("WONDER_APP_ID=") + app_id,
           "WONDER_PRIVATE_KEY_FILE=" + certificates() + "/app.key"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(count_status(work.directory, "success") == 5);
}

TEST_CASE("ping: one signed echo tells address, TLS and clock; wrong credentials are exit 5") {
  Simulator simulator(verifying_options());
  std::vector<std::string> command{AMEND_PROGRAM,   "ping",
                                   "--url",         simulator.url(),
                                   "--ca-file",     certificates() + "/ca.pem",
                                   "--app-id",      app_id,
                                   "--private-key", certificates() + "/app.key"};
  const Finished good = run(command);
  CAPTURE(good.err);
  CHECK(good.code == 0);
  CHECK(holds(good.out + good.err, "TLSv1.3"));
  command[7] = "11111111-2222-4333-8444-555555555555";
  CHECK(run(command).code == 5);
}
