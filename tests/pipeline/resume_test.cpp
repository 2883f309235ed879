// Pipeline::recover as a library's user sees it.
#include <doctest/doctest.h>

#include "work.hpp"

using namespace test;

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
