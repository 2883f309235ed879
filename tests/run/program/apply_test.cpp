// `amend reconcile --apply`: each check joins the file, the log, and the server's own record.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <filesystem>

#include "ground.hpp"
#include "scripted_api.hpp"

using namespace test;

namespace {

// The plan is made by the first connection, the PUT and what comes before it by the second.
Finished apply_to(ScriptedServer& server, const TempDir& dir, const std::vector<Person>& people,
                  std::vector<std::string> options = {}) {
  write_file(dir.file("crm.csv"), export_of(people));
  options.insert(options.begin(), {"--pipeline", "1", "--max-attempts", "1"});
  return apply_crm(server, dir, options);
}

}  // namespace

TEST_CASE(
    "apply: one PUT for each row that differs, and no other; each row of the file has its record, and the API holds "
    "what the file says") {
  Ground ground;
  const auto people = changed_people();
  const Finished finished = ground.reconcile(export_of(people), "run", {"--apply"});
  CHECK(finished.code == 1);
  CHECK(ground.requests("PUT") == 60);
  CHECK(ground.results("run").size() == people.size());
  CHECK(ground.count("run", "success") == 60);
  CHECK(ground.count("run", "unchanged") == 420);
  CHECK(ground.count("run", "failed") == 12);
  for (std::size_t i = 0; i < people.size(); ++i) {
    const auto record = record_of(ground.directory("run"), static_cast<std::int64_t>(i + 1));
    CAPTURE(i);
    const bool known = i < customers_in_all - 20;
    const bool changed = known && people[i].phone.ends_with("-changed");
    CHECK(text_of(record, "status") == (changed ? "success" : known ? "unchanged" : "failed"));
    CHECK(text_of(record, "id") == (known ? uuid_of(i) : people[i].reference));
    if (!known) CHECK(text_of(record, "error_code") == "reconcile.not_found");
  }
  const auto summary = read_json(ground.directory("run") + "/summary.json");
  CHECK(number_of(summary.at("rows").as_object(), "unchanged") == 420);
  const auto state = ground.state();
  for (std::size_t n = 0; n < customers_in_all - 20; ++n) {
    CAPTURE(n);
    REQUIRE(text_of(state.at(uuid_of(n)), "phone") == people[n].phone);
    CHECK(text_of(state.at(uuid_of(n)), "default_payment_token") == (n % 3 == 0 ? uuid_of(n + 500'000) : ""));
    CHECK(number_of(state.at(uuid_of(n)), "updates") == (people[n].phone.ends_with("-changed") ? 1 : 0));
  }
}

TEST_CASE("apply: a gateway response to the first PUT is not the start of a run: this process has read the customers") {
  const TempDir dir;
  ScriptedServer server({whole_list(customer_text(1, "90"), 1), [](Peer& peer) {
                           peer.expect(1);
                           peer.send(answer(404, "default backend - 404"));
                           peer.expect(1);
                           peer.send(one_customer(customer_text(1, "91")));
                           peer.wait_for_end();
                         }});
  Person changed = person(1);
  changed.phone = "91";
  write_file(dir.file("crm.csv"), export_of({changed}));
  CHECK(apply_crm(server, dir, {"--pipeline", "1"}).code == 0);
  CHECK(text_of(record_of(dir.file("run"), 1), "status") == "success");
}

TEST_CASE("apply: a second time nothing is left to be sent, and that is exit 0") {
  Ground ground;
  const std::string rows = export_of({person(1), person(2)}) + "R-3,Other name,93,c3@example.com\n";
  CHECK(ground.reconcile(rows, "first", {"--apply"}).code == 0);
  CHECK(ground.reconcile(rows, "second", {"--apply"}).code == 0);
  CHECK(ground.requests("PUT") == 1);
  CHECK(ground.count("second", "unchanged") == 3);
}

TEST_CASE("apply: what the file does not have is sent as it is now: name, phone, payment method and token") {
  Ground ground;
  CHECK(ground.reconcile("id,email\n" + uuid_of(3) + ",new@example.com\n", "run", {"--apply"}).code == 0);
  const auto customer = ground.state().at(uuid_of(3));
  CHECK(text_of(customer, "email") == "new@example.com");
  CHECK(text_of(customer, "name") == "Name 3");
  CHECK(text_of(customer, "phone") == "93");
  CHECK(text_of(customer, "default_payment_method") == "Credit Card");
  CHECK(text_of(customer, "default_payment_token") == uuid_of(500'003));
}

TEST_CASE("apply: a report alone changes nothing, and does not stand in the way of an update of the same file") {
  Ground ground;
  const std::string rows = "id,name,phone\n" + uuid_of(3) + ",New,1\n";
  CHECK(ground.reconcile(rows, "report").code == 1);
  CHECK(ground.requests("PUT") == 0);
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("crm.csv"), ground.directory("update"))).code == 0);
  CHECK(ground.requests("PUT") == 1);
}

TEST_CASE("apply: of several rows of a customer the last one is sent, the others are superseded; or none is") {
  Ground ground;
  auto first = person(1);
  auto second = person(1);
  first.phone = "first1";
  second.phone = "second1";
  const std::string rows = export_of({first, person(2), second});
  CHECK(ground.reconcile(rows, "none", {"--apply", "--duplicates", "reject"}).code == 1);
  CHECK(ground.count("none", "rejected") == 2);
  CHECK(text_of(record_of(ground.directory("none"), 1), "error_code") == "input.id.duplicate");
  CHECK(ground.requests("PUT") == 0);
  CHECK(ground.reconcile(rows, "last", {"--apply"}).code == 0);
  CHECK(text_of(record_of(ground.directory("last"), 1), "status") == "superseded");
  CHECK(ground.requests("PUT") == 1);
  CHECK(text_of(ground.state().at(uuid_of(1)), "phone") == "second1");
}

TEST_CASE("apply: an answer that shows another value than was sent is a success with drift, named by field") {
  Person one = person(0);
  one.phone = "+852 1";
  ScriptedServer server({whole_list(customer_text(0, "90"), 1), [&](Peer& peer) {
                           CHECK(peer.expect(1).starts_with("PUT "));
                           peer.send(one_customer(customer_text(0, "+8521")));
                           peer.wait_for_end();
                         }});
  const TempDir dir;
  const Finished finished = apply_to(server, dir, {one});
  CHECK(finished.code == 0);
  CHECK(says(finished, "phone in 1 row: the response shows a value that differs from the sent value"));
  const auto record = record_of(dir.file("run"), 1);
  CHECK(text_of(record, "status") == "success");
  CHECK(boost::json::serialize(record.at("drift")) == R"(["phone"])");
  CHECK(number_of(read_json(dir.file("run") + "/summary.json").at("drift").as_object(), "phone") == 1);
}

TEST_CASE("apply: that somebody else has changed another field meanwhile is seen in the answer, and said") {
  const TempDir dir;
  ScriptedServer server({whole_list(customer_text(0, "90"), 1), [&](Peer& peer) {
                           peer.expect(1);
                           peer.send(one_customer(R"({"uuid":")" + uuid_of(0) +
                                                  R"(","name":"Name 0","phone":"90-new","email":"c0@example.com",)"
                                                  R"("dial_code":"+852","reference_number":"R-0"})"));
                           peer.wait_for_end();
                         }});
  Person one = person(0);
  one.phone = "90-new";
  CHECK(apply_to(server, dir, {one}).code == 0);
  const auto record = record_of(dir.file("run"), 1);
  CHECK(text_of(record, "warning") == "changed by another client, not by this request: dial_code");
  CHECK_FALSE(record.contains("drift"));
}

TEST_CASE("apply: an answer about the customer of another reference_number stops the run") {
  const TempDir dir;
  std::vector<Person> people{person(0), person(1)};
  for (Person& one : people) one.phone += "-new";
  ScriptedServer server({whole_list(customer_text(0, "90") + "," + customer_text(1, "91"), 2), [&](Peer& peer) {
                           peer.expect(1);
                           std::string other = customer_text(0, "90-new");
                           other.replace(other.find("R-0"), 3, "R-7");
                           peer.send(one_customer(other));
                           peer.wait_for_end();
                         }});
  CHECK(apply_to(server, dir, people).code == 5);
  CHECK(text_of(record_of(dir.file("run"), 1), "error_code") == "guard.mismatch");
  CHECK(read_ndjson(dir.file("run") + "/results.ndjson").size() == 1);
}

TEST_CASE(
    "apply --recheck: each customer is read once more before it is written; one that somebody has changed is left "
    "alone, "
    "one that is right by now too") {
  const TempDir dir;
  std::vector<Person> people{person(0), person(1), person(2)};
  for (Person& one : people) one.phone += "-new";
  std::vector<std::string> requests;
  ScriptedServer server(
      {whole_list(customer_text(0, "90") + "," + customer_text(1, "91") + "," + customer_text(2, "92"), 3),
       [&](Peer& peer) {
         for (;;) {
           const std::string request = peer.expect(1);
           requests.push_back(request.substr(0, request.find(" HTTP")));
           if (request.starts_with("PUT ")) {
             peer.send(one_customer(customer_text(0, "90-new")));
           } else if (request.find(uuid_of(0)) != std::string::npos) {
             peer.send(one_customer(customer_text(0, "90")));
           } else if (request.find(uuid_of(1)) != std::string::npos) {
             peer.send(one_customer(customer_text(1, "somebody else's")));
           } else {
             peer.send(one_customer(customer_text(2, "92-new")));
           }
         }
       }});
  CHECK(apply_to(server, dir, people, {"--recheck", "--canary", "off"}).code == 1);
  CHECK(std::ranges::count_if(requests, [](const std::string& r) { return r.starts_with("PUT "); }) == 1);
  CHECK(requests.size() == 4);
  CHECK(text_of(record_of(dir.file("run"), 1), "status") == "success");
  const auto changed = record_of(dir.file("run"), 2);
  CHECK(text_of(changed, "status") == "failed");
  CHECK(text_of(changed, "error_code") == "reconcile.changed");
  CHECK(text_of(changed, "source") == "run");
  CHECK_FALSE(changed.contains("applied"));
  CHECK(text_of(record_of(dir.file("run"), 3), "status") == "unchanged");
}

TEST_CASE("apply --recheck: a customer that cannot be read is failed, not unknown: nothing was sent that changes it") {
  const TempDir dir;
  Person one = person(0);
  one.phone = "new1";
  ScriptedServer server({whole_list(customer_text(0, "90"), 1), [&](Peer& peer) {
                           peer.expect(1);
                           peer.finish();
                         }});
  CHECK(apply_to(server, dir, {one}, {"--recheck", "--canary", "off"}).code == 1);
  const auto record = record_of(dir.file("run"), 1);
  CHECK(text_of(record, "status") == "failed");
  CHECK(text_of(record, "error_code") == "transport.closed");
  CHECK_FALSE(record.contains("applied"));
}

TEST_CASE("apply: customers on another machine are not read for nothing: --yes is asked for first") {
  const TempDir dir;
  write_file(dir.file("crm.csv"), export_of({person(0)}));
  const Finished finished = run({AMEND_PROGRAM, "reconcile", dir.file("crm.csv"), "--url", "https://192.0.2.1",
                                 "--auth", "none", "--run", dir.file("run"), "--apply"});
  CHECK(finished.code == 2);
  CHECK(says(finished, "add --yes"));
  CHECK_FALSE(std::filesystem::exists(dir.file("run")));
}

TEST_CASE("apply: on a bad night, rechecked, no row is lost and the API holds what the file says") {
  Ground ground(
      {"--error-share", "500:0.05", "--reset-share", "0.02", "--close-after", "40", "--truncate-share", "0.02"});
  const auto people = changed_people();
  const Finished finished =
      ground.reconcile(export_of(people), "run",
                       {"--apply", "--recheck", "--look-up", "each", "--max-attempts", "20", "--canary", "off"});
  CHECK(finished.code == 1);
  CHECK(ground.results("run").size() == people.size());
  CHECK(ground.count("run", "failed") == 12);
  CHECK(ground.count("run", "success") + ground.count("run", "unchanged") == 480);
  const auto state = ground.state();
  for (std::size_t n = 0; n < customers_in_all - 20; ++n)
    REQUIRE(text_of(state.at(uuid_of(n)), "phone") == people[n].phone);
}

TEST_CASE("apply: --deadline counts what reading took, and is the whole of it for those who go on") {
  Ground ground({"--latency", "20ms"});
  const auto people = changed_people();
  const std::vector<std::string> slowly{"--apply", "--look-up",  "each", "--connections", "2", "--pipeline",
                                        "8",       "--deadline", "3s"};
  CHECK(ground.reconcile(export_of(people), "run", slowly).code == 1);
  const auto options = read_json(ground.directory("run") + "/run.json").at("options").as_object();
  CHECK(number_of(options.at("deadline").as_object(), "run_ms") == 3'000);
}

TEST_CASE("apply: --recheck without --apply is refused, for it would do nothing") {
  Ground ground;
  CHECK(says(ground.reconcile(export_of({person(1)}), "run", {"--recheck"}), "--recheck needs --apply"));
}

TEST_CASE("resume: of a reconciliation reads each customer that is left again, and leaves alone what others changed") {
  Ground ground({"--latency", "20ms"});
  ground.interrupt_apply("run", SIGINT);
  const std::size_t sent_before = ground.requests("PUT");
  REQUIRE(sent_before < 50);
  const std::string last = uuid_of(59 * 8);
  write_file(ground.dir.file("theirs.csv"), "id,name,phone\n" + last + ",Name 472,theirs1\n");
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("theirs.csv"), ground.directory("theirs"))).code ==
        0);
  const Finished resumed =
      run({AMEND_PROGRAM, "resume", ground.directory("run"), "--connections", "4", "--pipeline", "4"});
  CAPTURE(resumed.err);
  CHECK(resumed.code == 1);
  CHECK(text_of(record_of(ground.directory("run"), 59 * 8 + 1), "error_code") == "reconcile.changed");
  CHECK(ground.results("run").size() == changed_people().size());
  CHECK(ground.count("run", "success") == 59);
  CHECK(text_of(ground.state().at(last), "phone") == "theirs1");
}
