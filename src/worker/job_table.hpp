// The rows of a worker, as numbered slots and lists of numbers, and the requests that are signed for them.
//
// *Threads.* The worker's. *Errors.* None. *Bounds.* The capacity; no allocation once the texts of requests have grown. *Lifetime.* A list
// refers to its table. *Source.* src/README.md §1.
#pragma once

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "admission/admission_control.hpp"
#include "amend/error.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/request.hpp"

namespace amend {

using JobNumber = std::uint32_t;
inline constexpr JobNumber no_job = 0xFFFF'FFFF;
/// The tag of the echo call, which belongs to no job.
inline constexpr JobNumber echo_tag = 0xFFFF'FFFE;

/// One row from the moment a worker takes it to its outcome.
class RowJob {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  RowRef row;
  std::uint32_t attempts = 0;       ///< attempts that count
  std::uint32_t free_requeues = 0;  ///< attempts that do not count because their end was not the row's fault
  bool parked = false;              ///< `row` is a copy of its own
  bool writes = false;              ///< the current attempt may change something at the API
  bool applied_maybe = false;       ///< an attempt may have been applied
  bool must_go_alone = false;       ///< a refusal must be proved: never pipelined again
  std::uint16_t doubted = 0;      ///< status of a refusal that may belong to another row; 0: there was no such refusal
  bool waited_for_late = false;   ///< it waited for an earlier request of this customer that may be applied late
  std::int32_t retry_cost = 0;    ///< of the present or next retry; 0: first attempt
  std::uint16_t http = 0;         ///< of the last response
  std::uint32_t doubtful_on = 0;  ///< the connection of the last attempt whose response may belong to another row
  std::uint32_t throttled = 0;    ///< 429s, which do not count as attempts
  std::uint32_t failed_in = 0;    ///< CircuitBreaker::streak() when an attempt last failed as in an outage; 0: never
  Permit permit;                  ///< of the current attempt
  RequestId request_id{};
  time_point first_sent{};  ///< on a clock that is stopped while the circuit is not closed
  time_point began{};       ///< start of the first attempt on the clock AdmissionControl::awake
  time_point sent{};
  time_point ended{};       ///< end of the last attempt: its response came, or it was lost
  time_point went_on{};     ///< when a response let the next request follow; the epoch: never
  time_point late_from{};   ///< when an attempt last ended that may be applied late; the epoch: never
  JobNumber next = no_job;  ///< in a JobList
};

class JobTable {
 public:
  explicit JobTable(std::uint32_t capacity) : jobs_(capacity) {
    free_.reserve(capacity);
    for (JobNumber n = capacity; n > 0; --n) free_.push_back(n - 1);
  }

  std::uint32_t capacity() const noexcept { return static_cast<std::uint32_t>(jobs_.size()); }
  std::size_t free() const noexcept { return free_.size(); }
  std::size_t in_use() const noexcept { return jobs_.size() - free_.size(); }
  RowJob& operator[](JobNumber n) noexcept { return jobs_[n]; }
  const RowJob& operator[](JobNumber n) const noexcept { return jobs_[n]; }

  JobNumber take(RowRef row) noexcept {
    assert(!free_.empty());
    const JobNumber n = free_.back();
    free_.pop_back();
    jobs_[n] = RowJob();
    jobs_[n].row = std::move(row);
    return n;
  }
  void give_back(JobNumber n) noexcept {
    jobs_[n].row = RowRef();
    free_.push_back(n);
  }

 private:
  std::vector<RowJob> jobs_;
  std::vector<JobNumber> free_;
};

/// First in, first out, chained through RowJob::next. A job is in at most one list.
class JobList {
 public:
  explicit JobList(JobTable& table) noexcept : table_(&table) {}
  bool empty() const noexcept { return first_ == no_job; }
  std::size_t size() const noexcept { return size_; }

  void push_back(JobNumber n) noexcept {
    (*table_)[n].next = no_job;
    if (empty()) {
      first_ = n;
    } else {
      (*table_)[last_].next = n;
    }
    last_ = n;
    ++size_;
  }
  JobNumber pop_front() noexcept {
    const JobNumber n = first_;
    first_ = (*table_)[n].next;
    --size_;
    return n;
  }

 private:
  JobTable* table_;
  JobNumber first_ = no_job;
  JobNumber last_ = no_job;
  std::size_t size_ = 0;
};

/// Jobs that wait for their time, the earliest on top. Bounded by the job table.
class RetryHeap {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit RetryHeap(std::size_t capacity) { heap_.reserve(capacity); }
  bool empty() const noexcept { return heap_.empty(); }
  time_point earliest() const noexcept { return heap_.front().due; }
  JobNumber first() const noexcept { return heap_.front().job; }
  void push(JobNumber job, time_point due) {
    heap_.emplace_back(due, job);
    std::ranges::push_heap(heap_, later);
  }
  JobNumber pop() noexcept {
    std::ranges::pop_heap(heap_, later);
    const JobNumber job = heap_.back().job;
    heap_.pop_back();
    return job;
  }

 private:
  class Entry {
   public:
    Entry(time_point due_, JobNumber job_) noexcept : due(due_), job(job_) {}
    time_point due;
    JobNumber job;
  };
  static bool later(const Entry& a, const Entry& b) noexcept { return a.due > b.due; }
  std::vector<Entry> heap_;
};

/// A row's request, signed.
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

/// Requests that are signed and wait for the others of their group, so that one write sends them all. No allocation
/// once the texts have grown.
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
