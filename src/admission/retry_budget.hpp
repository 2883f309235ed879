// How many retries the whole run may make: in trouble they must not multiply the load. Layer 1, pure, lock-free; one
// object, shared by all workers, every call thread-safe.
//
// A bucket of 500 tokens, full at the start. A retry takes 14, after a 429 only 5; when it succeeds it gives them back.
// A row that succeeds at its first attempt gives 1. (The retry quota of the AWS SDKs, with one difference: a retry that
// finds too few tokens waits, and no row fails for it.) So lasting trouble of up to a fifth of all requests is retried
// freely; beyond it retries go only as fast as successes pay for them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace amend {

class RetryBudget {
 public:
  static constexpr std::int32_t capacity = 500;
  static constexpr std::int32_t transient_cost = 14;
  static constexpr std::int32_t throttle_cost = 5;
  static constexpr std::int32_t first_success = 1;

  RetryBudget() = default;
  RetryBudget(const RetryBudget&) = delete;
  RetryBudget& operator=(const RetryBudget&) = delete;

  /// False: too few tokens, and none is taken.
  bool take(std::int32_t cost) noexcept {
    std::int32_t tokens = tokens_.load(std::memory_order_relaxed);
    while (tokens >= cost)
      if (tokens_.compare_exchange_weak(tokens, tokens - cost, std::memory_order_relaxed)) return true;
    return false;
  }

  void give_back(std::int32_t tokens_given) noexcept {
    std::int32_t tokens = tokens_.load(std::memory_order_relaxed);
    // Full in the common case: then the line that all workers share is only read.
    while (tokens < capacity && !tokens_.compare_exchange_weak(tokens, std::min(tokens + tokens_given, capacity),
                                                               std::memory_order_relaxed)) {
    }
  }

  std::int32_t tokens() const noexcept { return tokens_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int32_t> tokens_{capacity};
};

}  // namespace amend
