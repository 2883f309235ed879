// --recheck, as the server sees it: which customers are read again, and what a lost read proves.
#include <doctest/doctest.h>

#include "client.hpp"
#include "ground.hpp"
#include "scripted_api.hpp"

using namespace test;

namespace {

std::string shown(std::size_t n, const std::string& phone) { return one_customer(customer_text(n, phone)); }

Finished recheck(const ScriptedServer& server, const TempDir& dir, std::size_t rows,
                 const std::vector<std::string>& more) {
  std::string text = "id,phone\n";
  for (std::size_t n = 0; n < rows; ++n) text += uuid_of(n) + ",new1\n";
  write_file(dir.file("crm.csv"), text);
  std::vector<std::string> options{"--canary", "off", "--recheck", "--rate", "unlimited"};
  options.insert(options.end(), more.begin(), more.end());
  return apply_crm(server, dir, options);
}

bool pause_run(const std::string& directory) {
  const Client client = Client::of_run(directory);
  if (!client.connected()) return false;
  client.send("pause\n");
  return client.receive("\n").find("\"paused\":true") != std::string::npos;
}

}  // namespace

TEST_CASE(
    "recheck: a customer whose answer has become old while the run was paused is read again before it is written") {
  const TempDir dir;
  std::vector<std::string> methods;
  const auto note = [&](const std::string& request) { methods.push_back(request.substr(0, 3)); };
  ScriptedServer server({whole_list(customer_text(0, "90"), 1), [&](Peer& peer) {
                           note(peer.expect(1));
                           // The run listens a moment after it has begun. To start a program here could take longer than --timeout.
                           CHECK(wait_until([&] { return pause_run(dir.file("run")); }, limit));
                           peer.send(shown(0, "90"));
                           peer.idle(std::chrono::milliseconds(3'300));
                           CHECK(run({AMEND_PROGRAM, "control", dir.file("run"), "resume"}).code == 0);
                           note(peer.expect(1));
                           peer.send(shown(0, "theirs"));
                           peer.wait_for_end();
                         }});
  CHECK(recheck(server, dir, 1, {"--pipeline", "1", "--timeout", "3s"}).code == 1);
  CHECK(methods == std::vector<std::string>{"GET", "GET"});
  CHECK(text_of(record_of(dir.file("run"), 1), "error_code") == "reconcile.changed");
}

TEST_CASE("recheck: a read that was lost behind another has applied nothing") {
  const TempDir dir;
  ScriptedServer server({whole_list(customer_text(0, "90") + "," + customer_text(1, "91"), 2),
                         [](Peer& peer) {
                           peer.expect(2);
                           peer.finish();
                         },
                         [](Peer& peer) {
                           for (int i = 0; i < 2; ++i) {
                             const std::string request = peer.expect(1);
                             peer.send(shown(request.find(uuid_of(0)) != std::string::npos ? 0 : 1, "theirs"));
                           }
                           peer.wait_for_end();
                         }});
  CHECK(recheck(server, dir, 2, {"--pipeline", "2", "--workers", "1"}).code == 1);
  for (const int row : {1, 2}) {
    CAPTURE(row);
    const auto record = record_of(dir.file("run"), row);
    CHECK(text_of(record, "error_code") == "reconcile.changed");
    CHECK_FALSE(record.contains("applied"));
  }
}

TEST_CASE("recheck: reads and writes of a reconciliation are signed, and the server's check agrees") {
  TempDir dir;
  write_file(dir.file("seed.csv"), seed_of(50));
  write_file(dir.file("crm.csv"), "reference_number,phone\nR-1,new1\nR-2,new1\nR-3,93\n");
  auto verifying = verifying_options();
  verifying.insert(verifying.end(), {"--seed", dir.file("seed.csv")});
  Simulator simulator(verifying);
  const auto signed_run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), AMEND_PROGRAM);
    return run(words);
  };
  std::vector<std::string> apply{
      "reconcile", dir.file("crm.csv"), "--url",   simulator.url(), "--ca-file", certificates() + "/ca.pem",
      "--run",     dir.file("run"),     "--apply", "--recheck"};
  const auto signing = signing_options();
  apply.insert(apply.end(), signing.begin(), signing.end());
  CHECK(signed_run(apply).code == 0);
  CHECK(count_status(dir.file("run"), "success") == 2);
  CHECK(signed_run({"verify", dir.file("run"), "--run", dir.file("verified"), "--look-up", "list"}).code == 0);
  CHECK(signed_run({"undo", dir.file("run"), "--run", dir.file("undone")}).code == 0);
  CHECK(count_status(dir.file("undone"), "success") == 2);
}
