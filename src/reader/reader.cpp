#include "reader/reader.hpp"

#include <chrono>

#include "reader/encoding/encoding_guard.hpp"

namespace amend {
namespace {

// The delay after which a stop is noticed while stdin is silent.
constexpr std::chrono::milliseconds look_up_every{20};

}  // namespace

Reason duplicate_customer() {
  return Reason("input.id.duplicate", "several rows name this customer, and --duplicates reject is set", Origin::input);
}

Reader::Reader(Source& source, Preparation& preparation, BatchPool& pool, std::vector<BoundedQueue<RowRef>*> queues,
               OutcomeQueue& outcomes, RunControl& control, Metrics& metrics, const ReaderRules& rules)
    : source_(source),
      preparation_(preparation),
      pool_(pool),
      queues_(std::move(queues)),
      outcomes_(outcomes),
      control_(control),
      metrics_(metrics),
      rules_(rules),
      encoding_(std::make_unique<EncodingGuard>(source)),
      filling_(queues_.size()) {
  if (rules.encoding_is_doubtful) encoding_->doubt();
}

Reader::~Reader() = default;

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
  std::uint64_t last_row = 0;
  while (!control_.draining()) {
    if (!wait_for_input()) return;
    if (!source_.next(record)) return preparation_.end_of_input(last_row);
    last_row = record.position().row;
    metrics_.bytes_read.set(source_.bytes_read());
    if (encoding_->judge(record)) control_.notice(encoding_notice(record, encoding_->sent_before()));
    const RowSelection::Choice choice = rules_.selection.of(last_row);
    if (choice == RowSelection::Choice::skip) continue;
    metrics_.rows_read.add();
    try {
      if (!take(record, choice)) return;
    } catch (const InputError&) {
      ++rows_dropped_;
      throw;
    }
  }
}

// Returns false when the run must stop. Rows already read must not wait for rows that may arrive much later.
bool Reader::wait_for_input() {
  if (source_.ready()) return true;
  hand_on_all();
  while (!source_.wait(look_up_every))
    if (control_.draining()) return false;
  return true;
}

bool Reader::take(const Record& record, RowSelection::Choice choice) {
  const std::size_t worker = route(record);
  Batch* const batch = batch_for(worker);
  if (!batch) {
    ++rows_dropped_;
    return false;
  }
  const std::optional<Status> end = append(record, choice, filling_[worker]);
  if (!end) encoding_->count_sent(record);
  if (batch->size() >= rows_per_batch_max || batch->bytes() >= bytes_per_batch) hand_on(worker);
  if (end != Status::rejected || rules_.on_rejected == OnRejected::record) return true;
  control_.stop(StopCause::strict, "row " + std::to_string(record.position().row) + " (line " +
                                       std::to_string(record.position().line) + ") was rejected, and --strict is set");
  return false;
}

// The batch that is being filled for the worker. nullptr: the run must stop.
Batch* Reader::batch_for(std::size_t worker) {
  Filling& filling = filling_[worker];
  if (!filling.batch) filling.batch = pool_.try_acquire();
  if (!filling.batch) {
    // Pass on half-filled batches before this thread waits for a free batch. Otherwise their rows would wait too.
    hand_on_all();
    filling.batch = pool_.acquire();
  }
  return filling.batch;
}

// Returns the status of a row that is not sent.
std::optional<Status> Reader::append(const Record& record, RowSelection::Choice choice, Filling& filling) {
  Batch& batch = *filling.batch;
  PreparedRow prepared = preparation_.prepare(record, batch);
  if (record.position().row <= rules_.maybe_sent_until) batch.mark_last_maybe_sent();
  if (!prepared.end()) {
    hold_back(choice, prepared);
    if (prepared.end()) batch.withhold_last();
    if (!prepared.end()) preparation_.will_be_sent(record);
  }
  if (prepared.end())
    filling.not_sent.emplace_back(static_cast<std::uint32_t>(batch.size() - 1), *prepared.end(),
                                  std::move(prepared.reason));
  return prepared.end();
}

// The row is not sent because another row of the customer replaces it, or because all of them are rejected.
void Reader::hold_back(RowSelection::Choice choice, PreparedRow& prepared) const {
  if (choice == RowSelection::Choice::superseded) prepared = PreparedRow::ended(Status::superseded);
  if (choice == RowSelection::Choice::duplicate) prepared = PreparedRow::ended(Status::rejected, duplicate_customer());
}

// All rows of a customer go to one worker, whose key gate keeps their order.
std::size_t Reader::route(const Record& record) {
  if (queues_.size() == 1) return 0;
  return preparation_.key_of(record) % queues_.size();
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
