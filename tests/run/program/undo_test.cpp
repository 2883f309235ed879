// `amend undo` and `amend verify`: each check joins the runs and the server's own record.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>

#include "ground.hpp"
#include "support/scripted_server.hpp"

using namespace test;

namespace {

void check_same_as_seed(const std::map<std::string, boost::json::object>& state) {
  REQUIRE(state.size() == customers_in_all);
  for (std::size_t n = 0; n < customers_in_all; ++n) {
    const boost::json::object& customer = state.at(uuid_of(n));
    CAPTURE(n);
    CHECK(text_of(customer, "name") == person(n).name);
    CHECK(text_of(customer, "phone") == person(n).phone);
    CHECK(text_of(customer, "email") == person(n).email);
    CHECK(text_of(customer, "default_payment_token") == (n % 3 == 0 ? uuid_of(n + 500'000) : ""));
  }
}

}  // namespace

TEST_CASE("undo: gives back what was there before, field by field, and verify says so") {
  Ground ground;
  CHECK(ground.reconcile(export_of(changed_people()), "run", {"--apply"}).code == 1);
  CHECK(ground.command("verify", ground.directory("run"), "verified").code == 0);
  CHECK(ground.planned("verified", "=") == 480);
  CHECK(ground.planned("verified", ".") == 12);
  CHECK(ground.command("undo", ground.directory("run"), "undone").code == 0);
  CHECK(ground.count("undone", "success") == 60);
  CHECK(ground.requests("PUT") == 120);
  CHECK(ground.command("verify", ground.directory("run"), "not-any-more").code == 1);
  CHECK(ground.planned("not-any-more", "*") == 60);
  CHECK(ground.command("verify", ground.directory("undone"), "as-before").code == 0);
  CHECK(ground.command("undo", ground.directory("run"), "again").code == 0);
  CHECK(ground.count("again", "unchanged") == 60);
  CHECK(ground.requests("PUT") == 120);
  check_same_as_seed(ground.state());
}

TEST_CASE("undo: what somebody else has changed since is left alone and listed, the rest is given back") {
  Ground ground;
  CHECK(ground.reconcile(export_of(changed_people()), "run", {"--apply"}).code == 1);
  const std::string theirs =
      "id,name,phone\n" + uuid_of(8) + ",Name 8,theirs1\n" + uuid_of(16) + ",Theirs,916-changed\n";
  write_file(ground.dir.file("theirs.csv"), theirs);
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("theirs.csv"), ground.directory("theirs"))).code ==
        0);
  const Finished undone = ground.command("undo", ground.directory("run"), "undone");
  CHECK(undone.code == 1);
  CHECK(says(undone, "1 x reconcile.changed"));
  CHECK(ground.count("undone", "success") == 59);
  const auto left = read_ndjson(ground.directory("undone") + "/failed.ndjson");
  REQUIRE(left.size() == 1);
  CHECK(text_of(left[0], "id") == uuid_of(8));
  CHECK(text_of(left[0], "amend_error_code") == "reconcile.changed");
  const auto state = ground.state();
  CHECK(text_of(state.at(uuid_of(8)), "phone") == "theirs1");
  CHECK(text_of(state.at(uuid_of(16)), "phone") == "916");
  CHECK(text_of(state.at(uuid_of(16)), "name") == "Theirs");
}

TEST_CASE("undo: what cannot be given back is said before it is sent") {
  Ground ground;
  const std::string rows = "id,dial_code,company_name,default_payment_method,default_payment_token\n" + uuid_of(1) +
                           ",+852,New Ltd,Alipay," + uuid_of(700) + "\n";
  const Finished applied = ground.reconcile(rows, "run", {"--apply", "--company-name", "always"});
  CHECK(applied.code == 0);
  CHECK(says(applied, "dial_code of 1 row: the API does not accept the previous value"));
  CHECK(says(applied, "company_name of 1 row: the API never returns its value"));
  CHECK_FALSE(says(applied, "default_payment_token of"));
  CHECK(ground.command("undo", ground.directory("run"), "undone").code == 0);
  const auto customer = ground.state().at(uuid_of(1));
  CHECK(text_of(customer, "default_payment_method").empty());
  CHECK(text_of(customer, "default_payment_token").empty());
  CHECK(text_of(customer, "dial_code") == "+852");
}

TEST_CASE("undo: a run that kept nothing cannot be undone") {
  Ground ground;
  write_file(ground.dir.file("plain.csv"), "id,name,phone\n" + uuid_of(1) + ",a,b1\n");
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("plain.csv"), ground.directory("update"))).code ==
        0);
  const Finished refused = ground.command("undo", ground.directory("update"), "undone");
  CHECK(refused.code == 2);
  CHECK(says(refused, "this run cannot be undone"));
  CHECK_FALSE(std::filesystem::exists(ground.directory("undone")));
}

TEST_CASE("status: of a reconciliation tells what has become of each row, and to reconcile again for the rest") {
  Ground ground;
  CHECK(ground.reconcile(export_of(changed_people()), "run", {"--apply"}).code == 1);
  const Finished told = run({AMEND_PROGRAM, "status", ground.directory("run")});
  CHECK(told.code == 1);
  CHECK(told.out.find("492 in the input, 60 success, 12 failed, 420 unchanged") != std::string::npos);
  CHECK(told.out.find("amend reconcile " + ground.dir.file("crm.csv") + " --url ") != std::string::npos);
  CHECK(told.out.find(" --apply   # rows that already match are skipped") != std::string::npos);
  CHECK(told.out.find("retry") == std::string::npos);
}

TEST_CASE("retry: a reconciliation is not retried but reconciled again") {
  Ground ground;
  CHECK(ground.reconcile(export_of(changed_people()), "run", {"--apply"}).code == 1);
  const Finished refused = run({AMEND_PROGRAM, "retry", ground.directory("run")});
  CHECK(refused.code == 2);
  CHECK(says(refused, "reconcile its file again"));
}

TEST_CASE("verify: finds what is not any more as the run has left it; a sample looks at so many rows only") {
  Ground ground;
  std::string rows = "id,name,phone\n";
  for (std::size_t n = 0; n < 400; ++n) rows += uuid_of(n) + ",N,P1\n";
  write_file(ground.dir.file("all.csv"), rows);
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("all.csv"), ground.directory("update"),
                           {"--rate", "unlimited", "--canary", "off"}))
            .code == 0);
  CHECK(ground.command("verify", ground.directory("update"), "well").code == 0);
  CHECK(ground.planned("well", "=") == 400);
  CHECK(ground.reconcile("id,phone\n" + uuid_of(5) + ",other1\n", "other", {"--apply"}).code == 0);
  const Finished found = ground.command("verify", ground.directory("update"), "found");
  CHECK(found.code == 1);
  CHECK(ground.planned("found", "*") == 1);
  CHECK(ground.requests("PUT") == 401);
  ground.command("verify", ground.directory("update"), "sample", {"--sample", "10%"});
  const std::size_t looked_at = 400 - ground.planned("sample", ".");
  CHECK(looked_at > 5);
  CHECK(looked_at < 120);
}

TEST_CASE("undo: what a row overwrites beside what differs is given back too, as far as anybody knows what it was") {
  Ground ground;
  const std::string rows = "id,name,phone,company_name\n" + uuid_of(1) + ",NAME 1,new1,Other Ltd\n";
  const Finished applied = ground.reconcile(rows, "run", {"--apply", "--ignore-case", "name"});
  CHECK(applied.code == 0);
  CHECK(says(applied, "company_name of 1 row: the API never returns its value"));
  CHECK(ground.command("undo", ground.directory("run"), "undone").code == 0);
  const auto customer = ground.state().at(uuid_of(1));
  CHECK(text_of(customer, "name") == "Name 1");
  CHECK(text_of(customer, "phone") == "91");
}

TEST_CASE("undo: a report, or a plan that nobody said yes to, has sent nothing: what others have sent stays") {
  Ground ground;
  const std::string rows = "id,phone\n" + uuid_of(1) + ",new1\n";
  CHECK(ground.reconcile(rows, "report").code == 1);
  CHECK(ground.reconcile(rows, "applied", {"--apply"}).code == 0);
  const Finished refused = ground.command("undo", ground.directory("report"), "undone");
  CHECK(refused.code == 2);
  CHECK(says(refused, "this run cannot be undone"));
  CHECK(text_of(ground.state().at(uuid_of(1)), "phone") == "new1");
}

namespace {

// One customer: its phone is sent as "+852 1" and shown as "+8521"; then undo reads `later`.
Finished undo_of_drift(const std::string& later, std::string& last_request) {
  const auto customer = [](const std::string& phone) {
    return answer(200, R"({"code":200,"data":{"customer":{"uuid":")" + uuid_of(0) + R"(","name":"Name 0","phone":")" +
                           phone + R"(","email":"c0@example.com","reference_number":"R-0"}}})");
  };
  const auto one_by_one = [&](std::vector<std::string> phones) {
    return [=, &last_request](Peer& peer) {
      for (const std::string& phone : phones) {
        const std::string request = peer.expect(1);
        last_request = request.substr(request.find("\r\n\r\n") + 4);
        peer.send(customer(phone));
      }
      peer.wait_for_end();
    };
  };
  ScriptedServer server({one_by_one({"90"}), one_by_one({"+8521"}), one_by_one({later}), one_by_one({later, "90"})});
  const TempDir dir;
  write_file(dir.file("crm.csv"), "id,phone\n" + uuid_of(0) + ",+852 1\n");
  const std::vector<std::string> common{"--connections", "1",    "--pipeline", "1",
                                        "--look-up",     "each", "--canary",   "off"};
  std::vector<std::string> apply{
      AMEND_PROGRAM, "reconcile", dir.file("crm.csv"), "--url",  "http://127.0.0.1:" + server.port(), "--auth",
      "none",        "--run",     dir.file("run"),     "--apply"};
  apply.insert(apply.end(), common.begin(), common.end());
  CHECK(run(apply).code == 0);
  CHECK(last_request.find("+852 1") != std::string::npos);
  std::vector<std::string> undo{AMEND_PROGRAM, "undo", dir.file("run"), "--run", dir.file("undone")};
  undo.insert(undo.end(), common.begin(), common.end());
  return run(undo);
}

}  // namespace

TEST_CASE("undo: a value that the API shows otherwise than it was sent is given back while it shows just that") {
  std::string last_request;
  CHECK(undo_of_drift("+8521", last_request).code == 0);
  CHECK(last_request.find(R"("phone":"90")") != std::string::npos);
  const Finished theirs = undo_of_drift("+8529", last_request);
  CHECK(theirs.code == 1);
  CHECK(says(theirs, "reconcile.changed"));
  CHECK(last_request.find(R"("phone":"90")") == std::string::npos);
}

TEST_CASE("verify: an input that is not what it was is refused, not compared") {
  Ground ground;
  write_file(ground.dir.file("all.csv"), "id,name,phone\n" + uuid_of(1) + ",N,P1\n" + uuid_of(2) + ",N,Q1\n");
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("all.csv"), ground.directory("update"))).code == 0);
  write_file(ground.dir.file("all.csv"), "id,name,phone\n" + uuid_of(2) + ",N,Q1\n" + uuid_of(1) + ",N,P1\n");
  const Finished refused = ground.command("verify", ground.directory("update"), "verified");
  CHECK(refused.code == 3);
  CHECK(says(refused, "row 1 (line 2) differs from the "));
}

TEST_CASE("verify: of a customer in several rows the last one that succeeded is what the API is to hold") {
  Ground ground({"--error-share", "400:0"});
  write_file(ground.dir.file("all.csv"), "id,name,phone,default_payment_method\n" + uuid_of(1) + ",N,first1,Alipay\n" +
                                             uuid_of(1) + ",N,last1,Alipay\n" + uuid_of(2) + ",N,P1,Bitcoin\n");
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("all.csv"), ground.directory("update"))).code == 1);
  CHECK(ground.command("verify", ground.directory("update"), "verified").code == 0);
  CHECK(ground.planned("verified", "=") == 1);
  CHECK(ground.planned("verified", "~") == 1);
  CHECK(ground.planned("verified", ".") == 1);
}

TEST_CASE("verify: a run that read standard input cannot be verified, and does not wait for it") {
  Ground ground;
  CHECK(run({"/bin/sh", "-c", "printf 'id,name,phone\\n" + uuid_of(1) + ",N,P\\n' | \"$@\"", "sh", AMEND_PROGRAM,
             "update", "-", "--format", "csv", "--url", ground.simulator->url(), "--auth", "none", "--run",
             ground.directory("update")})
            .code == 0);
  const Finished refused = ground.command("verify", ground.directory("update"), "verified");
  CHECK(refused.code == 3);
  CHECK(says(refused, "standard input cannot be read again"));
}

TEST_CASE("undo: one that finds nothing to give back leaves the run as it is") {
  Ground ground;
  CHECK(ground.reconcile(export_of({person(1)}), "run", {"--apply"}).code == 0);
  CHECK(ground.command("undo", ground.directory("run"), "undone").code == 0);
  CHECK_FALSE(std::filesystem::exists(ground.directory("run") + "/undone"));
}

TEST_CASE("undo: a run that was taken back is neither gone on with nor a baseline, wherever the undo lies") {
  Ground ground({"--latency", "20ms"});
  ground.interrupt_apply("run", SIGKILL);
  const TempDir elsewhere;
  CHECK(run({AMEND_PROGRAM, "undo", ground.directory("run"), "--run", elsewhere.file("undone"), "--rate", "unlimited"})
            .code == 0);
  const std::size_t sent = ground.requests("PUT");
  const Finished refused = run({AMEND_PROGRAM, "resume", ground.directory("run")});
  CHECK(refused.code == 2);
  CHECK(says(refused, "was undone by " + elsewhere.file("undone")));
  CHECK(says(ground.reconcile(export_of(changed_people()), "next", {"--baseline", ground.directory("run")}),
             "customers were restored later"));
  CHECK(run({AMEND_PROGRAM, "status", ground.directory("run")}).out.find("amend resume") == std::string::npos);
  CHECK(run({AMEND_PROGRAM, "runs", ground.dir.path()}).out.find("amend resume") == std::string::npos);
  CHECK(ground.requests("PUT") == sent);
  check_same_as_seed(ground.state());
}

TEST_CASE("undo: nobody else may hold the run meanwhile, also when the undo is gone on with") {
  Ground ground;
  CHECK(ground.reconcile(export_of(changed_people()), "run", {"--apply"}).code == 1);
  const auto while_held = [&](const std::vector<std::string>& command) {
    std::vector<std::string> all{"flock", ground.directory("run") + "/lock", AMEND_PROGRAM};
    all.insert(all.end(), command.begin(), command.end());
    return run(all);
  };
  CHECK(while_held({"undo", ground.directory("run"), "--run", ground.directory("undone")}).code == 7);
  CHECK_FALSE(std::filesystem::exists(ground.directory("undone")));
  CHECK(ground.command("undo", ground.directory("run"), "undone").code == 0);
  CHECK(while_held({"resume", ground.directory("undone")}).code == 7);
}
