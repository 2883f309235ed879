#include "job_table.hpp"

#include <algorithm>

namespace amend {

void RetryHeap::push(JobNumber job, time_point due) {
  heap_.emplace_back(due, job);
  std::ranges::push_heap(heap_, later);
}

JobNumber RetryHeap::pop() {
  std::ranges::pop_heap(heap_, later);
  const JobNumber job = heap_.back().job;
  heap_.pop_back();
  return job;
}

}  // namespace amend
