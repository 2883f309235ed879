// The same customer in several rows: what is sent, what is told, and that both fit the check.
#include <filesystem>

#include "run/pipeline/work.hpp"

using namespace ::test;

namespace {

// Rows of a few customers, interleaved: 0 1 2 … 0 1 2 …
std::vector<Customer> interleaved(std::size_t rows, std::size_t ids) {
  auto customers = make_customers(rows);
  for (std::size_t i = ids; i < rows; ++i) customers[i].id = customers[i % ids].id;
  return customers;
}

std::size_t requests(const Simulator& simulator) { return read_ndjson(simulator.request_log()).size(); }

}  // namespace

TEST_CASE("pipeline: --duplicates last or first sends one row of each customer, and tells the others as superseded") {
  constexpr std::size_t rows = 500;
  constexpr std::size_t ids = 70;
  bool last = false;
  SUBCASE("last") { last = true; }
  SUBCASE("first") {}
  Simulator simulator;
  Work work(interleaved(rows, ids), simulator.url());
  work.config.input.duplicates = last ? amend::Duplicates::last : amend::Duplicates::first;
  const auto summary = work.run();
  simulator.stop();
  CHECK(summary.exit_code == amend::ExitCode::success);
  CHECK(summary.rows_read == rows);
  CHECK(summary.rows(amend::Status::success) == ids);
  CHECK(summary.rows(amend::Status::superseded) == rows - ids);
  CHECK(requests(simulator) == ids);
  CHECK(count_status(work.directory(), "superseded") == rows - ids);
  for (std::size_t row = 1; row <= rows; ++row) {
    const bool sent = last ? row + ids > rows : row <= ids;
    const auto record = record_of(work.directory(), static_cast<std::int64_t>(row));
    CHECK(text_of(record, "status") == (sent ? "success" : "superseded"));
    CHECK(text_of(record, "id") == work.customers[row - 1].id);
    CHECK(number_of(record, "attempts") == (sent ? 1 : 0));
  }
  for (const auto& text : disagreements(work.customers, work.directory(), simulator, 0)) FAIL_CHECK(text);
}

TEST_CASE("pipeline: --duplicates reject sends no row of a customer that stands in several, and hands them back") {
  Simulator simulator;
  auto customers = interleaved(60, 20);
  for (Customer& once : make_customers(10, 9)) customers.push_back(std::move(once));
  Work work(std::move(customers), simulator.url());
  work.config.input.duplicates = amend::Duplicates::reject;
  const auto summary = work.run();
  simulator.stop();
  CHECK(summary.exit_code == amend::ExitCode::some_rows_failed);
  CHECK(summary.rows(amend::Status::success) == 10);
  CHECK(summary.rows(amend::Status::rejected) == 60);
  CHECK(requests(simulator) == 10);
  CHECK(text_of(record_of(work.directory(), 1), "error_code") == "input.id.duplicate");
  CHECK(text_of(record_of(work.directory(), 1), "id") == work.customers[0].id);
  CHECK(std::filesystem::exists(work.directory() + "/rejected.csv"));
}

TEST_CASE("pipeline: a row that would be rejected supersedes no other one of its customer") {
  Simulator simulator;
  Work work(make_customers(2), simulator.url());
  const std::string& id = work.customers[0].id;
  write_file(work.config.input.file, "id,name,phone\r\n" + id + ",Ada,1\r\n" + id + ",Ada,2\r\n" + id + ",Ada,\r\n");
  work.config.input.duplicates = amend::Duplicates::last;
  const auto summary = work.run();
  CHECK(text_of(record_of(work.directory(), 1), "status") == "superseded");
  CHECK(text_of(record_of(work.directory(), 2), "status") == "success");
  CHECK(text_of(record_of(work.directory(), 3), "error_code") == "input.phone.missing");
  CHECK(summary.exit_code == amend::ExitCode::some_rows_failed);
}

TEST_CASE("pipeline: --duplicates last holds through faults of the server: just the last rows are ever sent") {
  Simulator simulator({"--fault-seed", "8", "--error-share", "500:10%", "--reset-share", "3%"});
  Work work(interleaved(400, 150), simulator.url());
  work.config.input.duplicates = amend::Duplicates::last;
  const auto summary = work.run();
  simulator.stop();
  CHECK(summary.exit_code == amend::ExitCode::success);
  CHECK(summary.rows(amend::Status::success) == 150);
  for (const auto& text : disagreements(work.customers, work.directory(), simulator, 0)) FAIL_CHECK(text);
}

TEST_CASE("pipeline: check() says what is in the file, sends and creates nothing, and the run does not read it again") {
  Simulator simulator;
  Work work(interleaved(30, 10), simulator.url());
  work.config.input.duplicates = amend::Duplicates::first;
  amend::Input input = work.input();
  const auto report = input.check();
  CHECK(report.rows == 30);
  CHECK(report.duplicates.ids == 10);
  CHECK(report.superseded == 20);
  CHECK_FALSE(std::filesystem::exists(work.directory()));
  CHECK(requests(simulator) == 0);
  const auto summary = amend::execute(amend::make_update(std::move(input)));
  CHECK(summary.exit_code == amend::ExitCode::success);
  CHECK(summary.rows(amend::Status::superseded) == 20);
}

TEST_CASE("pipeline: with the default, --duplicates order, check() holds nothing back") {
  Simulator simulator;
  Work work(interleaved(30, 10), simulator.url());
  amend::Input input = work.input();
  CHECK(input.check().duplicates.rows == 30);
  CHECK(amend::execute(amend::make_update(std::move(input))).rows(amend::Status::success) == 30);
}

TEST_CASE("pipeline: a file that changed since the check is refused before anything is sent or created") {
  Simulator simulator;
  Work work(interleaved(30, 10), simulator.url());
  work.config.input.duplicates = amend::Duplicates::last;
  amend::Input input = work.input();
  input.check();
  SUBCASE("replaced") {
    const std::string other = work.dir.file("other.csv");
    write_file(other, to_csv(make_customers(30, 7)));
    std::filesystem::rename(other, work.config.input.file);
  }
  SUBCASE("appended to") { write_file(work.config.input.file, to_csv(work.customers) + "x\r\n"); }
  SUBCASE("removed") { std::filesystem::remove(work.config.input.file); }
  CHECK_THROWS_AS(amend::execute(amend::make_update(std::move(input))), amend::InputError);
  CHECK_FALSE(std::filesystem::exists(work.directory()));
  simulator.stop();
  CHECK(requests(simulator) == 0);
}

TEST_CASE("pipeline: a stop during the first reading ends the run before its first request, with every row unsent") {
  Simulator simulator;
  Work work(interleaved(2'000, 100), simulator.url());
  work.config.input.duplicates = amend::Duplicates::last;
  amend::Run run(work.job());
  run.stop(amend::StopCause::interrupted);
  const auto summary = run.execute();
  CHECK(summary.exit_code == amend::ExitCode::interrupted);
  CHECK(summary.rows_read == 0);
  CHECK(summary.unsent == 2'000);
  simulator.stop();
  CHECK(requests(simulator) == 0);
}

TEST_CASE("pipeline: what a check found of --duplicates holds for a run that is resumed behind it") {
  Simulator simulator;
  Work work(interleaved(500, 70), simulator.url());
  work.config.input.duplicates = amend::Duplicates::last;
  {
    amend::Run stopped(work.job());
    stopped.stop(amend::StopCause::interrupted);
    CHECK(stopped.execute().unsent == 500);
  }
  amend::Input input = work.input();
  input.check();
  amend::ResumedJob resumed = amend::make_resume(std::move(input));
  CHECK(resumed.report.rows_left == 500);
  CHECK(amend::execute(std::move(resumed.job)).rows(amend::Status::superseded) == 430);
  simulator.stop();
  CHECK(requests(simulator) == 70);
}

TEST_CASE("pipeline: --duplicates last on stdin is refused before a byte of it is read") {
  Work work(make_customers(1), "https://127.0.0.1:1");
  work.config.input.file = "-";
  work.config.input.duplicates = amend::Duplicates::last;
  CHECK_THROWS_WITH_AS(work.input(), doctest::Contains("--duplicates"), amend::ConfigError);
}
