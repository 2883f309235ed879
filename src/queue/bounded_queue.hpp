// A queue between two threads. The producer may block. The consumer never blocks: it asks for a wake-up.
//
// It connects the reader to a worker (batches) and a worker to the reporter (lots of outcomes). Closing it loses
// nothing: elements that were pushed before `close_input` can still be popped.
//
// Threads: thread-safe; one producer, one consumer.
// Bounds: `capacity` elements, allocated at construction; nothing is allocated later.
// Source: layer 2.
#pragma once

#include <cassert>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace amend {

template <class T>
class BoundedQueue {
 public:
  /// `wake` is called on the producer's thread, never under the queue's lock. It posts to the consumer's event loop, or
  /// notifies it. It must not throw, and must stay callable until the producer's last call has returned.
  BoundedQueue(std::size_t capacity, std::function<void()> wake) : ring_(capacity), wake_(std::move(wake)) {
    assert(capacity > 0);
  }
  BoundedQueue(const BoundedQueue&) = delete;
  BoundedQueue& operator=(const BoundedQueue&) = delete;

  /// Producer: blocks when the queue is full, until half of it is free, so that one wake-up serves many items. Returns
  /// false when the queue was closed or abandoned; the item is lost then.
  bool push(T item) {
    std::unique_lock lock(mutex_);
    if (size_ == ring_.size()) half_free_.wait(lock, [this] { return closed_ || size_ <= ring_.size() / 2; });
    if (closed_) return false;
    ring_[(first_ + size_) % ring_.size()].emplace(std::move(item));
    ++size_;
    wake_and_unlock(lock);
    return true;
  }

  /// Consumer: returns the oldest item. When the queue is empty, the next `push` or `close_input` calls `wake` exactly
  /// once. After a wake-up, pop until nullopt; otherwise no further wake-up comes.
  std::optional<T> try_pop() {
    const std::lock_guard lock(mutex_);
    if (size_ == 0) {
      armed_ = !closed_;
      return std::nullopt;
    }
    std::optional<T> item = std::exchange(ring_[first_], std::nullopt);
    first_ = (first_ + 1) % ring_.size();
    --size_;
    if (size_ == ring_.size() / 2) half_free_.notify_one();
    return item;
  }

  /// Producer: ends the input. Idempotent.
  void close_input() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    half_free_.notify_all();
    wake_and_unlock(lock);
  }

  /// Whether the queue is closed and empty.
  bool drained() const {
    const std::lock_guard lock(mutex_);
    return closed_ && size_ == 0;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return size_;
  }

  /// Consumer: gives up. A blocked push returns false, items in the queue are destroyed, and no wake-up follows.
  void abandon() {
    std::vector<std::optional<T>> dropped(ring_.size());
    const std::lock_guard lock(mutex_);
    closed_ = true;
    armed_ = false;
    size_ = 0;
    first_ = 0;
    ring_.swap(dropped);
    half_free_.notify_all();
  }

 private:
  void wake_and_unlock(std::unique_lock<std::mutex>& lock) {
    const bool wake = std::exchange(armed_, false);
    lock.unlock();
    if (wake) wake_();
  }

  mutable std::mutex mutex_;
  std::condition_variable half_free_;
  std::vector<std::optional<T>> ring_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  bool armed_ = false;
  bool closed_ = false;
  std::function<void()> wake_;
};

}  // namespace amend
