// The history of a run by its samples: rates, requests in flight, waits. Layer 1: pure.
//
// Threads: one. Errors: none. Bounds: TimeSeries::cells_max, LoadHistory::waits_max.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "amend/report/run_picture.hpp"
#include "amend/report/time_series.hpp"
#include "report/model/timeline.hpp"

namespace amend::report {

/// Converts moments of the system clock to run time: the processes of a run one behind the other, without the time
/// between. Their starts need not be in order, because a clock may have been set back.
class RunClock {
 public:
  using Wall = std::chrono::system_clock::time_point;
  explicit RunClock(Wall start) { begin(start, RunTime(0)); }

  /// A process resumes the run. `before`: the run time of those before it. Processes after `processes_max` count as
  /// one.
  void begin(Wall start, RunTime before);
  /// The last process worked until `reached`, and at most for `more` longer.
  void reach(RunTime reached, RunTime more);

  /// Of a record. Records come in the order of the log: a moment belongs to the process of the record before it, or to
  /// a later one. A moment outside counts at the nearer end of that process.
  RunTime at(Wall wall);
  /// Of a moment of the last process.
  RunTime in_last(Wall wall) const noexcept { return processes_.back().at(wall); }
  std::size_t processes() const noexcept { return processes_.size(); }
  static constexpr std::size_t processes_max = 1000;

 private:
  class Process {
   public:
    Process(Wall start_, RunTime before_) noexcept : start(start_), before(before_) {}
    bool holds(Wall wall) const noexcept;
    RunTime at(Wall wall) const noexcept;

    Wall start;
    RunTime before;
    std::optional<RunTime> span;  ///< nullopt: not known
  };
  std::vector<Process> processes_;
  std::size_t current_ = 0;
};

/// Counters only grow. A counter that falls is of a file that was changed.
inline std::uint64_t growth(std::uint64_t now, std::uint64_t before) noexcept {
  return now > before ? now - before : 0;
}

class LoadSeries {
 public:
  LoadSeries() = default;

  /// A process begins: its counters are 0.
  void begin();
  void add(const TimelineSample& sample);
  /// A process without a timeline worked on the run for this time.
  void leave_out(RunTime time);

  /// Run time of the last sample.
  RunTime reached() const noexcept { return reached_; }
  LoadHistory history() const;

 private:
  class Cell {
   public:
    Cell() = default;
    void merge(const Cell& behind);

    RunTime covered{0};
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;
    std::uint64_t throttled = 0;
    std::uint64_t overloaded = 0;
    std::uint64_t not_connected = 0;
    std::uint64_t in_flight = 0;
    std::uint64_t in_flight_max = 0;
    std::chrono::microseconds waiting{0};
    std::chrono::microseconds interval{0};
    std::uint64_t interval_seen = 0;  ///< samples with a rate limit
  };

  LoadPoint point_of(const Cell& cell, double at_s) const;
  void follow(Wait::Cause cause, bool waiting, RunTime now);

  TimeSeries<Cell> series_;
  RunTime before_{0};  // run time of the processes before
  RunTime reached_{0};
  bool began_ = false;
  TimelineSample last_;
  LoadHistory history_;
  std::array<std::optional<RunTime>, Wait::causes> waiting_since_;
};

}  // namespace amend::report
