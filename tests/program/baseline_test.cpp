// --baseline and --company-name journal: what earlier files and runs say, and when they are not to be believed.
#include <doctest/doctest.h>

#include <filesystem>

#include "ground.hpp"

using namespace test;

TEST_CASE("--baseline: only rows that are not in the older file as they are now are looked at") {
  Ground ground;
  auto people = changed_people();
  write_file(ground.dir.file("old.csv"), export_of(people));
  people[5].phone = "tonight";
  people.push_back(person(490));
  const Finished finished = ground.reconcile(
      export_of(people), "run", {"--apply", "--look-up", "each", "--baseline", ground.dir.file("old.csv")});
  CHECK(finished.code == 0);
  CHECK(ground.planned("run", ".") == people.size() - 2);
  CHECK(ground.count("run", "unchanged") == people.size() - 1);
  CHECK(ground.requests("GET") == 2);
  CHECK(ground.requests("PUT") == 1);
}

TEST_CASE("--baseline: of an earlier run rows count that it has made true, the others are looked at again") {
  Ground ground;
  auto people = changed_people();
  CHECK(ground.reconcile(export_of(people), "first", {"--apply", "--look-up", "each"}).code == 1);
  const std::size_t before = ground.requests("GET");
  people[5].phone = "tonight";
  const Finished finished = ground.reconcile(export_of(people), "second",
                                             {"--apply", "--look-up", "each", "--baseline", ground.directory("first")});
  CHECK(finished.code == 1);
  CHECK(ground.requests("GET") - before == 13);  // the row that changed, and 12 that the API does not know
  CHECK(ground.requests("PUT") == 61);
  CHECK(ground.count("second", "failed") == 12);
  // And a third time over the second.
  CHECK(ground.reconcile(export_of(people), "third", {"--look-up", "each", "--baseline", ground.directory("second")})
            .code == 1);
  CHECK(ground.requests("GET") - before == 25);
}

TEST_CASE("--baseline: an update counts too, as long as its file is as it was") {
  Ground ground;
  write_file(ground.dir.file("plain.csv"), "id,name,phone\n" + uuid_of(1) + ",a,b\n" + uuid_of(2) + ",a,b\n");
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("plain.csv"), ground.directory("update"))).code ==
        0);
  const std::string tonight = "id,name,phone\n" + uuid_of(1) + ",a,b\n" + uuid_of(2) + ",a,c\n";
  CHECK(ground.reconcile(tonight, "run", {"--baseline", ground.directory("update")}).code == 1);
  CHECK(ground.requests("GET") == 1);
  write_file(ground.dir.file("plain.csv"), tonight);
  const Finished refused = ground.reconcile(tonight, "refused", {"--baseline", ground.directory("update")});
  CHECK(refused.code == 3);
  CHECK(says(refused, "is not what it was"));
}

TEST_CASE("--company-name journal: is sent when it is not what the earlier runs have sent, and only then") {
  Ground ground;
  const auto rows = [](const std::string& company) {
    return "id,name,phone,company_name\n" + uuid_of(1) + ",Name 1,91," + company + "\n";
  };
  CHECK(ground.reconcile(rows("First Ltd"), "1", {"--apply", "--company-name", "journal"}).code == 0);
  CHECK(ground.requests("PUT") == 1);
  CHECK(ground.reconcile(rows("First Ltd"), "2", {"--apply", "--company-name", "journal"}).code == 0);
  CHECK(ground.requests("PUT") == 1);
  CHECK(ground.count("2", "unchanged") == 1);
  CHECK(ground.reconcile(rows("Second Ltd"), "3", {"--apply", "--company-name", "journal"}).code == 0);
  CHECK(ground.requests("PUT") == 2);
  CHECK(ground.reconcile(rows("First Ltd"), "4", {"--apply", "--company-name", "journal"}).code == 0);
  CHECK(ground.requests("PUT") == 3);
  CHECK(text_of(ground.state().at(uuid_of(1)), "company_name") == "First Ltd");
}

TEST_CASE(
    "--baseline: a run that was undone since, of another API, or compared otherwise says nothing, and is refused") {
  Ground ground;
  const std::string rows = "id,phone\n" + uuid_of(1) + ",new\n";
  CHECK(ground.reconcile(rows, "run", {"--apply"}).code == 0);
  CHECK(says(ground.reconcile(rows, "a", {"--baseline", ground.directory("run"), "--company-name", "always"}),
             "another --company-name"));
  CHECK(says(ground.reconcile(rows, "b", {"--baseline", ground.directory("run"), "--ignore-space"}),
             "another --ignore-space"));
  const Ground elsewhere;
  CHECK(says(run({AMEND_PROGRAM, "reconcile", ground.dir.file("crm.csv"), "--url", elsewhere.simulator->url(), "--auth",
                  "none", "--run", ground.directory("c"), "--baseline", ground.directory("run")}),
             "another --url"));
  CHECK(ground.command("undo", ground.directory("run"), "undone").code == 0);
  const Finished undone = ground.reconcile(rows, "d", {"--baseline", ground.directory("run")});
  CHECK(undone.code == 2);
  CHECK(says(undone, "customers were given back since by"));
}

TEST_CASE("--baseline: rows that a verification passed over are not settled by that") {
  Ground ground;
  const std::string rows = "id,phone\n" + uuid_of(1) + ",new\n" + uuid_of(9'999) + ",none\n";
  CHECK(ground.reconcile(rows, "run", {"--apply"}).code == 1);
  CHECK(ground.command("verify", ground.directory("run"), "verified").code == 0);
  CHECK(ground.reconcile(rows, "next", {"--baseline", ground.directory("verified"), "--look-up", "each"}).code == 1);
  CHECK(ground.planned("next", "+") == 1);
}

TEST_CASE("--baseline: of an older file the row of a customer counts that --duplicates says") {
  Ground ground;
  const std::string twice = "id,phone\n" + uuid_of(1) + ",first\n" + uuid_of(1) + ",last\n";
  write_file(ground.dir.file("old.csv"), twice);
  const auto passed_over = [&](const std::string& phone, const std::string& duplicates) {
    const std::string run_name = phone + "-" + duplicates;
    ground.reconcile("id,phone\n" + uuid_of(1) + "," + phone + "\n", run_name,
                     {"--baseline", ground.dir.file("old.csv"), "--duplicates", duplicates});
    return ground.planned(run_name, ".") == 1;
  };
  CHECK(passed_over("last", "last"));
  CHECK_FALSE(passed_over("first", "last"));
  CHECK(passed_over("first", "first"));
  CHECK_FALSE(passed_over("last", "reject"));
}

namespace {

std::string company(const std::string& name) {
  return "id,name,phone,company_name\n" + uuid_of(1) + ",Name 1,91," + name + "\n";
}
const std::vector<std::string> journal{"--apply", "--company-name", "journal"};

}  // namespace

TEST_CASE("--company-name journal: what an update has sent counts; once its file has changed nothing is known of it") {
  Ground ground;
  CHECK(ground.reconcile(company("First Ltd"), "1", journal).code == 0);
  write_file(ground.dir.file("plain.csv"), company("Second Ltd"));
  CHECK(run(update_command(ground.simulator->url(), ground.dir.file("plain.csv"), ground.directory("update"))).code ==
        0);
  CHECK(ground.requests("PUT") == 2);
  CHECK(ground.reconcile(company("Second Ltd"), "2", journal).code == 0);
  CHECK(ground.requests("PUT") == 2);
  write_file(ground.dir.file("plain.csv"), company("Third Ltd"));
  CHECK(ground.reconcile(company("First Ltd"), "3", journal).code == 0);
  CHECK(ground.requests("PUT") == 3);
}

TEST_CASE("--company-name journal: a run that cannot be read is named, for nobody knows what it has sent") {
  Ground ground;
  CHECK(ground.reconcile(company("First Ltd"), "1", journal).code == 0);
  std::filesystem::remove(ground.directory("1") + "/plan.ndjson");
  const Finished refused = ground.reconcile(company("First Ltd"), "2", journal);
  CHECK(refused.code == 2);
  CHECK(says(refused, "/1: "));
  CHECK(says(refused, "Move it away, or --company-name always"));
}

TEST_CASE("--company-name journal: runs of another API in the same folder are no word about this one") {
  Ground ground;
  const Ground elsewhere;
  write_file(ground.dir.file("crm.csv"), company("First Ltd"));
  CHECK(run({AMEND_PROGRAM, "reconcile", ground.dir.file("crm.csv"), "--url", elsewhere.simulator->url(), "--auth",
             "none", "--run", ground.directory("elsewhere"), "--apply", "--company-name", "journal"})
            .code == 0);
  CHECK(ground.reconcile(company("First Ltd"), "here", journal).code == 0);
  CHECK(ground.requests("PUT") == 1);
}

TEST_CASE("--baseline: customers that an undo of an earlier run has given back are not passed over for a later run") {
  Ground ground;
  const std::string rows = "id,phone\n" + uuid_of(1) + ",new\n";
  CHECK(ground.reconcile(rows, "a", {"--apply"}).code == 0);
  CHECK(ground.reconcile(rows, "b", {"--apply", "--baseline", ground.directory("a")}).code == 0);
  CHECK(ground.command("undo", ground.directory("a"), "undone").code == 0);
  CHECK(says(ground.reconcile(rows, "c", {"--apply", "--baseline", ground.directory("b")}),
             "customers were given back since"));
}

TEST_CASE("--company-name journal: what was in flight when a run was killed is not known, so it is sent") {
  Ground ground;
  CHECK(ground.reconcile(company("First Ltd"), "1", journal).code == 0);
  CHECK(ground.reconcile(company("Second Ltd"), "2", journal).code == 0);
  CHECK(ground.reconcile(company("Second Ltd"), "same", journal).code == 0);
  CHECK(ground.requests("PUT") == 2);
  // Killed before its record was written.
  std::filesystem::remove(ground.directory("1") + "/summary.json");
  write_file(ground.directory("1") + "/results.ndjson", "");
  CHECK(ground.reconcile(company("Second Ltd"), "3", journal).code == 0);
  CHECK(ground.requests("PUT") == 3);
}

TEST_CASE("--company-name journal: a run that cannot be looked into is named, not left out") {
  Ground ground;
  CHECK(ground.reconcile(company("First Ltd"), "1", journal).code == 0);
  std::filesystem::create_directory(ground.directory("closed"));
  std::filesystem::create_symlink("run.json", ground.directory("closed") + "/run.json");  // to itself
  const Finished refused = ground.reconcile(company("First Ltd"), "2", journal);
  CHECK(refused.code == 2);
  CHECK(says(refused, "what this run has sent is not known"));
}
