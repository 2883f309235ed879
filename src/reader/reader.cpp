#include "amend/reader/reader.hpp"

#include <chrono>

namespace amend {
namespace {

// How soon a stop is noticed while stdin says nothing.
constexpr std::chrono::milliseconds look_up_every{20};

}  // namespace

Reader::Reader(Source& source, Mapper& mapper, BatchPool& pool, std::vector<BoundedQueue<RowRef>*> queues,
               OutcomeQueue& outcomes, RunControl& control, Metrics& metrics, OnRejected on_rejected, HiddenRows hidden)
    : source_(source),
      mapper_(mapper),
      pool_(pool),
      queues_(std::move(queues)),
      outcomes_(outcomes),
      control_(control),
      metrics_(metrics),
      on_rejected_(on_rejected),
      hidden_(hidden),
      filling_(queues_.size()) {}

void Reader::run() {
  try {
    read_all();
  } catch (const InputError& error) {
    control_.stop(StopCause::input_failed, error.what());
  }
  hand_on_all();
  for (auto* queue : queues_) queue->close_input();
}

void Reader::read_all() {
  Record record;
  while (!control_.draining()) {
    if (!wait_for_input()) return;
    if (!source_.next(record)) return;
    metrics_.bytes_read.set(source_.bytes_read());
    if (!is_part_of_the_run(record.position().row)) continue;
    metrics_.rows_read.add();
    if (!take(record)) return;
  }
}

bool Reader::is_part_of_the_run(std::uint64_t row) const noexcept {
  if (selection_ && !selection_->contains(row)) return false;
  return !recorded_ || !recorded_->contains(row);
}

// False: the run is to stop. Rows already read must not wait for ones that may come much later.
bool Reader::wait_for_input() {
  if (source_.ready()) return true;
  hand_on_all();
  while (!source_.wait(look_up_every))
    if (control_.draining()) return false;
  return true;
}

bool Reader::take(const Record& record) {
  const std::size_t worker = route(record);
  Batch* const batch = batch_for(worker);
  if (!batch) {
    ++rows_dropped_;
    return false;
  }
  const Status status = append(record, filling_[worker]);
  if (batch->size() >= rows_per_batch_max || batch->bytes() >= bytes_per_batch) hand_on(worker);
  if (status != Status::rejected || on_rejected_ == OnRejected::go_on) return true;
  control_.stop(StopCause::strict, "row " + std::to_string(record.position().row) + " (line " +
                                       std::to_string(record.position().line) + ") was rejected, and --strict is set");
  return false;
}

// The one being filled for the worker; nullptr: the run is to stop.
Batch* Reader::batch_for(std::size_t worker) {
  Filling& filling = filling_[worker];
  if (!filling.batch) filling.batch = pool_.try_acquire();
  if (!filling.batch) {
    // Rows in half-filled batches must be on their way before this thread waits for others to finish.
    hand_on_all();
    filling.batch = pool_.acquire();
  }
  return filling.batch;
}

// Says what the row is when it is not sent; `success` stands for a row on its way.
Status Reader::append(const Record& record, Filling& filling) {
  Batch& batch = *filling.batch;
  std::optional<Reason> reason = record.fault();
  if (reason) {
    mapper_.reject(record, batch);
  } else {
    reason = mapper_.map(record, batch);
  }
  if (record.position().row <= maybe_sent_until_) batch.mark_last_maybe_sent();
  Status status = reason ? Status::rejected : Status::success;
  const std::uint64_t row = record.position().row;
  if (!reason && is_superseded(row)) {
    batch.withhold_last();
    status = Status::superseded;
  } else if (!reason && hidden_.duplicates == Duplicates::reject && hidden_.contains(row)) {
    batch.withhold_last();
    status = Status::rejected;
    reason.emplace("input.id.duplicate", "the customer stands in several rows, and --duplicates reject is set",
                   Origin::input);
  }
  if (status != Status::success)
    filling.not_sent.emplace_back(static_cast<std::uint32_t>(batch.size() - 1), status, std::move(reason));
  return status;
}

bool Reader::is_superseded(std::uint64_t row) const noexcept {
  if (selection_ && selection_->superseded.contains(row)) return true;
  return hidden_.duplicates != Duplicates::reject && hidden_.contains(row);
}

// All rows of a customer go to one worker: its key gate keeps their order.
std::size_t Reader::route(const Record& record) {
  if (queues_.size() == 1 || record.fault()) return 0;
  return mapper_.key_of(record) % queues_.size();
}

void Reader::hand_on(std::size_t worker) {
  Filling& filling = filling_[worker];
  if (!filling.batch) return;
  Batch& batch = *std::exchange(filling.batch, nullptr);
  pool_.seal(batch, std::chrono::steady_clock::now());
  RowRef all(batch, 0);
  const auto not_sent_count = filling.not_sent.size();
  for (NotSent& row : filling.not_sent) {
    Outcome& outcome = not_sent_.emplace_back(RowRef(batch, row.index), row.status);
    outcome.at = std::chrono::system_clock::now();
    if (row.reason) outcome.reason = std::make_unique<Reason>(std::move(*row.reason));
  }
  filling.not_sent.clear();
  outcomes_.push(not_sent_);
  const auto rows_to_send = batch.size() - not_sent_count;
  if (rows_to_send > 0 && !queues_[worker]->push(std::move(all))) rows_dropped_ += rows_to_send;
}

void Reader::hand_on_all() {
  for (std::size_t worker = 0; worker < filling_.size(); ++worker) hand_on(worker);
}

}  // namespace amend
