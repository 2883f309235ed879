#include "amend/benchmark/load_figures.hpp"

#include <algorithm>

#include "amend/error.hpp"

namespace amend {
namespace {

double per_second(std::uint64_t count, std::chrono::nanoseconds time) {
  return time.count() > 0 ? static_cast<double>(count) * 1e9 / static_cast<double>(time.count()) : 0;
}

Reason reason_of(const RequestEnd& end) { return Reason(std::string(end.code), std::string(end.text), Origin::api); }

}  // namespace

void StepFigures::sent(std::chrono::nanoseconds lateness, Late cause) noexcept {
  if (lateness < late_from) return;
  ++late_by[static_cast<std::size_t>(cause)];
  latest = std::max(latest, lateness);
}

void StepFigures::ended(const RequestEnd& end) {
  if (end.http != 0) {
    ++answered;
    ++by_status[end.http];
    if (!end.code.empty()) ++failed;
    latency.record(end.latency);
    service.record(end.service);
  } else {
    ++unanswered;
    if (end.waited) latency.record(end.latency);
  }
  if (!end.code.empty()) errors_by_code.record(reason_of(end), Position(), {});
}

void StepFigures::response_came(const RequestEnd& end) noexcept {
  ++came;
  if (end.code.empty()) ++good_came;
}

void StepFigures::not_sent(std::chrono::nanoseconds waited, Late cause) {
  ++unsent;
  ++unsent_by[static_cast<std::size_t>(cause)];
  latency.record(waited);
}

double StepFigures::responses_per_second() const noexcept { return per_second(came, lasted); }
double StepFigures::good_responses_per_second() const noexcept { return per_second(good_came, lasted); }

double StepFigures::good_share() const noexcept {
  return requests() == 0 ? 0 : static_cast<double>(requests() - errors()) / static_cast<double>(requests());
}

void SeriesPoint::merge(const SeriesPoint& other) noexcept {
  answered += other.answered;
  errors += other.errors;
  latency.merge(other.latency);
}

SeriesPoint& LoadSeries::point_at(std::chrono::nanoseconds planned) {
  return points_.at(std::chrono::duration_cast<report::RunTime>(planned));
}

void LoadSeries::ended(const RequestEnd& end) {
  SeriesPoint& then = point_at(end.planned + end.latency);
  if (end.http != 0) ++then.answered;
  if (!end.code.empty()) ++then.errors;
  if (end.http != 0 || end.waited) point_at(end.planned).latency.record(end.latency);
}

void LoadSeries::not_sent(std::chrono::nanoseconds planned, std::chrono::nanoseconds waited) {
  ++point_at(planned + waited).errors;
  point_at(planned).latency.record(waited);
}

}  // namespace amend
