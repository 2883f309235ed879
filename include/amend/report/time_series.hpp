// What happens over time, in a bounded number of cells. When time passes the last cell, each cell is merged with its
// neighbour and covers twice the time. Layer 1: pure.
//
// Threads: one. Errors: none. Bounds: cells_max.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace amend::report {

/// Milliseconds since a run began.
using RunTime = std::chrono::milliseconds;

/// `Cell` has a default (no event) and `merge(const Cell&)`, which adds the cell behind it. The sum over all cells is
/// the sum of all that was added.
template <class Cell>
class TimeSeries {
 public:
  /// The limit of what a chart can show.
  static constexpr std::size_t cells_max = 240;
  static constexpr RunTime first_width{250};  ///< of a cell, unless another is given
  /// 100 years. Later events count in the last cell, because clocks jump.
  static constexpr RunTime time_max{std::chrono::hours(24 * 36'525)};

  explicit TimeSeries(RunTime width = first_width) noexcept : width_(width) {}

  /// The cell of a moment. Events before the start count in the first cell.
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
