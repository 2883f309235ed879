// The statuses of rows over time, and their latencies. Layer 1: pure.
//
// Threads: one. Errors: none. Bounds: 2 MB.
#pragma once

#include <optional>
#include <vector>

#include "amend/metrics/metrics.hpp"
#include "amend/report/run_picture.hpp"
#include "amend/report/time_series.hpp"

namespace amend::report {

class OutcomeSeries {
 public:
  OutcomeSeries() = default;

  /// A row that was sent and has ended. `latency`: of its last attempt. nullopt: it got no response.
  void add(RunTime at, Status status, std::optional<std::chrono::nanoseconds> latency);
  /// Many rows, in the time `covered` before `at`.
  void add(RunTime at, RunTime covered, std::uint64_t success, std::uint64_t not_well,
           const LatencyHistogram& latencies);

  RunTime reached() const noexcept { return reached_; }
  const LatencyHistogram& latencies() const noexcept { return latencies_; }
  std::vector<OutcomePoint> points() const;

 private:
  class Cell {
   public:
    Cell() = default;
    void merge(const Cell& behind);

    RunTime covered{0};  ///< zero: all of the cell
    std::uint64_t success = 0;
    std::uint64_t not_well = 0;
    LatencyHistogram latencies;
  };
  OutcomePoint point_of(const Cell& cell, RunTime from) const;

  TimeSeries<Cell> series_;
  LatencyHistogram latencies_;
  RunTime reached_{0};
};

/// Bars of equal factors, from the shortest to the longest duration. Empty without a duration.
std::vector<LatencyBar> latency_bars(const LatencyHistogram& histogram);

}  // namespace amend::report
