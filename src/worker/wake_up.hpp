// Calls one function on an event loop, asked from any thread. Layer 2; thread-safe.
//
// What was asked before the function has begun is one call. Nothing is allocated: the loop's entry lives in here, so it
// must outlive the loop.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <cstddef>
#include <functional>
#include <new>
#include <utility>

namespace amend {

class WakeUp {
 public:
  WakeUp(boost::asio::io_context& io, std::function<void()> action) : io_(io), action_(std::move(action)) {}
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  void request() {
    if (requested_.exchange(true, std::memory_order_acq_rel)) return;
    boost::asio::post(io_, boost::asio::bind_allocator(Allocator<void>(*this), [this] {
                        // Acquires what everybody has done who found it requested.
                        requested_.exchange(false, std::memory_order_acq_rel);
                        action_();
                      }));
  }

  /// The call is still to come.
  bool requested() const noexcept { return requested_.load(std::memory_order_acquire); }

 private:
  // Hands out the one block there is: the loop gives it back before it calls.
  template <class T>
  class Allocator {
   public:
    using value_type = T;
    explicit Allocator(WakeUp& owner) noexcept : owner_(&owner) {}
    template <class U>
    Allocator(const Allocator<U>& other) noexcept : owner_(other.owner_) {}

    T* allocate(std::size_t n) { return static_cast<T*>(owner_->take(n * sizeof(T))); }
    void deallocate(T*, std::size_t) noexcept { owner_->taken_ = false; }

    template <class U>
    bool operator==(const Allocator<U>& other) const noexcept {
      return owner_ == other.owner_;
    }

   private:
    template <class U>
    friend class Allocator;
    WakeUp* owner_;
  };

  void* take(std::size_t bytes) {
    assert(!taken_);
    if (bytes > memory_.size()) throw std::bad_alloc();
    taken_ = true;
    return memory_.data();
  }

  boost::asio::io_context& io_;
  std::function<void()> action_;
  std::atomic<bool> requested_{false};
  bool taken_ = false;  // only ever touched by whoever has requested, and by the loop before it lets the next one in
  alignas(std::max_align_t) std::array<std::byte, 256> memory_;
};

}  // namespace amend
