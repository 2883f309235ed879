// make_retry as a library's user sees it.
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "work.hpp"

using namespace ::test;

TEST_CASE("pipeline: an input that changed between the plan of a retry and its start is refused, nothing is sent") {
  Simulator simulator({"--error-share", "404:1"});
  Work work(make_customers(20), simulator.url());
  work.config.retry.attempts_max = 1;
  CHECK(work.run().rows(amend::Status::failed) == 20);
  work.config.run_directory.clear();
  amend::RetriedJob retry = amend::make_retry(work.input(), work.directory(), amend::RetryChoice());
  const amend::RetryReport report = retry.report;
  CHECK(report.failed == 20);
  CHECK(report.parent == work.directory());
  const auto others = make_customers(20, 7);
  write_file(work.config.input.file, to_csv(others));
  CHECK_THROWS_WITH_AS(amend::execute(std::move(retry.job)), doctest::Contains("changed after it was opened"),
                       amend::InputError);
  simulator.stop();
  // A row is sent twice at most: its refusal, and the proof of it.
  std::map<std::string, std::size_t> requests;
  for (const auto& entry : read_ndjson(simulator.request_log())) ++requests[text_of(entry, "id")];
  CHECK(requests.size() == 20);
  for (const auto& [id, count] : requests) CHECK(count <= 2);
  for (const auto& other : others) CHECK_FALSE(requests.contains(other.id));
}

TEST_CASE("pipeline: a retry has no canary: rows that do not succeed once more hold nobody back") {
  Simulator simulator({"--error-share", "404:100%"});
  Work work(make_customers(20), simulator.url());
  work.run();
  work.config.load.canary = amend::CanaryMode::on;
  work.config.run_directory = work.dir.file("again");
  const amend::Summary again =
      amend::execute(amend::make_retry(work.input(), work.dir.file("run"), amend::RetryChoice()).job);
  CHECK(again.exit_code == amend::ExitCode::some_rows_failed);
  CHECK(again.rows(amend::Status::failed) == 20);
}
