// What processes before this one have sent and the API may still apply: so that a newer row of the customer waits.
// Layer 0.
//
// Threads: filled on one thread, const afterwards. Memory: 24 bytes for each request that ended less than --timeout
// ago and may be applied late, 1 bit for each row.
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
    std::uint64_t row;  ///< sent; the same row may be sent again at once
    time_point until;
  };

  /// A row whose record says that a request of it may be applied until then. Before sort().
  void add(std::uint64_t key, std::uint64_t row, time_point until) { late_.emplace_back(key, row, until); }
  void sort() {
    std::ranges::sort(
        late_, [](const Late& a, const Late& b) { return std::pair(a.key, a.until) < std::pair(b.key, b.until); });
  }

  /// Rows up to `last_row`, but those with a record, may have been in flight as their process ended.
  void set_in_flight(std::uint64_t last_row, RowSet recorded, time_point until) {
    last_row_ = last_row;
    recorded_ = std::move(recorded);
    until_ = until;
  }

  /// Nothing can be applied late: there is no need to ask.
  bool empty() const noexcept { return late_.empty() && until_ == time_point{}; }

  /// Until when a request of this row may be applied; the epoch: none can be.
  time_point own_until(std::uint64_t key, std::uint64_t row) const noexcept {
    const Late* const late = find(key);
    if (late && late->row == row) return late->until;
    return row > last_row_ || recorded_.contains(row) ? time_point{} : until_;
  }
  /// Until when a request of another row of the customer may be applied, as far as records say; the epoch: none can be.
  time_point others_until(std::uint64_t key, std::uint64_t row) const noexcept {
    const Late* const late = find(key);
    return late && late->row != row ? late->until : time_point{};
  }

 private:
  // A customer has one at most: the next row has waited for the one before.
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
