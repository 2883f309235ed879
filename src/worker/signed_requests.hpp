// Requests that are signed and wait for the others of their group, so that one write sends them all.
//
// *Threads.* The worker's. *Errors.* None. *Bounds.* As many as the constructor says; no allocation once the texts have
// grown. *Lifetime.* A value. *Source.* WorkerState owns it, Dispatcher fills and empties it.
#pragma once

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "job_table.hpp"

namespace amend {

class SignedRequest {
 public:
  using wall_time = std::chrono::system_clock::time_point;

  /// An older signature is not sent: the API may refuse it, and then the key.
  static constexpr std::chrono::seconds age_max{1};

  JobNumber job = no_job;
  wall_time signed_at{};
  std::string target;
  std::string headers;

  /// By the clock that the signature names; one that was set back counts as old too.
  bool is_stale(wall_time now) const noexcept { return now < signed_at || now - signed_at > age_max; }
};

class SignedRequests {
 public:
  /// The group is sent this long after its first signature at the latest: what a request costs beside its signature is
  /// small in a group of two dozen, and hardly less in a larger one.
  static constexpr std::chrono::milliseconds longest{8};

  explicit SignedRequests(std::size_t capacity) : requests_(std::max<std::size_t>(capacity, 1)) {}

  bool empty() const noexcept { return size_ == 0; }
  bool full() const noexcept { return size_ == requests_.size(); }
  SignedRequest& front() noexcept { return requests_[first_]; }

  /// The place for another request; it still contains an earlier one.
  SignedRequest& push_back() noexcept {
    assert(!full());
    return requests_[(first_ + size_++) % requests_.size()];
  }
  JobNumber pop_front() noexcept {
    const JobNumber job = requests_[first_].job;
    first_ = (first_ + 1) % requests_.size();
    --size_;
    return job;
  }

 private:
  std::vector<SignedRequest> requests_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace amend
