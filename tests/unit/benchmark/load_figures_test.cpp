#include "amend/benchmark/load_figures.hpp"

#include <doctest/doctest.h>

using namespace amend;
using namespace std::chrono_literals;

namespace {

RequestEnd answered(std::chrono::nanoseconds planned, std::uint16_t http = 200, std::string_view code = "") {
  RequestEnd end;
  end.planned = planned;
  end.latency = 30ms;
  end.service = 20ms;
  end.http = http;
  end.code = code;
  return end;
}

std::uint64_t answers_in(const LoadSeries& series) {
  std::uint64_t sum = 0;
  for (const SeriesPoint& point : series.points()) sum += point.answered;
  return sum;
}

}  // namespace

TEST_CASE("StepFigures: each request is counted once, by how it ended") {
  StepFigures step(LoadStep(1ms, 1s));
  step.ended(answered(0ms));
  step.ended(answered(0ms, 503, "http.503"));
  RequestEnd lost = answered(0ms, 0, "transport.closed");
  step.ended(lost);
  RequestEnd late = answered(0ms, 0, "transport.timeout");
  late.latency = 30s;
  late.waited = true;
  step.ended(late);
  step.not_sent(5s, Late::connections);
  CHECK(step.requests() == 5);
  CHECK(step.answered == 2);
  CHECK(step.failed == 1);
  CHECK(step.unanswered == 2);
  CHECK(step.unsent == 1);
  CHECK(step.unsent_by[static_cast<std::size_t>(Late::connections)] == 1);
  CHECK(step.good_share() == doctest::Approx(0.2));
  CHECK(step.errors() == 4);
  CHECK(step.by_status.at(200) == 1);
  CHECK(step.by_status.at(503) == 1);
  CHECK(step.errors_by_code.codes() == 3);
  // A connection that is lost immediately does not count as a short latency. A wait without a response counts as a long
  // one.
  CHECK(step.latency.count() == 4);
  CHECK(step.latency.max() == 30s);
  CHECK(step.service.count() == 2);
}

TEST_CASE("StepFigures: a send misses its moment from 1 ms on, and it is said why") {
  StepFigures step(LoadStep(1ms, 1s));
  step.sent(999us, Late::client);
  CHECK(step.late() == 0);
  step.sent(1ms, Late::client);
  step.sent(7ms, Late::connections);
  step.sent(2ms, Late::signing);
  CHECK(step.late() == 3);
  CHECK(step.late_by[static_cast<std::size_t>(Late::connections)] == 1);
  CHECK(step.latest == 7ms);
}

TEST_CASE("LoadSeries: a day fits as well as a minute, and nothing is lost when points are merged") {
  LoadSeries series;
  for (int second = 0; second < 86'400; second += 10) series.ended(answered(second * 1s));
  CHECK(series.points().size() <= report::TimeSeries<SeriesPoint>::cells_max);
  CHECK(series.width() == 512s);
  CHECK(answers_in(series) == 8'640);
  series.not_sent(1s, 600s);
  CHECK(series.points()[1].errors == 1);
  CHECK(series.points().front().latency.count() == 53);
  series.ended(answered(-1s));
  CHECK(answers_in(series) == 8'641);
}

TEST_CASE("LoadSeries: an answer counts when it came, its latency when it was planned") {
  LoadSeries series;
  series.ended(answered(5'500ms));
  RequestEnd late = answered(2'999ms, 429, "http.429");
  late.latency = 4s;
  series.ended(late);
  REQUIRE(series.points().size() == 7);
  CHECK(series.points()[5].answered == 1);
  CHECK(series.points()[5].latency.count() == 1);
  CHECK(series.points()[6].errors == 1);
  CHECK(series.points()[6].latency.count() == 0);
  CHECK(series.points()[2].answered == 0);
  CHECK(series.points()[2].latency.max() == 4s);
}
