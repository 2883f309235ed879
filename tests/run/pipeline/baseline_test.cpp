// What an older file, or an earlier run, has settled.
#include "reconcile/baseline.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/summary.hpp"
#include "plan/plan_writer.hpp"
#include "start/row_walk.hpp"
#include "unit/reporter/fixture.hpp"

using namespace amend;
using amend::test::TemporaryDirectory;

namespace {

const std::string a = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const std::string a_in_capitals = "3F2504E0-4F89-41D3-9A0C-0305E82C3301";
const std::string b = "9a0c2504-4f89-41d3-9a0c-0305e82c3302";

// An older file, and the rows of a new one beside it.
class Files {
 public:
  explicit Files(const std::string& old_file) {
    config.task = Task::reconcile;
    config.mapping.form = RowForm::partial;
    config.reconcile.baseline = dir / "old.csv";
    std::ofstream(config.reconcile.baseline) << old_file;
  }

  // "+-": for each row of the new file whether it is passed over.
  std::string passed_over(const std::string& new_file) {
    config.input.file = dir / "new.csv";
    std::ofstream(config.input.file, std::ios::trunc) << new_file;
    RowWalk rows(config.input, config.mapping);
    const Baseline baseline(config, rows.mapper().key());
    std::string out;
    while (rows.next()) out += baseline.has(rows.key(), rows.wants()) ? '+' : '-';
    return out;
  }

  TemporaryDirectory dir;
  Config config;
};

}  // namespace

TEST_CASE("baseline: a row is passed over when the last row of its customer said the same") {
  Files files("id,name,phone\n" + a + ",Ada,1\n" + b + ",Bob,2\n" + a + ",Ada,3\n");
  CHECK(files.passed_over("id,name,phone\n" + a + ",Ada,1\n" + a + ",Ada,3\n" + b + ",Bob,2\n" + b + ",Bob ,2\n") ==
        "-++-");
  CHECK(files.passed_over("id,name,phone\n9a0c2504-4f89-41d3-9a0c-0305e82c3303,Ada,3\n") == "-");
}

TEST_CASE("baseline: a row must say the same of the same fields, in whatever order the columns stand") {
  Files files("phone,id,name,note\n1," + a + ",Ada,x\n");
  CHECK(files.passed_over("id,name,phone\n" + a + ",Ada,1\n") == "+");
  CHECK(files.passed_over("id,name,phone,email\n" + a + ",Ada,1,\n") == "+");  // a blank cell says nothing
  CHECK(files.passed_over("id,name,phone,email\n" + a + ",Ada,1,x@example.com\n") == "-");
  CHECK(files.passed_over("id,name\n" + a + ",Ada\n") == "-");
}

TEST_CASE("baseline: uuids are the same in either case, reference numbers only when they are exactly so") {
  Files by_uuid("id,name\n" + a + ",Ada\n");
  CHECK(by_uuid.passed_over("id,name\n" + a_in_capitals + ",Ada\n") == "+");
  CHECK(by_uuid.passed_over("id,name\n" + a_in_capitals + ",ada\n") == "-");
  Files by_number("reference_number,name\nR-7,Ada\n");
  CHECK(by_number.passed_over("reference_number,name\nR-7,Ada\nr-7,Ada\nR-70,Ada\nR-,Ada\n") == "+---");
  CHECK(by_uuid.passed_over("reference_number,name\n" + a + ",Ada\n" + a_in_capitals + ",Ada\n").find("++") ==
        std::string::npos);
}

TEST_CASE("baseline: a row of the older file that was rejected says nothing") {
  Files files("id,name\n" + a + ",Ada\n" + a + "," + std::string(256, 'x') + "\n" + b + "\n");
  CHECK(files.passed_over("id,name\n" + a + ",Ada\n" + b + ",\n") == "+-");
}

TEST_CASE("baseline: an empty older file passes nothing over; one that is not there is refused") {
  Files files("id,name\n");
  CHECK(files.passed_over("id,name\n" + a + ",Ada\n") == "-");
  files.config.reconcile.baseline += ".not";
  CHECK_THROWS_AS(files.passed_over("id,name\n" + a + ",Ada\n"), ConfigError);
}

namespace {

constexpr std::uint64_t wants = 7;

// The directory of a run that has planned a row with this sign, and ended it so when it was applied.
class EarlierRun {
 public:
  EarlierRun(RowSign sign, const ReconcileConfig& options, std::optional<Status> end, Task task = Task::reconcile) {
    const RunDirectory run(directory());
    Config config;
    config.task = task;
    config.mapping.form = RowForm::partial;
    config.reconcile = options;
    run.write_file("run.json", run_json(config, InputIdentity(), std::chrono::system_clock::time_point()));
    wonder::Customer customer;
    customer.uuid = a;
    PlanRow row(Position(1, 2, 0), content_hash("raw"), a_in_capitals);
    row.sign = sign;
    row.wants = wants;
    if (sign == RowSign::same || sign == RowSign::differs) row.customer = &customer;
    row.body = R"({"name":"A"})";
    PlanWriter plan(run);
    plan.add(row);
    plan.close();
    amend::test::Rows rows;
    std::string log;
    if (end) ResultLine().append(log, rows.make(*end, a, "raw", Position(1, 2, 0)));
    std::ofstream(run.path("results.ndjson"), std::ios::binary) << log;
  }

  bool settles() const {
    Config config;
    config.task = Task::reconcile;
    config.reconcile.baseline = directory();
    const Baseline baseline(config, CustomerKey::uuid);
    CHECK_FALSE(baseline.has(a, wants + 1));
    CHECK_FALSE(baseline.has(b, wants));
    return baseline.has(a, wants);
  }

 private:
  std::string directory() const { return dir_ / "run"; }
  TemporaryDirectory dir_;
};

ReconcileConfig applied() {
  ReconcileConfig options;
  options.apply = true;
  return options;
}

}  // namespace

TEST_CASE("baseline: of an earlier run only rows count of which it is certain that the API holds them") {
  CHECK(EarlierRun(RowSign::same, ReconcileConfig(), std::nullopt).settles());
  CHECK(EarlierRun(RowSign::same, applied(), Status::unchanged).settles());
  CHECK(EarlierRun(RowSign::differs, applied(), Status::success).settles());
  CHECK(EarlierRun(RowSign::differs, applied(), Status::unchanged).settles());
  CHECK_FALSE(EarlierRun(RowSign::differs, ReconcileConfig(), std::nullopt).settles());
  CHECK_FALSE(EarlierRun(RowSign::differs, applied(), std::nullopt).settles());
  CHECK_FALSE(EarlierRun(RowSign::differs, applied(), Status::failed).settles());
  CHECK_FALSE(EarlierRun(RowSign::differs, applied(), Status::unknown).settles());
  CHECK_FALSE(EarlierRun(RowSign::only_file, applied(), Status::failed).settles());
  CHECK_FALSE(EarlierRun(RowSign::superseded, applied(), Status::superseded).settles());
}

TEST_CASE("baseline: a row that the earlier run passed over counts, but not when it stood outside a sample") {
  ReconcileConfig options;
  const TemporaryDirectory dir;
  options.baseline = dir / "older.csv";
  CHECK_FALSE(EarlierRun(RowSign::passed_over, options, std::nullopt).settles());  // what it rests on is gone
  std::ofstream(options.baseline) << "id,name\n";
  CHECK(EarlierRun(RowSign::passed_over, options, std::nullopt).settles());
  options.sample_ppm = 50'000;
  CHECK_FALSE(EarlierRun(RowSign::passed_over, options, std::nullopt).settles());
}

TEST_CASE("baseline: a row that verify did not look at, as nobody had written it, does not count") {
  ReconcileConfig options;
  options.of_run = "runs/last";
  CHECK_FALSE(EarlierRun(RowSign::passed_over, options, std::nullopt, Task::verify).settles());
  CHECK(EarlierRun(RowSign::same, options, std::nullopt, Task::verify).settles());
}

TEST_CASE("baseline: a directory that holds no run is refused") {
  const TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "empty");
  Config config;
  config.reconcile.baseline = dir / "empty";
  CHECK_THROWS_AS(Baseline(config, CustomerKey::uuid), ConfigError);
}
