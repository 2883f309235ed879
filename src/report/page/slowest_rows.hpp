// The rows whose last attempt took longest. Layer 1: pure.
//
// Threads: one. Errors: none. Bounds: `count_max` lines.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "amend/report/run_picture.hpp"
#include "amend/run/journal.hpp"

namespace amend::report {

class SlowestRows {
 public:
  static constexpr std::size_t count_max = 20;

  void add(std::chrono::nanoseconds latency, const JournalRecord& record);
  /// The slowest first. Of equal ones, the one that ended first.
  std::vector<SlowRow> rows() const;

 private:
  class Entry {
   public:
    Entry(std::chrono::nanoseconds latency_, std::uint64_t order_, const JournalRecord& record)
        : latency(latency_), order(order_), row(record.row), status(record.status), line(record.text) {}

    std::chrono::nanoseconds latency;
    std::uint64_t order;
    std::uint64_t row;
    Status status;
    std::string line;
  };
  static bool is_slower(const Entry& a, const Entry& b) noexcept {
    return a.latency != b.latency ? a.latency > b.latency : a.order < b.order;
  }

  std::uint64_t seen_ = 0;
  std::vector<Entry> heap_;  // the fastest of them in front
};

}  // namespace amend::report
