#include "report/charts/outcome_series.hpp"

#include <algorithm>
#include <cmath>

namespace amend::report {
namespace {

double in_seconds(RunTime time) { return static_cast<double>(time.count()) / 1e3; }

// Bars per power of ten. None is narrower than a tenth of a millisecond, the unit of the log.
std::vector<double> bar_bounds(int in_each_power) {
  constexpr int powers = 8;  // 0.1 ms to 1 h, and a little more
  std::vector<double> bounds{0.01};
  for (int step = -in_each_power; step <= (powers - 1) * in_each_power; ++step) {
    const double tenths = std::floor(std::pow(10, static_cast<double>(step) / in_each_power) * 10 + 1e-9);
    const double bound = (tenths - 0.5) / 10;
    if (bound > bounds.back()) bounds.push_back(bound);
  }
  return bounds;
}

// Narrower ones when all durations are close together.
int bars_in_each_power(const LatencyHistogram& histogram) {
  const auto least = static_cast<double>(std::max<std::int64_t>(1, histogram.percentile(0).count()));
  const double powers = std::log10(static_cast<double>(histogram.percentile(99.9).count()) / least);
  return powers < 1 ? 40 : powers < 2 ? 20 : 10;
}

}  // namespace

void OutcomeSeries::Cell::merge(const Cell& behind) {
  covered += behind.covered;
  success += behind.success;
  not_well += behind.not_well;
  latencies.merge(behind.latencies);
}

void OutcomeSeries::add(RunTime at, Status status, std::optional<std::chrono::nanoseconds> latency) {
  Cell& cell = series_.at(at);
  reached_ = std::max(reached_, at);
  ++(status == Status::success ? cell.success : cell.not_well);
  if (!latency) return;
  cell.latencies.record(*latency);
  latencies_.record(*latency);
}

void OutcomeSeries::add(RunTime at, RunTime covered, std::uint64_t success, std::uint64_t not_well,
                        const LatencyHistogram& latencies) {
  Cell& cell = series_.at(at > RunTime(0) ? at - RunTime(1) : at);
  reached_ = std::max(reached_, at);
  cell.covered += covered;
  cell.success += success;
  cell.not_well += not_well;
  cell.latencies.merge(latencies);
  latencies_.merge(latencies);
}

OutcomePoint OutcomeSeries::point_of(const Cell& cell, RunTime from) const {
  const RunTime whole = std::min(series_.width(), std::max(reached_ - from, RunTime(1)));
  // Only a part of the last cell has passed. A rate over less than half of a cell has no meaning.
  const RunTime passed = cell.covered.count() > 0 ? cell.covered : std::max(whole, series_.width() / 2);
  OutcomePoint point;
  point.width_s = in_seconds(passed);
  point.at_s = in_seconds(from) + in_seconds(whole) / 2;
  point.success = static_cast<double>(cell.success) / point.width_s;
  point.not_well = static_cast<double>(cell.not_well) / point.width_s;
  if (cell.latencies.count() > 0) point.latency = Latency(cell.latencies);
  return point;
}

std::vector<OutcomePoint> OutcomeSeries::points() const {
  std::vector<OutcomePoint> out;
  const auto& cells = series_.cells();
  const bool counted_live = std::ranges::any_of(cells, [](const Cell& cell) { return cell.covered.count() > 0; });
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (counted_live && cells[i].covered.count() == 0) continue;  // the next one covers it
    out.push_back(point_of(cells[i], series_.width() * static_cast<std::int64_t>(i)));
  }
  return out;
}

std::vector<LatencyBar> latency_bars(const LatencyHistogram& histogram) {
  std::vector<LatencyBar> bars;
  if (histogram.count() == 0) return bars;
  const std::vector<double> bounds = bar_bounds(bars_in_each_power(histogram));
  std::uint64_t before = 0;
  for (std::size_t i = 1; i < bounds.size() && before < histogram.count(); ++i) {
    const bool last = i + 1 == bounds.size();
    const std::chrono::nanoseconds bound(static_cast<std::int64_t>(bounds[i] * 1e6));
    const std::uint64_t until = last ? histogram.count() : histogram.count_at_most(bound);
    if (until > before || !bars.empty()) bars.emplace_back(bounds[i - 1], bounds[i], until - before);
    before = until;
  }
  return bars;
}

}  // namespace amend::report
