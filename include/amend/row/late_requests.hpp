// Requests of earlier processes that the API may still apply. A newer row of the same customer waits for them.
//
// Threads: one thread fills it; const afterwards.
// Bounds: 24 bytes for each request that may be applied late and ended less than --timeout ago, 1 bit per row.
// Source: layer 0.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "amend/row/row_set.hpp"

namespace amend {

class LateRequests {
 public:
  using time_point = std::chrono::system_clock::time_point;

  class Late {
   public:
    Late(std::uint64_t key_, std::uint64_t row_, time_point until_) noexcept : key(key_), row(row_), until(until_) {}
    std::uint64_t key;  ///< Update::key
    std::uint64_t row;  ///< the row that was sent; the same row may be sent again immediately
    time_point until;
  };

  /// Adds a row whose record says that a request of it may be applied until then. Call it before sort().
  void add(std::uint64_t key, std::uint64_t row, time_point until) { late_.emplace_back(key, row, until); }
  void sort() {
    std::ranges::sort(
        late_, [](const Late& a, const Late& b) { return std::pair(a.key, a.until) < std::pair(b.key, b.until); });
  }

  /// The rows up to `last_row` without a record may have been in flight when their process ended.
  void set_in_flight(std::uint64_t last_row, RowSet recorded, time_point until) {
    last_row_ = last_row;
    recorded_ = std::move(recorded);
    until_ = until;
  }

  /// Whether no request can be applied late, so that the caller need not ask.
  bool empty() const noexcept { return late_.empty() && until_ == time_point{}; }

  /// The time until which a request of this row may be applied; the epoch: there is no such request.
  time_point own_until(std::uint64_t key, std::uint64_t row) const noexcept {
    const Late* const late = find(key);
    if (late && late->row == row) return late->until;
    return row > last_row_ || recorded_.contains(row) ? time_point{} : until_;
  }
  /// The time until which a recorded request of another row of the customer may be applied; the epoch: there is none.
  time_point others_until(std::uint64_t key, std::uint64_t row) const noexcept {
    const Late* const late = find(key);
    return late && late->row != row ? late->until : time_point{};
  }

 private:
  // A customer has at most one, because each row waited for the previous one.
  const Late* find(std::uint64_t key) const noexcept {
    const auto behind = std::ranges::upper_bound(late_, key, {}, &Late::key);
    return behind != late_.begin() && std::prev(behind)->key == key ? &*std::prev(behind) : nullptr;
  }

  std::vector<Late> late_;
  std::uint64_t last_row_ = 0;
  RowSet recorded_;
  time_point until_{};
};

}  // namespace amend
