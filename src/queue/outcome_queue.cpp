#include "queue/outcome_queue.hpp"

#include <algorithm>
#include <iterator>

namespace amend {

void OutcomeQueue::push(std::vector<Outcome>& batch) {
  if (batch.empty()) return;
  bool enough = false;
  {
    const std::lock_guard lock(mutex_);
    enough = outcomes_.size() < wake_at_ && outcomes_.size() + batch.size() >= wake_at_;
    std::move(batch.begin(), batch.end(), std::back_inserter(outcomes_));
    waiting_.store(outcomes_.size(), std::memory_order_relaxed);
  }
  batch.clear();
  if (enough) changed_.notify_one();
}

bool OutcomeQueue::pop_all(std::vector<Outcome>& out, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  wake_at_ = 1;
  changed_.wait_for(lock, timeout, [&] { return closed_ || !outcomes_.empty(); });
  if (!outcomes_.empty()) {
    wake_at_ = outcomes_gathered;
    changed_.wait_for(lock, std::min(timeout, outcomes_gather_time),
                      [&] { return closed_ || outcomes_.size() >= outcomes_gathered; });
  }
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
