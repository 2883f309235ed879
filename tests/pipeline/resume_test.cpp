// Pipeline::recover as a library's user sees it.
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
  amend::Pipeline pipeline(work.config, amend::Credentials());
  const amend::ResumeReport report = pipeline.recover(amend::ChangedOptions::accept);
  CHECK(report.rows_recorded == 400);
  CHECK(report.rows_left == 100);
  pipeline.stop(amend::StopCause::interrupted);
  const amend::Summary summary = pipeline.run();
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
  amend::Pipeline pipeline(work.config, amend::Credentials());
  pipeline.recover(amend::ChangedOptions::accept);
  std::uint64_t ended = 0;
  std::uint64_t read = 0;
  std::thread looker([&] {
    while (pipeline.run_directory().empty()) std::this_thread::yield();
    ended = pipeline.metrics().rows_ended();
    read = pipeline.metrics().rows_read.value();
  });
  CHECK(pipeline.run().exit_code == amend::ExitCode::success);
  looker.join();
  CHECK(ended >= 1'990);
  CHECK(read >= 1'990);
}
