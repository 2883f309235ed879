#include "benchmark/requests_ahead.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "queue/start_thread.hpp"

namespace amend {
namespace {

// The thread that sends comes first. Best effort: without it the kernel is merely fair.
void yield_to_the_sender() noexcept {
  constexpr int nice = 10;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), nice);
}

}  // namespace

RequestMaker::RequestMaker(const Config& config, const std::string& path_prefix, const Credentials& credentials,
                           const BenchmarkRows& rows)
    : rows_(rows),
      signer_(make_signer(config.auth, credentials)),
      call_(make_update_call(path_prefix, config.mapping.guard_column.empty() ? Guard::off : Guard::reference_number)) {
}

void RequestMaker::make(std::size_t row, MadeRequest& out) {
  const RowRef ref = rows_.row(row);
  out.row = row;
  out.target.clear();
  call_->append_target(ref, out.target);
  out.headers = "X-Request-ID: ";
  const RequestId id = entropy_.request_id();
  out.headers += view(id);
  out.headers += "\r\n";
  signer_->append_headers(Request(call_->method(ref), out.target, call_->body(ref)), std::chrono::system_clock::now(),
                          out.headers);
}

Request RequestMaker::request(const MadeRequest& made) const {
  const RowRef ref = rows_.row(made.row);
  Request request(call_->method(ref), made.target, call_->body(ref));
  request.headers = made.headers;
  return request;
}

RequestsAhead::RequestsAhead(std::vector<std::unique_ptr<RequestMaker>> makers, std::size_t rows,
                             std::optional<Schedule> schedule, Clock::time_point start, std::size_t at_once,
                             std::function<void()> wake)
    : makers_(std::move(makers)),
      rows_(rows),
      schedule_(std::move(schedule)),
      start_(start),
      wake_(std::move(wake)),
      ring_(makers_.front()->signs_slowly() ? std::clamp<std::size_t>(at_once, 1, capacity_max) : 0) {
  if (ring_.empty()) return;
  threads_.reserve(makers_.size());  // a thread that has no place would be joined while it runs
  try {
    for (const auto& maker : makers_) threads_.push_back(start_thread([this, &maker] { run(*maker); }));
  } catch (...) {
    end();
    throw;
  }
}

RequestsAhead::~RequestsAhead() { end(); }

void RequestsAhead::end() noexcept {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  room_.notify_all();
  threads_.clear();
}

const MadeRequest* RequestsAhead::front() {
  if (ring_.empty()) {
    if (!std::exchange(single_made_, true)) makers_.front()->make(popped_ % rows_, single_);
    return &single_;
  }
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
  const Slot& slot = ring_[popped_ % ring_.size()];
  awaited_ = !slot.made;
  return slot.made ? &slot.request : nullptr;
}

void RequestsAhead::pop() {
  single_made_ = false;
  if (ring_.empty()) {
    ++popped_;
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    ring_[popped_ % ring_.size()].made = false;
    ++popped_;
  }
  room_.notify_all();  // some wait for room, others for their time
}

// False: there is no more to be made.
bool RequestsAhead::claim(std::unique_lock<std::mutex>& lock, std::size_t& number) {
  while (!ended_) {
    if (claimed_ - popped_ >= ring_.size()) {
      room_.wait(lock);
      continue;
    }
    if (schedule_) {
      const auto planned = schedule_->peek();
      if (!planned) return false;
      const auto not_before = start_ + planned->at - ahead;
      if (Clock::now() < not_before) {
        room_.wait_until(lock, not_before);
        continue;
      }
      schedule_->pop();
    }
    number = claimed_++;
    return true;
  }
  return false;
}

void RequestsAhead::run(RequestMaker& maker) noexcept {
  try {
    keep_making(maker);
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      error_ = std::current_exception();
    }
    wake_();
  }
}

void RequestsAhead::keep_making(RequestMaker& maker) {
  yield_to_the_sender();
  std::unique_lock lock(mutex_);
  std::size_t number = 0;
  while (claim(lock, number)) {
    Slot& slot = ring_[number % ring_.size()];
    lock.unlock();
    maker.make(number % rows_, slot.request);
    lock.lock();
    slot.made = true;
    if (number != popped_ || !std::exchange(awaited_, false)) continue;
    lock.unlock();
    wake_();
    lock.lock();
  }
}

}  // namespace amend
