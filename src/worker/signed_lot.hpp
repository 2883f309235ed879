// Rows that are signed and wait for the rest of their lot. Layer 1. One for each worker; no allocation once its texts
// have grown.
#pragma once

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "job_table.hpp"

namespace amend {

class SignedLot {
 public:
  using wall_time = std::chrono::system_clock::time_point;

  /// A lot goes out this long after its first signature at the latest: what a request costs beside its signature is
  /// small in a lot of two dozen, and hardly less in a larger one.
  static constexpr std::chrono::milliseconds longest{8};
  /// An older signature is not sent: the API may refuse it, and then the key.
  static constexpr std::chrono::seconds signature_age_max{1};

  class Row {
   public:
    JobNumber job = no_job;
    wall_time signed_at{};
    std::string target;
    std::string headers;

    /// By the clock that the signature names; one that was set back counts as old too.
    bool is_stale(wall_time now) const noexcept { return now < signed_at || now - signed_at > signature_age_max; }
  };

  explicit SignedLot(std::size_t capacity) : rows_(std::max<std::size_t>(capacity, 1)) {}

  bool empty() const noexcept { return size_ == 0; }
  bool full() const noexcept { return size_ == rows_.size(); }
  Row& front() noexcept { return rows_[first_]; }

  /// The place for another row; what stands there is an earlier row's.
  Row& push_back() noexcept {
    assert(!full());
    return rows_[(first_ + size_++) % rows_.size()];
  }
  JobNumber pop_front() noexcept {
    const JobNumber job = rows_[first_].job;
    first_ = (first_ + 1) % rows_.size();
    --size_;
    return job;
  }

 private:
  std::vector<Row> rows_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace amend
