// Finished rows on their way from the workers and the reader to the reporter. Layer 2, thread-safe.
//
// Never blocks a worker: an event loop must not wait for a disk. It is bounded all the same: while `full`, workers send
// nothing, so that it holds at most `outcomes_waiting_max` and the rows that were in flight. What it holds when the
// process is killed was answered and is not in the log: those rows are sent again by a resumed run. The reporter holds
// as many at most while it writes them.
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
/// The reporter is woken by the first outcome, and then lets others gather: so many, or so long. One thread waking
/// another costs as much as logging ten rows.
inline constexpr std::size_t outcomes_gathered = 256;
inline constexpr std::chrono::milliseconds outcomes_gather_time{2};
static_assert(outcomes_gathered < outcomes_waiting_max, "workers would stop before the reporter wakes");

class OutcomeQueue {
 public:
  /// Takes all of `lot` and leaves it empty, its capacity kept.
  void push(std::vector<Outcome>& lot);

  /// Waits until there is something, the queue is closed, or `timeout` passed; lets more gather for
  /// outcomes_gather_time, or `timeout` when that is shorter; then swaps everything into `out`, which must be empty.
  /// False: closed and nothing is left. One thread.
  bool pop_all(std::vector<Outcome>& out, std::chrono::milliseconds timeout);

  /// The reporter is behind: take no further rows.
  bool full() const noexcept { return waiting_.load(std::memory_order_relaxed) >= outcomes_waiting_max; }

  /// No more pushes will come.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> outcomes_;
  std::atomic<std::size_t> waiting_{0};  // outcomes_.size(), to be read without the lock
  std::size_t wake_at_ = 1;              // so many make a push wake the reporter
  bool closed_ = false;
};

}  // namespace amend
