// Limits the retries of the whole run, so that they do not multiply the load while there is trouble.
//
// It is a bucket of 500 tokens, full at the start. A retry takes 14, after a 429 only 5; a retry that succeeds returns
// them. A row that succeeds at its first attempt adds 1. So trouble of up to a fifth of all requests is retried freely.
// Beyond it, retries go only as fast as successes pay for them. This is the retry quota of the AWS SDKs, with one
// difference: a retry that finds too few tokens waits, and its row does not fail.
//
// *Threads.* Any; one object, shared by all workers, lock-free. *Errors.* None. *Bounds.* One word. *Lifetime.* A value
// that stays where it is. *Source.* A policy.
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

  /// Returns false, and takes no token, when there are too few.
  bool take(std::int32_t cost) noexcept {
    std::int32_t tokens = tokens_.load(std::memory_order_relaxed);
    while (tokens >= cost)
      if (tokens_.compare_exchange_weak(tokens, tokens - cost, std::memory_order_relaxed)) return true;
    return false;
  }

  void give_back(std::int32_t tokens_given) noexcept {
    std::int32_t tokens = tokens_.load(std::memory_order_relaxed);
    // The bucket is full in the common case: then the cache line that all workers share is only read.
    while (tokens < capacity && !tokens_.compare_exchange_weak(tokens, std::min(tokens + tokens_given, capacity),
                                                               std::memory_order_relaxed)) {
    }
  }

  std::int32_t tokens() const noexcept { return tokens_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int32_t> tokens_{capacity};
};

}  // namespace amend
