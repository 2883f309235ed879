#include "queue/run_control.hpp"

#include <algorithm>

namespace amend {
namespace {

// A log that is not reliable outweighs every other cause.
int weight(StopCause cause) noexcept {
  switch (cause) {
    case StopCause::none: return 0;
    case StopCause::not_durable:
    case StopCause::log_lost: return 2;
    case StopCause::defect: return 3;
    default: return 1;
  }
}

}  // namespace

void RunControl::stop(StopCause cause, std::string text) {
  {
    const std::lock_guard lock(mutex_);
    if (weight(cause) <= weight(cause_)) return;
    cause_ = cause;
    text_ = std::move(text);
    if (draining_.exchange(true, std::memory_order_acq_rel)) return;
  }
  on_change_();
}

void RunControl::stop_now(StopCause cause, std::string text) {
  stop(cause, std::move(text));
  if (!stopping_now_.exchange(true, std::memory_order_acq_rel)) on_change_();
}

StopCause RunControl::cause() const {
  const std::lock_guard lock(mutex_);
  return cause_;
}

std::string RunControl::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

void RunControl::answered(Clock::time_point now) noexcept {
  last_response_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}

void RunControl::failed(std::string_view code, std::string_view words) {
  const std::lock_guard lock(mutex_);
  last_failure_.assign(code);
  if (!words.empty()) last_failure_.append(": ").append(words);
}

std::string RunControl::last_failure() const {
  const std::lock_guard lock(mutex_);
  return last_failure_;
}

std::string RunControl::last_failure_clause() const {
  const std::string failure = last_failure();
  return failure.empty() ? std::string() : "; the last failure: " + failure;
}

void RunControl::notice(std::string text) {
  const std::lock_guard lock(mutex_);
  if (notices_.size() < notices_max && std::ranges::find(notices_, text) == notices_.end())
    notices_.push_back(std::move(text));
}

std::vector<std::string> RunControl::notices(std::size_t from) const {
  const std::lock_guard lock(mutex_);
  from = std::min(from, notices_.size());
  return {notices_.begin() + static_cast<std::ptrdiff_t>(from), notices_.end()};
}

void RunControl::set_connections(std::uint32_t connections) {
  connections_.store(connections, std::memory_order_release);
  on_change_();
}

void RunControl::reconnect() {
  reconnects_.fetch_add(1, std::memory_order_release);
  on_change_();
}

}  // namespace amend
