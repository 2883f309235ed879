// Carries the outcomes of rows from the workers and the reader to the reporter.
//
// It never blocks a worker, because an event loop must not wait for a disk. When the process is killed, the outcomes in
// the queue are lost, and a resumed run sends their rows again.
//
// Threads: thread-safe; one thread pops.
// Bounds: workers send nothing while it is `full`. So it has at most `outcomes_waiting_max` outcomes and the rows that
// were in flight. The reporter has at most the same number while it writes.
// Source: layer 2.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

#include "amend/row/outcome.hpp"

namespace amend {

inline constexpr std::size_t outcomes_waiting_max = 512;
/// The first outcome wakes the reporter, which then waits for others: for this number, or for this time. One wake-up
/// costs as much as logging ten rows.
inline constexpr std::size_t outcomes_gathered = 256;
inline constexpr std::chrono::milliseconds outcomes_gather_time{2};
static_assert(outcomes_gathered < outcomes_waiting_max, "workers would stop before the reporter wakes");

class OutcomeQueue {
 public:
  /// Takes all outcomes of `lot`, which keeps its capacity.
  void push(std::vector<Outcome>& batch);

  /// Waits for an outcome, the close, or `timeout`. Then waits for more: outcomes_gather_time, or `timeout` when that
  /// is shorter. Swaps all outcomes into `out`, which must be empty. Returns false when the queue is closed and empty.
  /// One thread calls it.
  bool pop_all(std::vector<Outcome>& out, std::chrono::milliseconds timeout);

  /// Whether the reporter is behind, so that workers must take no further rows.
  bool full() const noexcept { return waiting_.load(std::memory_order_relaxed) >= outcomes_waiting_max; }

  /// No push follows.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> outcomes_;
  std::atomic<std::size_t> waiting_{0};  // outcomes_.size(), readable without the lock
  std::size_t wake_at_ = 1;              // a push that reaches this number wakes the reporter
  bool closed_ = false;
};

}  // namespace amend
