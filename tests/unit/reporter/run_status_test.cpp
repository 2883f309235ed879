// The status of a run by what is known of it.
#include "amend/run/run_status.hpp"

#include <doctest/doctest.h>

#include <string>

#include "amend/run/run_directory.hpp"
#include "unit/reporter/chain_fixture.hpp"

namespace amend {
namespace {

class Expected {
 public:
  bool is_held;
  bool is_damaged;
  bool only_compares;
  bool has_summary;
  bool is_whole;
  RunStatus status;
};

constexpr bool yes = true;
constexpr bool no = false;

TEST_CASE("run_status: the first fact that applies decides") {
  const Expected table[] = {
      // held, damaged, compares, summary, whole
      {no, no, no, yes, yes, RunStatus::finished},  {no, no, no, yes, no, RunStatus::stopped},
      {no, no, no, no, no, RunStatus::killed},      {no, no, yes, no, no, RunStatus::compared},
      {no, no, yes, yes, yes, RunStatus::compared}, {no, yes, no, yes, yes, RunStatus::damaged},
      {no, yes, yes, no, no, RunStatus::damaged},   {no, yes, no, no, no, RunStatus::damaged},
      {yes, no, no, no, no, RunStatus::running},    {yes, yes, no, no, no, RunStatus::running},
      {yes, no, yes, no, no, RunStatus::running},   {yes, yes, yes, yes, yes, RunStatus::running},
  };
  for (const Expected& expected : table) {
    RunFacts facts;
    facts.is_held = expected.is_held;
    facts.is_damaged = expected.is_damaged;
    facts.only_compares = expected.only_compares;
    facts.has_summary = expected.has_summary;
    facts.is_whole = expected.is_whole;
    CAPTURE(to_string(expected.status));
    CHECK(to_string(status_of(facts)) == to_string(expected.status));
  }
}

TEST_CASE("run_status: the facts come from the directory of the run") {
  using test::Row;
  const test::TemporaryDirectory dir;
  const std::string run = dir / "r";
  test::make_run(run, test::Written({Row(1, Status::success, "0b7ad3a5-6d5c-4c5e-9c0f-3f1f0c1d2e01")}, 1));
  const auto status = [&] { return to_string(status_of(facts_of(run, read_run(run), read_summary(run)))); };
  CHECK(status() == "finished");
  SUBCASE("a process has its locks") {
    const RunDirectory held(run, Opening::resume);
    CHECK(status() == "running");
  }
  SUBCASE("no summary") {
    std::filesystem::remove(run + "/summary.json");
    CHECK(status() == "killed");
  }
  SUBCASE("rows without a result") {
    Summary summary;
    summary.unsent = 1;
    std::ofstream(run + "/summary.json") << to_json(summary);
    CHECK(status() == "stopped");
  }
  SUBCASE("the number of these is not known") {
    std::ofstream(run + "/summary.json") << to_json(Summary());
    CHECK(status() == "stopped");
  }
  SUBCASE("no log") {
    std::filesystem::remove(run + "/results.ndjson");
    CHECK(status() == "damaged");
  }
  SUBCASE("a shorter log") {
    test::set_log_bytes(run);
    std::filesystem::resize_file(run + "/results.ndjson", 10);
    CHECK(status() == "damaged");
  }
  SUBCASE("a reconciliation that sends nothing") {
    RunRecord record = read_run(run);
    record.config.task = Task::reconcile;
    std::ofstream(run + "/run.json") << run_json(record);
    std::ofstream(run + "/plan.ndjson") << "";
    CHECK(status() == "compared");
    record.config.reconcile.apply = true;
    std::ofstream(run + "/run.json") << run_json(record);
    CHECK(status() == "finished");
  }
}

}  // namespace
}  // namespace amend
