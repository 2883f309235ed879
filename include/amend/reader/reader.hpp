// The reader: rows from the source, prepared (mapped, as a rule), batched and handed to the worker that owns their
// customer.
//
// Place: layer 3, between the source and the workers' input queues; rows that are not sent go straight to the outcome
// queue. Thread: everything happens on the thread that calls run(); it blocks when a queue or the batch pool is full.
// Memory: one batch being filled for each worker.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "amend/error.hpp"
#include "amend/queue/batch_pool.hpp"
#include "amend/queue/bounded_queue.hpp"
#include "amend/queue/outcome_queue.hpp"
#include "amend/queue/run_control.hpp"
#include "amend/reader/preparation.hpp"
#include "amend/reader/source.hpp"
#include "amend/reporter/metrics.hpp"
#include "amend/row/row_set.hpp"
#include "amend/row/selection.hpp"

namespace amend {

/// What one rejected row means to the run (`--strict`).
enum class OnRejected : std::uint8_t { go_on, stop };

/// Rows that are read and not sent, because their customer stands in several (`--duplicates`).
class HiddenRows {
 public:
  HiddenRows() = default;
  /// `rows` outlives the reader. Duplicates::reject makes each of them rejected, last and first make them superseded.
  HiddenRows(const RowSet& rows_, Duplicates duplicates_) noexcept : rows(&rows_), duplicates(duplicates_) {}

  bool contains(std::uint64_t row) const noexcept { return rows && rows->contains(row); }

  const RowSet* rows = nullptr;  ///< null: none
  Duplicates duplicates = Duplicates::order;
};

/// Why Duplicates::reject rejects a row.
Reason duplicate_customer();

class EncodingGuard;

class Reader {
 public:
  /// All references outlive the reader. `queues` has one queue for each worker, at least one.
  Reader(Source& source, Preparation& preparation, BatchPool& pool, std::vector<BoundedQueue<RowRef>*> queues,
         OutcomeQueue& outcomes, RunControl& control, Metrics& metrics, OnRejected on_rejected,
         HiddenRows hidden = HiddenRows());
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Before run(), when a run is gone on with: rows in `recorded` (which outlives the reader) are passed over,
  /// uncounted.
  void leave_out(const RowSet& recorded) noexcept { recorded_ = &recorded; }
  /// Before run(), when another run may have sent them: rows up to this one are marked as perhaps sent before.
  void mark_maybe_sent(std::uint64_t until) noexcept { maybe_sent_until_ = until; }

  /// Before run(), when only some rows are part of the run (a retry): the others are passed over, uncounted.
  /// `selection` outlives the reader.
  void take_only(const Selection& selection) noexcept { selection_ = &selection; }

  /// Before run(), when the input is known to be in another encoding than the one it is read as: rows with characters
  /// beyond ASCII are rejected (`input.encoding`). Otherwise they are from the first row on that shows it.
  void doubt_encoding() noexcept;

  /// The thread's body: reads to the end, or until the run is stopped; then closes every queue. A source that fails
  /// stops the run (StopCause::input_failed): a read error is never taken for the end.
  void run();

  /// Rows that were read and never handed on because the run stopped. After run().
  std::uint64_t rows_dropped() const noexcept { return rows_dropped_; }

 private:
  class NotSent {
   public:
    NotSent(std::uint32_t index_, Status status_, std::optional<Reason> reason_)
        : index(index_), status(status_), reason(std::move(reason_)) {}
    std::uint32_t index;  // in its batch
    Status status;
    std::optional<Reason> reason;
  };
  // A batch on its way to one worker, with the rows in it that are not sent.
  class Filling {
   public:
    Batch* batch = nullptr;
    std::vector<NotSent> not_sent;
  };

  void read_all();
  bool is_part_of_the_run(std::uint64_t row) const noexcept;
  bool wait_for_input();
  bool take(const Record& record);
  Batch* batch_for(std::size_t worker);
  std::optional<Status> append(const Record& record, Filling& filling);
  void hide(std::uint64_t row, PreparedRow& prepared) const;
  std::size_t route(const Record& record);
  void hand_on(std::size_t worker);
  void hand_on_all();

  Source& source_;
  Preparation& preparation_;
  BatchPool& pool_;
  std::vector<BoundedQueue<RowRef>*> queues_;
  OutcomeQueue& outcomes_;
  RunControl& control_;
  Metrics& metrics_;
  OnRejected on_rejected_;
  HiddenRows hidden_;
  std::unique_ptr<EncodingGuard> encoding_;
  std::vector<Filling> filling_;
  std::vector<Outcome> not_sent_;
  const RowSet* recorded_ = nullptr;
  std::uint64_t maybe_sent_until_ = 0;
  const Selection* selection_ = nullptr;
  std::uint64_t rows_dropped_ = 0;
};

}  // namespace amend
