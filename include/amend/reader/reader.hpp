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
#include "amend/row/selection.hpp"

namespace amend {

/// What one rejected row means to the run (`--strict`).
enum class OnRejected : std::uint8_t { go_on, stop };

/// What a run says about the rows of its input.
class ReaderRules {
 public:
  ReaderRules() = default;

  RowSelection selection;
  /// Rows up to this one may have been sent by another run: they are marked so.
  std::uint64_t maybe_sent_until = 0;
  OnRejected on_rejected = OnRejected::go_on;
  /// The input is known to be in another encoding than the one it is read as: rows with characters beyond ASCII are
  /// rejected (`input.encoding`). Otherwise they are from the first row on that shows it.
  bool encoding_is_doubtful = false;
};

/// Why Duplicates::reject rejects a row.
Reason duplicate_customer();

class EncodingGuard;

class Reader {
 public:
  /// All references outlive the reader. `queues` has one queue for each worker, at least one.
  Reader(Source& source, Preparation& preparation, BatchPool& pool, std::vector<BoundedQueue<RowRef>*> queues,
         OutcomeQueue& outcomes, RunControl& control, Metrics& metrics, const ReaderRules& rules);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Reads to the end, or until the run is stopped; then closes every queue. A source that fails
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
  bool wait_for_input();
  bool take(const Record& record, RowSelection::Answer answer);
  Batch* batch_for(std::size_t worker);
  std::optional<Status> append(const Record& record, RowSelection::Answer answer, Filling& filling);
  void hold_back(RowSelection::Answer answer, PreparedRow& prepared) const;
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
  const ReaderRules rules_;
  std::unique_ptr<EncodingGuard> encoding_;
  std::vector<Filling> filling_;
  std::vector<Outcome> not_sent_;
  std::uint64_t rows_dropped_ = 0;
};

}  // namespace amend
