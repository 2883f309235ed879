// One update per customer in flight, in the order of the file: PUT is idempotent but not commutative.
//
// Place: layer 1, pure (the time is handed in). Owned by one worker; all rows of a customer go to the same worker.
// Memory: ≈ 60 bytes × (capacity + holds_max), allocated at construction; nothing is allocated later. All calls O(1)
// in the mean, or O(log n) where a hold is involved.
//
// A job is a small number of the caller's (its slot for a row). A key is the hash of the customer's id; two ids with
// the same 64-bit key are merely sent one after the other.
//
// A hold: an attempt that got no answer, or one that leaves it open, may still be applied late by the server, so its
// key stays closed for a while after the job is finished. Holds that no job waits for are limited to `holds_max`. When
// one more is asked for, it is folded into a hold of everything: until it is over, each key that comes later waits as if
// it were held itself. That is slower, and never out of order.
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

  /// True: the job may go now. False: it waits behind earlier jobs of its key, or for a hold to end; its number comes
  /// out of `release` or `expire` later. A job must not be admitted again before it was released.
  bool admit(std::uint32_t job, std::uint64_t key);

  /// A job that was let through is finished. Lets the next job of the key through and returns it, or, when
  /// `hold_until` is later than `now`, keeps the key closed until then and returns nullopt.
  std::optional<std::uint32_t> release(std::uint32_t job, time_point now, time_point hold_until = time_point::min());

  /// One job whose hold is over at `now`, let through; also forgets holds nobody waits for. Call until nullopt.
  std::optional<std::uint32_t> expire(time_point now);

  /// When `expire` has something to do next; nullopt while there is no hold.
  std::optional<time_point> next_expiry() const noexcept;

  /// Jobs admitted and not yet let through.
  std::size_t waiting() const noexcept { return waiting_; }

  /// Keys that are held while a job of theirs waits.
  std::size_t held_keys() const noexcept { return expiries_.size() - holds_without_jobs_; }

 private:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  // A key with a job, or held.
  class Entry {
   public:
    std::uint64_t key = 0;
    time_point until{};          // only while held
    std::uint32_t first = none;  // waiting jobs, oldest first; `first` also chains free entries
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
  std::vector<Entry> entries_;        // capacity + holds_max: those with a job, and holds without one
  std::uint32_t free_;                // first free entry
  std::uint32_t in_use_ = 0;          // entries
  std::vector<std::uint32_t> slots_;  // open addressing, linear probing: entry or `none`; doubled when half are in use
  unsigned slot_shift_ = 0;
  std::vector<std::uint32_t> job_entry_;  // of a job: its entry, or `none`
  std::vector<std::uint32_t> job_next_;   // of a waiting job: the one behind it
  std::vector<std::uint32_t> expiries_;   // heap of held entries, the earliest on top
  std::uint32_t holds_without_jobs_ = 0;
  std::optional<time_point> all_held_until_;
  std::size_t waiting_ = 0;
};

}  // namespace amend
