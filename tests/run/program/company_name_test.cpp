// --company-name journal: which company names the earlier runs have sent, and when that is not known.
#include <doctest/doctest.h>

#include <filesystem>

#include "ground.hpp"

using namespace test;

namespace {

std::string company(const std::string& name) {
  return "id,name,phone,company_name\n" + uuid_of(1) + ",Name 1,91," + name + "\n";
}
const std::vector<std::string> journal{"--apply", "--company-name", "journal"};

}  // namespace

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
  CHECK(says(refused, "Move the run directory away, or use --company-name always"));
}

TEST_CASE("--company-name journal: a run whose log or run.json is gone is named, too") {
  for (const char* file : {"results.ndjson", "run.json"}) {
    CAPTURE(file);
    Ground ground;
    CHECK(ground.reconcile(company("First Ltd"), "1", journal).code == 0);
    std::filesystem::remove(ground.directory("1") + "/" + file);
    const Finished refused = ground.reconcile(company("First Ltd"), "2", journal);
    CHECK(refused.code == 2);
    CHECK(says(refused, "/1: "));
  }
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
  CHECK(says(refused, "what this run sent is unknown"));
}
