// What happens over time, in a bounded number of cells: when time goes beyond the last one each cell takes in its
// neighbour, and covers twice as long. Layer 1: pure; one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace amend::report {

/// Milliseconds since a run began.
using RunTime = std::chrono::milliseconds;

/// `Cell` has a default (nothing happened) and `merge(const Cell&)`: takes in the cell behind it. Merging loses no
/// count: the sum over all cells is that of everything put in.
template <class Cell>
class TimeSeries {
 public:
  /// Enough for a chart, and few enough for a page.
  static constexpr std::size_t cells_max = 240;
  static constexpr RunTime first_width{250};  ///< of a cell, unless another is given
  /// What is later counts in the last cell: clocks jump. 100 years.
  static constexpr RunTime time_max{std::chrono::hours(24 * 36'525)};

  explicit TimeSeries(RunTime width = first_width) noexcept : width_(width) {}

  /// The cell of a moment. What is before the start counts in the first cell.
  Cell& at(RunTime time) {
    const RunTime inside = std::clamp(time, RunTime(0), time_max);
    while (inside >= width_ * static_cast<std::int64_t>(cells_max)) double_width();
    const auto index = static_cast<std::size_t>(inside / width_);
    if (index >= cells_.size()) cells_.resize(index + 1);
    return cells_[index];
  }

  const std::vector<Cell>& cells() const noexcept { return cells_; }
  RunTime width() const noexcept { return width_; }

 private:
  void double_width() {
    const std::size_t before = cells_.size();
    for (std::size_t i = 0; i < before; ++i) {
      if (i % 2 == 1) {
        cells_[i / 2].merge(cells_[i]);
      } else if (i > 0) {
        cells_[i / 2] = cells_[i];
      }
    }
    cells_.resize((before + 1) / 2);
    width_ *= 2;
  }

  std::vector<Cell> cells_;
  RunTime width_;
};

}  // namespace amend::report
