#include "queue/batch_pool.hpp"

#include <algorithm>
#include <cassert>

namespace amend {
namespace {

constexpr std::chrono::milliseconds gather_time{1};

// One row in a batch of its own, which ends with its last RowRef.
class DetachedRow final : public BatchOwner {
 public:
  static RowRef copy(const RowRef& row) {
    auto detached = std::make_unique<DetachedRow>();
    detached->fill(row);
    return RowRef(detached.release()->batch_, 0);
  }

  DetachedRow() : batch_(*this) {}
  void reclaim(Batch*) noexcept override { delete this; }

 private:
  void fill(const RowRef& row) {
    batch_.arena().reserve(row.id().size() + row.body().size() + row.raw().size() + row.guard().size() +
                           row.before().size());
    Update update = *row;
    batch_.seal(row.batch()->sealed_at());
    update.id = append(row.id());
    update.body = append(row.body());
    update.raw = append(row.raw());
    update.guard = append(row.guard());
    update.before = append(row.before());
    batch_.push_back(update);
  }

  Slice append(std::string_view text) {
    const std::size_t begin = batch_.arena().size();
    batch_.arena().append(text);
    return batch_.slice_from(begin);
  }

  Batch batch_;
};

}  // namespace

BatchPool::BatchPool(std::size_t batches_max, std::size_t bytes_max, std::size_t arena_bytes_kept_max)
    : batches_max_(batches_max), bytes_max_(bytes_max), arena_bytes_kept_max_(arena_bytes_kept_max) {
  assert(batches_max > 0);
  // Reserved here, so that reclaim() never allocates.
  all_.reserve(batches_max);
  free_.reserve(batches_max);
}

BatchPool::~BatchPool() { assert(free_.size() == all_.size()); }

Batch* BatchPool::acquire() {
  std::unique_lock lock(mutex_);
  while (!closed_ && !has_room()) {
    wake_at_ = 1;
    freed_.wait(lock, [this] { return closed_ || has_room(); });
    // Waits for several free batches, so that the reader fills them in sequence instead of being woken for each.
    wake_at_ = std::max<std::size_t>(1, batches_max_ / 4);
    freed_.wait_for(lock, gather_time, [this] { return closed_ || free_.size() >= wake_at_; });
  }
  return closed_ ? nullptr : take_free();
}

Batch* BatchPool::try_acquire() {
  const std::lock_guard lock(mutex_);
  return closed_ || !has_room() ? nullptr : take_free();
}

bool BatchPool::has_room() const noexcept {
  return bytes_ < bytes_max_ && (!free_.empty() || all_.size() < batches_max_);
}

Batch* BatchPool::take_free() {
  if (!free_.empty()) {
    Batch* const batch = free_.back();
    free_.pop_back();
    return batch;
  }
  Batch& batch = *all_.emplace_back(std::make_unique<Batch>(*this));
  batch.reserve(rows_per_batch_max, std::min(bytes_per_batch, arena_bytes_kept_max_));
  return &batch;
}

void BatchPool::seal(Batch& batch, std::chrono::steady_clock::time_point now) {
  batch.seal(now);
  const std::lock_guard lock(mutex_);
  bytes_ += batch.bytes();
}

void BatchPool::reclaim(Batch* batch) noexcept {
  const std::size_t counted = batch->sealed() ? batch->bytes() : 0;
  batch->clear(arena_bytes_kept_max_);
  const std::lock_guard lock(mutex_);
  bytes_ -= counted;
  free_.push_back(batch);
  if (free_.size() >= wake_at_) freed_.notify_one();
}

void BatchPool::close() noexcept {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  freed_.notify_all();
}

std::size_t BatchPool::outstanding() const {
  const std::lock_guard lock(mutex_);
  return all_.size() - free_.size();
}

std::size_t BatchPool::bytes_outstanding() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

RowRef detach(const RowRef& row) { return DetachedRow::copy(row); }

}  // namespace amend
