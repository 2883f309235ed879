// Calls one function on an event loop, requested from any thread. Layer 2.
//
// *Threads.* Any. *Errors.* None. *Bounds.* Requests before the function has begun are one call. It allocates nothing,
// because the loop's entry is in this object. *Lifetime.* It outlives the loop. *Source.* Asio's post().
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
                        // Acquires the writes of all threads that found the call requested.
                        requested_.exchange(false, std::memory_order_acq_rel);
                        action_();
                      }));
  }

  /// The call has not begun yet.
  bool requested() const noexcept { return requested_.load(std::memory_order_acquire); }

 private:
  // Provides the only block: the loop releases it before it calls the function.
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
  bool taken_ = false;  // used only by the requesting thread, and by the loop before it admits the next request
  alignas(std::max_align_t) std::array<std::byte, 256> memory_;
};

}  // namespace amend
