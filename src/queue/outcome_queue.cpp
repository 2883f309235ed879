#include "amend/queue/outcome_queue.hpp"

#include <iterator>

namespace amend {

void OutcomeQueue::push(std::vector<Outcome>& lot) {
  if (lot.empty()) return;
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = outcomes_.empty();
    std::move(lot.begin(), lot.end(), std::back_inserter(outcomes_));
    waiting_.store(outcomes_.size(), std::memory_order_relaxed);
  }
  lot.clear();
  if (was_empty) changed_.notify_one();
}

bool OutcomeQueue::pop_all(std::vector<Outcome>& out, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return closed_ || !outcomes_.empty(); });
  out.swap(outcomes_);
  waiting_.store(0, std::memory_order_relaxed);
  return !out.empty() || !closed_;
}

void OutcomeQueue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
}

}  // namespace amend
