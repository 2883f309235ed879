// The pool of batches. It bounds the rows, and the bytes of rows, between the reader and the log.
//
// Threads: thread-safe. The reader acquires and seals; the thread that drops a batch's last RowRef reclaims it.
// Bounds: acquire() waits while `batches_max` batches are in use, or while those in use have `bytes_max` or more. An
// empty batch keeps at most `arena_bytes_kept_max` of its arena.
// Source: layer 2.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "amend/row/batch.hpp"

namespace amend {

/// Rows of ordinary size stay far below it. It is needed for rows of 1 MiB with many connections.
inline constexpr std::size_t batch_bytes_max = 64U << 20;

class BatchPool final : public BatchOwner {
 public:
  /// Makes batches when they are needed, up to `batches_max` (≥ 1), and reuses them.
  explicit BatchPool(std::size_t batches_max, std::size_t bytes_max = batch_bytes_max,
                     std::size_t arena_bytes_kept_max = 256 * 1024);
  BatchPool(const BatchPool&) = delete;
  BatchPool& operator=(const BatchPool&) = delete;
  /// Every batch must have returned (asserted). Destroy the pool after all threads that use rows.
  ~BatchPool();

  /// Returns an empty batch. Blocks until one is free and the bytes allow it. nullptr after `close`. One thread at a
  /// time may call it. A batch that never got a RowRef must be returned with `reclaim`.
  Batch* acquire();
  /// The same without blocking: nullptr when no batch is free.
  Batch* try_acquire();

  /// The batch was filled at `now`, and its bytes count from then on. Call it before the first RowRef leaves the
  /// thread.
  void seal(Batch& batch, std::chrono::steady_clock::time_point now);

  /// Empties the batch and makes it free. Any thread.
  void reclaim(Batch* batch) noexcept override;

  /// Makes a blocked `acquire` and all later ones return nullptr. Any thread. Batches in use return as before.
  void close() noexcept;

  /// The number of batches in use. At the end of a run it is 0; otherwise a row was lost.
  std::size_t outstanding() const;
  /// The bytes of the sealed batches in use.
  std::size_t bytes_outstanding() const;

 private:
  bool has_room() const noexcept;
  Batch* take_free();

  const std::size_t batches_max_;
  const std::size_t bytes_max_;
  const std::size_t arena_bytes_kept_max_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Batch>> all_;
  std::vector<Batch*> free_;
  std::size_t bytes_ = 0;    // in sealed batches that are in use
  std::size_t wake_at_ = 1;  // this number of free ones wakes the reader
  bool closed_ = false;
};

/// Copies one row into a batch of its own, which lives until its last RowRef is gone. A row that waits for its retry
/// uses it, so that its first batch can return to the reader. Allocates. `row` must name a row.
RowRef detach(const RowRef& row);

}  // namespace amend
