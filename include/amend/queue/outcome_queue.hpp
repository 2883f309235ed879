// Finished rows on their way from the workers and the reader to the reporter. Layer 2, thread-safe.
//
// Never blocks a worker: an event loop must not wait for a disk. It is bounded all the same: an outcome holds its row,
// and rows are bounded by the batch pool and by the workers' job tables.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "amend/row/outcome.hpp"

namespace amend {

class OutcomeQueue {
 public:
  /// Takes all of `lot` and leaves it empty, its capacity kept.
  void push(std::vector<Outcome>& lot);

  /// Waits until there is something, the queue is closed, or `timeout` passed; then swaps everything into `out`, which
  /// must be empty. False: closed and nothing is left.
  bool pop_all(std::vector<Outcome>& out, std::chrono::milliseconds timeout);

  /// No more pushes will come.
  void close();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Outcome> outcomes_;
  bool closed_ = false;
};

}  // namespace amend
