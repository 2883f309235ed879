// Where batches come from and go back to: the bound on how many rows, and on how many bytes of rows, are between the
// reader and the log.
//
// Place: layer 2; thread-safe. The reader acquires and seals, whoever drops a batch's last RowRef gives it back.
// Memory: no batch is handed out while `batches_max` are out, or while those that are out hold `bytes_max` or more; of
// an empty batch's arena at most `arena_bytes_kept_max` is kept.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "amend/row/batch.hpp"

namespace amend {

/// Rows of ordinary size come nowhere near it: it is there for rows of a MiB with many connections.
inline constexpr std::size_t batch_bytes_max = 64U << 20;

class BatchPool final : public BatchOwner {
 public:
  /// Batches are made one by one as they are needed, up to `batches_max` (≥ 1), and used again and again.
  explicit BatchPool(std::size_t batches_max, std::size_t bytes_max = batch_bytes_max,
                     std::size_t arena_bytes_kept_max = 256 * 1024);
  BatchPool(const BatchPool&) = delete;
  BatchPool& operator=(const BatchPool&) = delete;
  /// Every batch must be back (asserted): destroy the pool after all threads that hold rows.
  ~BatchPool();

  /// An empty batch; blocks until one is free and there is room for bytes. nullptr after `close`. One thread at a time.
  /// A batch that never got a RowRef has to be given back with `reclaim`.
  Batch* acquire();
  /// The same without blocking: nullptr when none is free.
  Batch* try_acquire();

  /// The batch is filled, at `now`: from here on its bytes count. Before its first RowRef leaves the thread.
  void seal(Batch& batch, std::chrono::steady_clock::time_point now);

  /// From any thread: empties the batch and makes it free.
  void reclaim(Batch* batch) noexcept override;

  /// From any thread: a blocked `acquire` and all later ones return nullptr. Batches still out come back as before.
  void close() noexcept;

  /// Batches that are out. 0 at the end of a run, or a row was lost.
  std::size_t outstanding() const;
  /// What the sealed batches that are out hold.
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
  std::size_t bytes_ = 0;    // in sealed batches that are out
  std::size_t wake_at_ = 1;  // so many free ones wake the reader
  bool closed_ = false;
};

/// A copy of one row in a batch of its own, which lives until its last RowRef is gone. For a row that waits for its
/// retry: it must not keep its whole batch from the reader. Allocates. `row` must name a row.
RowRef detach(const RowRef& row);

}  // namespace amend
