// The job that each maker makes, as data: no server, and nothing is sent.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "amend/reconciliation.hpp"
#include "amend/run/journal.hpp"
#include "start/job_parts.hpp"
#include "unit/reporter/fixture.hpp"

using namespace amend;
using amend::test::TemporaryDirectory;

namespace {

constexpr std::uint64_t read_ahead = 100;

std::string id_of(char customer) { return "3f2504e0-4f89-41d3-9a0c-0305e82c330" + std::string(1, customer); }

/// An input with a row for each letter of `customers`, and a run over it.
class Ground {
 public:
  explicit Ground(std::string customers) : customers_(std::move(customers)) {
    std::ofstream file(dir_ / "customers.csv");
    file << "id,name,phone\n";
    for (std::size_t i = 0; i < customers_.size(); ++i) file << row_text(i) << "\n";
  }

  Config config() const {
    Config config;
    config.input.file = dir_ / "customers.csv";
    config.target.url = "http://127.0.0.1:1";
    config.auth.kind = Auth::none;
    return config;
  }
  std::string run() const { return dir_ / "run"; }
  std::string beside(const std::string& name) const { return dir_ / name; }

  /// How the rows ended: 's', 'f', 'u'; '-' for none.
  void write_run(const std::string& ends, Config config) const {
    std::filesystem::create_directory(run());
    RunRecord record;
    record.config = std::move(config);
    record.input.path = record.config.input.file;
    record.input.size = std::filesystem::file_size(record.input.path);
    record.input.format = Format::csv;
    record.started_at = "2026-11-23T12:00:00Z";
    record.read_ahead_rows = read_ahead;
    std::ofstream(run() + "/run.json") << run_json(record);
    ResultLine lines;
    amend::test::Rows rows;
    std::string log;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i] == '-') continue;
      const Status status = ends[i] == 's' ? Status::success : ends[i] == 'f' ? Status::failed : Status::unknown;
      lines.append(log, rows.make(status, id_of(customers_[i]), row_text(i), Position(i + 1, i + 2, 0)), log.size());
    }
    std::ofstream(run() + "/results.ndjson", std::ios::binary) << log;
  }
  void end_run() const {
    Summary summary;
    summary.exit_code = ExitCode::some_rows_failed;
    std::ofstream(run() + "/summary.json") << to_json(summary);
  }

 private:
  std::string row_text(std::size_t i) const { return id_of(customers_[i]) + ",Ada " + std::to_string(i) + ",12345678"; }

  TemporaryDirectory dir_;
  std::string customers_;
};

/// What the job does with each row: 's' send, '.' skip, '>' superseded, 'x' reject as a duplicate.
std::string answers(const Job& job, std::uint64_t rows) {
  const RowSelection selection = rules_of(job).selection;
  std::string out;
  for (std::uint64_t row = 1; row <= rows; ++row) out += "s.>x"[static_cast<std::size_t>(selection.of(row))];
  return out;
}

/// The request that the job makes first for a row.
std::string first_call(const Job& job) {
  amend::test::Rows rows;
  const Outcome outcome = rows.make(Status::success, id_of('a'), "raw");
  const auto call = make_call(job);
  std::string target;
  call->append_target(outcome.row, target);
  return std::string(call->method(outcome.row)) + " " + target;
}

const std::string put = "PUT /svc/payment/api/v1/openapi/customers/" + id_of('a');

Input open_input(const Config& config) { return Input(config, Credentials()); }

}  // namespace

TEST_CASE("job: an update sends all rows in a new directory, with the canary") {
  const Ground ground("abc");
  bool asked = false;
  const Job job = make_update(open_input(ground.config()), [&] { asked = true; });
  CHECK(answers(job, 3) == "sss");
  CHECK(job.directory == nullptr);
  CHECK(job.parent.empty());
  CHECK(job.recorded().recorded().size() == 0);
  CHECK(job.possibly_sent_until == 0);
  CHECK(job.late.empty());
  CHECK(job.retry_files == nullptr);
  CHECK_FALSE(job.credentials_accepted);
  CHECK(job.input.config().load.canary == CanaryMode::on);
  CHECK(first_call(job) == put);
  CHECK_FALSE(asked);
  job.before_start();
  CHECK(asked);
}

TEST_CASE("job: an update knows the rows that --duplicates keeps back once its input was checked") {
  const Ground ground("abab");
  Config config = ground.config();
  const auto answers_with = [&](Duplicates duplicates) {
    config.input.duplicates = duplicates;
    Input input = open_input(config);
    input.check();
    return answers(make_update(std::move(input)), 4);
  };
  CHECK(answers_with(Duplicates::order) == "ssss");
  CHECK(answers_with(Duplicates::first) == "ss>>");
  CHECK(answers_with(Duplicates::last) == ">>ss");
  CHECK(answers_with(Duplicates::reject) == "xxxx");
}

TEST_CASE("job: accepted findings and --strict reach the run") {
  const Ground ground("a");
  Config config = ground.config();
  config.input.strict = true;
  Input input = open_input(config);
  input.accept_findings();
  const Job job = make_update(std::move(input));
  CHECK(job.input.config().input.accept_findings);
  CHECK(rules_of(job).on_rejected == OnRejected::stop);
}

TEST_CASE("job: a resume skips the rows with a record, and has the lock of its run") {
  const Ground ground("abcdef");
  Config config = ground.config();
  ground.write_run("sf-u--", config);
  config.run_directory = ground.run();
  {
    const ResumedJob resumed = make_resume(open_input(config));
    CHECK(answers(resumed.job, 6) == "..s.ss");
    CHECK(resumed.report.rows_recorded == 3);
    CHECK(resumed.report.rows_left == 3);
    CHECK(resumed.report.torn_bytes == 0);
    REQUIRE(resumed.job.directory);
    CHECK(resumed.job.directory->path() == ground.run());
    CHECK(RunDirectory::is_held(ground.run()));
    CHECK(resumed.job.possibly_sent_until == 4 + read_ahead);
    CHECK(rules_of(resumed.job).maybe_sent_until == resumed.job.possibly_sent_until);
    CHECK(resumed.job.recorded().rows(Status::success) == 1);
    CHECK(resumed.job.retry_files != nullptr);
    CHECK(resumed.job.input.config().load.canary == CanaryMode::on);
    CHECK(first_call(resumed.job) == put);
  }
  CHECK_FALSE(RunDirectory::is_held(ground.run()));
}

TEST_CASE("job: a resume refuses a changed option unless it is accepted") {
  const Ground ground("ab");
  Config config = ground.config();
  ground.write_run("s-", config);
  config.run_directory = ground.run();
  config.mapping.trim = true;
  CHECK_THROWS_WITH_AS(make_resume(open_input(config)), doctest::Contains("--trim differs"), ConfigError);
  CHECK(answers(make_resume(open_input(config), ChangedOptions::accept).job, 2) == ".s");
}

TEST_CASE("job: a retry sends what is left, supersedes what is older than a success, and has no canary") {
  const Ground ground("abcdb-");
  const Config config = ground.config();
  ground.write_run("sf-us", config);
  CHECK_THROWS_WITH_AS(make_retry(open_input(config), ground.run(), RetryChoice()), doctest::Contains("was killed"),
                       ConfigError);
  ground.end_run();
  const RetriedJob retried = make_retry(open_input(config), ground.run(), RetryChoice());
  CHECK(answers(retried.job, 5) == ".>ss.");
  CHECK(retried.report.failed == 0);
  CHECK(retried.report.unknown == 1);
  CHECK(retried.report.superseded == 1);
  CHECK(retried.report.parent == ground.run());
  CHECK(retried.job.parent == ground.run());
  CHECK(retried.job.directory == nullptr);
  CHECK(std::filesystem::path(retried.job.input.config().run_directory).parent_path() ==
        std::filesystem::path(ground.run()).parent_path());
  REQUIRE(retried.job.chain);
  CHECK(retried.job.chain->locked(retried.job.chain->asked()));
  CHECK(RunDirectory::is_held(ground.run()));
  CHECK(retried.job.possibly_sent_until == 5 + read_ahead);
  CHECK(retried.job.input.config().load.canary == CanaryMode::off);
  CHECK(first_call(retried.job) == put);
}

TEST_CASE("job: a retry of some rows sends only these") {
  const Ground ground("abc");
  const Config config = ground.config();
  ground.write_run("fu-", config);
  ground.end_run();
  RetryChoice choice;
  choice.failed = choice.unsent = false;
  CHECK(answers(make_retry(open_input(config), ground.run(), choice).job, 3) == ".s.");
}

TEST_CASE("job: an apply sends in the directory of its plan, and reads before it writes when that is asked") {
  const Ground ground("ab");
  Config config = reconcile_config(ground.config());
  config.reconcile.apply = true;
  SUBCASE("writes at once") {}
  SUBCASE("reads first") { config.reconcile.recheck = Recheck::yes; }
  Reconciled reconciled(open_input(config));
  reconciled.directory = std::make_unique<RunDirectory>(ground.run());
  const Job job = make_apply(std::move(reconciled));
  CHECK(answers(job, 2) == "ss");
  REQUIRE(job.directory);
  CHECK(job.directory->path() == ground.run());
  CHECK(job.credentials_accepted);
  CHECK(job.undone == nullptr);
  const std::string call = first_call(job);
  CHECK(call.substr(4) == put.substr(4));
  CHECK(call.starts_with(config.reconcile.recheck == Recheck::yes ? "GET" : "PUT"));
}

TEST_CASE("job: verify and undo have the settings of their run, and undo needs a run that saved old values") {
  const Ground ground("ab");
  Config config = ground.config();
  config.load.connections = 7;
  config.run_directory = ground.run();
  ground.write_run("ss", config);
  const Config verify = verify_config(ground.run());
  CHECK(verify.does().reads_back);
  CHECK_FALSE(verify.sends());
  CHECK(verify.reconcile.of_run == ground.run());
  CHECK(verify.input.file == config.input.file);
  CHECK(verify.input.duplicates == Duplicates::last);
  CHECK(verify.load.connections == 7);
  CHECK(verify.run_directory.empty());
  CHECK_THROWS_WITH_AS(undo_config(ground.run()), doctest::Contains("cannot be undone"), ConfigError);
  config.reconcile.apply = true;
  ground.write_run("ss", config);
  const Config undo = undo_config(ground.run());
  CHECK(undo.does().restores);
  CHECK(undo.sends());
  CHECK(undo.input.file == ground.run() + "/rollback.ndjson");
  CHECK(undo.reconcile.recheck == Recheck::yes);
  CHECK(undo.load.canary == CanaryMode::on);
  const RunDirectory other_process(ground.run(), Opening::resume);
  CHECK_THROWS_WITH_AS(Reconciliation(undo, Credentials()), doctest::Contains("in use"), ConfigError);
}

TEST_CASE("job: what tasks differ in") {
  CHECK_FALSE(properties_of(Task::update).has_plan);
  for (const Task task : {Task::reconcile, Task::undo, Task::verify}) CHECK(properties_of(task).has_plan);
  CHECK(properties_of(Task::reconcile).compares_file);
  CHECK(properties_of(Task::undo).restores);
  CHECK(properties_of(Task::verify).reads_back);
  Config config;
  CHECK(config.sends());
  config.task = Task::reconcile;
  CHECK_FALSE(config.sends());
  config.reconcile.apply = true;
  CHECK(config.sends());
}
