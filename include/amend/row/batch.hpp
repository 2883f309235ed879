// A batch of updates: one arena of bytes for many rows, passed from thread to thread as a whole. Layer 0.
//
// Lifetime: a `RowRef` names a row and keeps its batch. The batch returns to its owner with its last RowRef, on any
// thread. So no row is copied, and none allocates, between the reader and the log.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/row/position.hpp"

namespace amend {

/// A part of a batch's arena.
struct Slice {
  constexpr Slice() = default;
  constexpr Slice(std::uint32_t begin_, std::uint32_t size_) : begin(begin_), size(size_) {}
  std::uint32_t begin = 0;
  std::uint32_t size = 0;
};

/// The values that one customer must get: the row's final form, ready to be signed and sent.
class Update {
 public:
  Update() = default;

  Position position;
  Slice id;                  ///< the customer's uuid as it is in the input
  Slice body;                ///< the JSON body, exactly the bytes that are signed and sent; empty: the row is not sent
  Slice raw;                 ///< the input row, for the retry files
  Slice guard;               ///< the reference_number that the response must have; meaningless unless the run guards it
  Slice before;              ///< what the API held when the row was compared (`reconcile`); empty: not compared
  std::uint64_t key = 0;     ///< hash of the id in lower case: routing and key gate
  bool sends_token = false;  ///< the body has a default_payment_token (decides what a card error means)
  bool maybe_sent_before = false;  ///< by the run that this one resumes or retries
};

/// The bounds of a batch. At this number of rows or bytes it is passed on; a single row may exceed the bytes.
inline constexpr std::size_t rows_per_batch_max = 64;
inline constexpr std::size_t bytes_per_batch = 64 * 1024;

class Batch;

/// Receives empty batches. Called from any thread.
class BatchOwner {
 public:
  virtual void reclaim(Batch* batch) noexcept = 0;

 protected:
  ~BatchOwner() = default;
};

/// Rows and the arena that contains their slices.
///
/// Threads: one thread fills it, then it is read-only until it is reclaimed.
/// Bounds: the arena (raw + body + id of each row) + 80 bytes per row.
class Batch {
 public:
  /// Without an owner: the caller keeps it until the last RowRef is gone.
  Batch() noexcept = default;
  explicit Batch(BatchOwner& owner) noexcept : owner_(&owner) {}
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::size_t size() const noexcept { return rows_.size(); }
  std::size_t bytes() const noexcept { return arena_.size(); }
  const Update& operator[](std::size_t i) const noexcept { return rows_[i]; }
  std::string_view text(Slice s) const noexcept { return std::string_view(arena_).substr(s.begin, s.size); }

  std::string& arena() noexcept { return arena_; }
  /// A slice of all bytes that were appended to the arena since `begin`.
  Slice slice_from(std::size_t begin) const noexcept {
    return Slice(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(arena_.size() - begin));
  }
  void push_back(const Update& update) { rows_.push_back(update); }
  /// Marks the last row as not sent: it keeps its id and raw bytes.
  void withhold_last() noexcept { rows_.back().body = Slice(); }
  void mark_last_maybe_sent() noexcept { rows_.back().maybe_sent_before = true; }

  /// The time when the reader passed the batch on. A row's time in the queue begins there.
  std::chrono::steady_clock::time_point sealed_at() const noexcept { return sealed_at_; }
  void seal(std::chrono::steady_clock::time_point now) noexcept { sealed_at_ = now; }
  bool sealed() const noexcept { return sealed_at_ != std::chrono::steady_clock::time_point(); }

  /// Reserves room for an ordinary batch, because growth in steps would copy the content each time.
  void reserve(std::size_t rows, std::size_t bytes) {
    rows_.reserve(rows);
    arena_.reserve(bytes);
  }

  /// Empties the batch. It keeps at most `bytes_kept_max` of the arena, so that the memory of one huge row is freed.
  void clear(std::size_t bytes_kept_max) {
    sealed_at_ = {};
    rows_.clear();
    arena_.clear();
    if (arena_.capacity() > bytes_kept_max) arena_.shrink_to_fit();
  }

 private:
  friend class RowRef;
  BatchOwner* owner_ = nullptr;
  std::string arena_;
  std::vector<Update> rows_;
  std::chrono::steady_clock::time_point sealed_at_{};
  std::atomic<std::uint32_t> holders_{0};
};

/// Names a row and keeps its batch alive. Move-only; it may be passed between threads.
class RowRef {
 public:
  RowRef() = default;
  RowRef(Batch& batch, std::uint32_t index) noexcept : batch_(&batch), index_(index) {
    batch.holders_.fetch_add(1, std::memory_order_relaxed);
  }
  RowRef(RowRef&& other) noexcept : batch_(std::exchange(other.batch_, nullptr)), index_(other.index_) {}
  RowRef& operator=(RowRef&& other) noexcept {
    RowRef old(std::move(*this));
    batch_ = std::exchange(other.batch_, nullptr);
    index_ = other.index_;
    return *this;
  }
  ~RowRef() {
    if (!batch_ || batch_->holders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (batch_->owner_) batch_->owner_->reclaim(batch_);
  }

  explicit operator bool() const noexcept { return batch_ != nullptr; }
  const Update& operator*() const noexcept { return (*batch_)[index_]; }
  const Update* operator->() const noexcept { return &(*batch_)[index_]; }
  std::string_view id() const noexcept { return batch_->text((*batch_)[index_].id); }
  std::string_view body() const noexcept { return batch_->text((*batch_)[index_].body); }
  std::string_view raw() const noexcept { return batch_->text((*batch_)[index_].raw); }
  std::string_view guard() const noexcept { return batch_->text((*batch_)[index_].guard); }
  std::string_view before() const noexcept { return batch_->text((*batch_)[index_].before); }
  Batch* batch() const noexcept { return batch_; }
  std::uint32_t index() const noexcept { return index_; }

 private:
  Batch* batch_ = nullptr;
  std::uint32_t index_ = 0;
};

}  // namespace amend
