// Options whose effect is visible only in a run: on the connection, on the rate, on the end of a row.
#include <doctest/doctest.h>

#include <mutex>

#include "fixture.hpp"
#include "support/scripted_server.hpp"

using namespace test;

TEST_CASE("--client-cert: a server that asks for one is served with it, and refuses without, with the reason") {
  Simulator simulator({"--client-ca", certificates() + "/ca.pem"});
  const Work with(rows(10));
  const Finished served = with.update(simulator.url(), {"--client-cert", certificates() + "/client.pem", "--client-key",
                                                        certificates() + "/server.key"});
  CAPTURE(served.err);
  CHECK(served.code == 0);
  CHECK(count_status(with.directory, "success") == 10);
  const Work without(rows(10));
  const Finished refused = without.update(simulator.url(), {"--connect-timeout", "1s", "--outage-limit", "1s"});
  CAPTURE(refused.err);
  CHECK(refused.code == 5);
  CHECK(says(refused, "certificate required"));
  CHECK(number_of(without.summary().at("rows").as_object(), "unsent") == 10);
}

TEST_CASE("--ipv4: localhost is reached over it") {
  Simulator simulator({"--plain"});
  const Work work(rows(10));
  const Finished finished = work.update("http://localhost:" + simulator.port(), {"--ipv4"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
}

TEST_CASE("--echo-path: ping asks there") {
  std::mutex mutex;
  std::string seen;
  ScriptedServer server({[&](Peer& peer) {
    const std::string request = peer.expect(1);
    const std::lock_guard lock(mutex);
    seen = request;
    peer.send(answer(200, R"({"code":200})"));
  }});
  run({AMEND_PROGRAM, "ping", "--url", "http://127.0.0.1:" + server.port(), "--auth", "none", "--echo-path",
       "/v2/echo"});
  const std::lock_guard lock(mutex);
  CHECK(seen.find(" /v2/echo HTTP/1.1\r\n") != std::string::npos);
}

TEST_CASE("--format: what is said is read, whatever the file is called") {
  Simulator simulator;
  const Work lines(std::string("{\"id\":\"") + some_id + "\",\"name\":\"Ann\",\"phone\":\"5\"}\n", "customers.csv");
  CHECK(lines.update(simulator.url(), {"--format", "ndjson"}).code == 0);
  CHECK(count_status(lines.directory, "success") == 1);
  const Work table(rows(3), "customers.ndjson");
  CHECK(table.update(simulator.url(), {"--format", "csv"}).code == 0);
  CHECK(count_status(table.directory, "success") == 3);
}

TEST_CASE("--burst: so many go at once before the pace begins") {
  // At one a minute, three rows would take two minutes.
  Simulator simulator;
  const Work work(rows(3));
  const Finished finished =
      run(update_command(simulator.url(), work.input, work.directory, {"--rate", "1/m", "--burst", "3"}), {}, limit);
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(says(finished, "burst 3"));
}

TEST_CASE("--workers: the rows are shared out, and each customer's stay in order") {
  auto customers = make_customers(100);
  for (auto& again : make_customers(100)) {
    again.fields["name"] = "Second " + again.fields["name"];
    customers.push_back(again);
  }
  const Work work(to_csv(customers));
  Simulator simulator({"--fault-seed", "3", "--error-share", "500:10%"});
  const Finished finished = work.update(simulator.url(), {"--workers", "3", "--connections", "6"});
  simulator.stop();
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(says(finished, "3 workers"));
  for (const auto& trouble : disagreements(customers, work.directory, simulator, finished.code)) FAIL_CHECK(trouble);
}

TEST_CASE("--row-timeout: a row that fails again and again is given up in time, whatever attempts it has left") {
  Simulator simulator({"--error-share", "503:100%"});
  const Work work(rows(1));
  const Finished finished = work.update(simulator.url(), {"--row-timeout", "1s", "--max-attempts", "100"});
  CAPTURE(finished.err);
  CHECK(finished.code == 1);
  const auto records = read_ndjson(work.file("results.ndjson"));
  REQUIRE(records.size() == 1);
  CHECK(records[0].at("error_code") == "http.503");
  CHECK(number_of(records[0], "attempts") < 30);
}

TEST_CASE("--url: a host that does not exist is said to be none, and nothing is lost") {
  const Work work(rows(5));
  const Finished finished = work.update("https://customers.invalid", {"--yes", "--outage-limit", "1s"});
  CAPTURE(finished.err);
  // Without a name server it is unknown whether the host exists, so it is an outage.
  if (finished.code == 5) {
    CHECK(says(finished, "customers.invalid: no such host"));
  } else {
    CHECK(finished.code == 4);
    CHECK(says(finished, "customers.invalid: "));
  }
  CHECK(number_of(work.summary().at("rows").as_object(), "unsent") == 5);
}
