#include "capacity.hpp"

#include <algorithm>

namespace amend::sim {

Capacity::Capacity(std::uint32_t places, std::chrono::nanoseconds work, std::optional<std::uint32_t> waiting_max)
    : work_(work), waiting_max_(waiting_max), free_at_(std::greater<>(), std::vector<Time>(places)) {}

std::optional<std::chrono::nanoseconds> Capacity::admit(Time now) {
  while (!begins_.empty() && begins_.front() <= now) begins_.pop_front();
  const Time begin = std::max(now, free_at_.top());
  if (begin > now) {
    if (waiting_max_ && begins_.size() >= *waiting_max_) return std::nullopt;
    begins_.push_back(begin);
  }
  const Time done = begin + std::chrono::duration_cast<Time::duration>(work_);
  free_at_.pop();
  free_at_.push(done);
  return done - now;
}

}  // namespace amend::sim
