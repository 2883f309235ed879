// Keeps one update per customer in flight, in the order of the file: PUT is idempotent but not commutative. Pure.
//
// A job is a small number that the caller chooses (its slot for a row). A key is the hash of the customer's id. Two ids
// with the same 64-bit key are only sent one after the other.
//
// A hold keeps a key closed for a while after its job finished. It is needed after an attempt without a conclusive
// response, which the server may still apply. At most `holds_max` holds have no waiting job. One hold more is merged
// into a hold of everything: until that ends, each later key waits as if it had a hold itself. This is slower, but
// keeps the order.
//
// Threads: one worker owns it, and all rows of a customer go to the same worker. The caller passes the time.
// Bounds: ≈ 60 bytes × (capacity + holds_max), allocated at construction; nothing is allocated later. Calls take O(1)
// on average, or O(log n) with a hold.
// Source: layer 1.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace amend {

class KeyGate {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Job numbers are 0 … capacity − 1; 1 ≤ capacity + holds_max ≤ 2^28.
  KeyGate(std::uint32_t capacity, std::uint32_t holds_max);
  explicit KeyGate(std::uint32_t capacity) : KeyGate(capacity, capacity) {}

  /// Returns true when the job may be sent now. Otherwise it waits for earlier jobs of its key or for a hold, and a
  /// later `release` or `expire` returns its number. A job must be released before it is admitted again.
  bool admit(std::uint32_t job, std::uint64_t key);

  /// Ends a job that was let through. Lets the next job of the key through and returns it. When `hold_until` is later
  /// than `now`, the key stays closed until then, and nullopt is returned.
  std::optional<std::uint32_t> release(std::uint32_t job, time_point now, time_point hold_until = time_point::min());

  /// Lets one job whose hold ended by `now` through, and forgets holds without waiting jobs. Call it until nullopt.
  std::optional<std::uint32_t> expire(time_point now);

  /// When `expire` has its next task; nullopt while there is no hold.
  std::optional<time_point> next_expiry() const noexcept;

  /// Jobs that were admitted and not yet let through.
  std::size_t waiting() const noexcept { return waiting_; }

  /// Keys with a hold and a waiting job.
  std::size_t held_keys() const noexcept { return expiries_.size() - holds_without_jobs_; }

 private:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  // A key that has a job or a hold.
  class Entry {
   public:
    std::uint64_t key = 0;
    time_point until{};          // only with a hold
    std::uint32_t first = none;  // waiting jobs, oldest first; `first` also links free entries
    std::uint32_t last = none;
    std::uint32_t slot = none;  // of slots_; `none` while the entry is free
    bool held = false;
  };

  std::size_t home_of(std::uint64_t key) const noexcept;
  std::size_t slot_of(std::uint64_t key) const noexcept;
  void spread_over(std::size_t slots) noexcept;
  void put(std::uint32_t entry, std::size_t slot) noexcept;
  std::uint32_t add(std::size_t slot, std::uint64_t key);
  void erase(std::uint32_t entry);
  void hold(std::uint32_t entry, time_point until);
  void close(std::uint32_t entry, time_point until);
  void wait(std::uint32_t job, std::uint32_t entry);
  std::uint32_t let_first_through(std::uint32_t entry);
  void pop_expiry();

  std::uint32_t capacity_;
  std::uint32_t holds_max_;
  std::vector<Entry> entries_;        // capacity + holds_max: with a job, or with a hold only
  std::uint32_t free_;                // first free entry
  std::uint32_t in_use_ = 0;          // entries
  std::vector<std::uint32_t> slots_;  // open addressing, linear probing: entry or `none`; grows at half load
  unsigned slot_shift_ = 0;
  std::vector<std::uint32_t> job_entry_;  // of a job: its entry, or `none`
  std::vector<std::uint32_t> job_next_;   // of a waiting job: the next one
  std::vector<std::uint32_t> expiries_;   // heap of entries with a hold, the earliest on top
  std::uint32_t holds_without_jobs_ = 0;
  std::optional<time_point> all_held_until_;
  std::size_t waiting_ = 0;
};

}  // namespace amend
