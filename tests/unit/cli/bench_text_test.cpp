// The sentences of `amend bench`.
#include "cli/text/bench_text.hpp"
#include "unit/cli/holds.hpp"

#include <doctest/doctest.h>

using namespace amend;
using namespace std::chrono_literals;

namespace {

BenchmarkResult one_step(std::uint64_t late) {
  StepFigures step{LoadStep(10ms, 1s)};
  step.lasted = 1s;
  step.answered = 99;
  step.failed = 4;
  step.unanswered = 1;
  step.late_by[static_cast<std::size_t>(Late::client)] = late;
  step.latest = 5ms;
  BenchmarkResult result;
  result.sides.emplace_back().figures.steps.push_back(step);
  return result;
}

}  // namespace

TEST_CASE("bench text: the progress line") {
  BenchmarkProgress progress;
  progress.stage = "step 1";
  progress.elapsed = 3s;
  progress.rate = 100;
  progress.responses_per_second = 98;
  progress.p50 = 5ms;
  progress.p99 = 9ms;
  progress.answered = 3'000;
  progress.errors = 2;
  progress.late = 1;
  CHECK(cli::bench_progress_line(progress) ==
        "step 1 3.0 s: 100/s planned, 98 responses/s, p50 5.00 ms, p99 9.00 ms; total: 3,000 responses, 2 errors, 1 "
        "late");
}

TEST_CASE("bench text: requests, late requests and the objective of a step") {
  BenchmarkConfig config;
  config.objectives = parse_objectives("--slo", "errors<1%");
  config.objectives_text = "errors<1%";
  const std::string text = cli::bench_report(one_step(2), config);
  CAPTURE(text);
  CHECK(holds(text, "100: 99 responses (4 with errors), 1 without a response\n"));
  CHECK(
      holds(text, "2 requests sent 1 ms or more after the planned time, at most 5.00 ms: 2 × this machine was busy\n"));
  CHECK(holds(text, "not met: errors are 5 %, but must be below 1 %\n"));
  CHECK(holds(cli::bench_report(one_step(0), config), "no request sent 1 ms or more after the planned time\n"));
}

TEST_CASE("bench text: the trials of --find-max") {
  BenchmarkConfig config;
  config.find_max = true;
  config.objectives_text = "p99<1s";
  BenchmarkResult result;
  result.trials.emplace_back(100, "").client_limited = false;
  result.trials.emplace_back(200, "p99 is 2 s").client_limited = true;
  result.found = 100;
  const std::string text = cli::bench_report(result, config);
  CAPTURE(text);
  CHECK(holds(text, "100/s  met\n"));
  CHECK(holds(text, "not met: p99 is 2 s (this machine sent late, so the trial says nothing about the API)\n"));
  CHECK(holds(text, "100/s meets p99<1s\n"));
  CHECK(holds(text, "this machine was too busy in some trials. The API may accept a higher rate\n"));
  result.found.reset();
  CHECK(holds(cli::bench_report(result, config), "no rate met p99<1s\n"));
}
