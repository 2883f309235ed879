// make_resume as a library's user sees it.
#include <doctest/doctest.h>

#include <thread>

#include "work.hpp"

using namespace ::test;

TEST_CASE("pipeline: a resumed run that is stopped before it has read past its recorded rows still adds up") {
  Simulator simulator;
  Work work(make_customers(500), simulator.url());
  work.config.input.limit = 400;
  CHECK(work.run().rows(amend::Status::success) == 400);
  work.config.input.limit = 0;
  amend::ResumedJob resumed = amend::make_resume(work.input(), amend::ChangedOptions::accept);
  const amend::ResumeReport report = resumed.report;
  CHECK(report.rows_recorded == 400);
  CHECK(report.rows_left == 100);
  amend::Run run(std::move(resumed.job));
  run.stop(amend::StopCause::interrupted);
  const amend::Summary summary = run.execute();
  CHECK(summary.exit_code == amend::ExitCode::interrupted);
  CHECK(summary.rows_read == 400);
  CHECK(summary.rows(amend::Status::success) == 400);
  CHECK(summary.unsent == 100);
}

// Else a first look at the run would take the recorded rows for rows that this process has sent.
TEST_CASE("pipeline: once a resumed run has its directory for others, its recorded rows are counted") {
  Simulator simulator;
  Work work(make_customers(2'000), simulator.url());
  work.config.input.limit = 1'990;
  CHECK(work.run().rows(amend::Status::success) == 1'990);
  work.config.input.limit = 0;
  amend::Run run(amend::make_resume(work.input(), amend::ChangedOptions::accept).job);
  std::uint64_t ended = 0;
  std::uint64_t read = 0;
  std::thread looker([&] {
    while (run.state().run_directory.empty()) std::this_thread::yield();
    ended = run.metrics().rows_ended();
    read = run.metrics().rows_read.value();
  });
  CHECK(run.execute().exit_code == amend::ExitCode::success);
  looker.join();
  CHECK(ended >= 1'990);
  CHECK(read >= 1'990);
}
