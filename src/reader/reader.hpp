// The reader stage: takes rows from the source, prepares them, and passes batches to the worker that owns their
// customer.
//
// Rows that are not sent go directly to the outcome queue.
//
// Threads: the thread that calls run(). It blocks when a queue or the batch pool is full.
// Bounds: one unfinished batch per worker.
// Source: layer 3, between the source and the workers' input queues.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "amend/error.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/selection.hpp"
#include "queue/batch_pool.hpp"
#include "queue/bounded_queue.hpp"
#include "queue/outcome_queue.hpp"
#include "queue/run_control.hpp"
#include "reader/preparation.hpp"

namespace amend {

/// What a rejected row means to the run (`--strict`).
enum class OnRejected : std::uint8_t { record, stop };

/// What the run decides about rows of its input.
class ReaderRules {
 public:
  ReaderRules() = default;

  RowSelection selection;
  /// Another run may have sent the rows up to this one. They are marked as such.
  std::uint64_t maybe_sent_until = 0;
  OnRejected on_rejected = OnRejected::record;
  /// The input is known to have another encoding than the one that it is read in: rows with characters beyond ASCII
  /// are rejected (`input.encoding`). When false, that begins with the first row that shows it.
  bool encoding_is_doubtful = false;
};

/// The reason with which Duplicates::reject rejects a row.
Reason duplicate_customer();

class EncodingGuard;

class Reader {
 public:
  /// All references outlive the reader. `queues` has one queue per worker, at least one.
  Reader(Source& source, Preparation& preparation, BatchPool& pool, std::vector<BoundedQueue<RowRef>*> queues,
         OutcomeQueue& outcomes, RunControl& control, Metrics& metrics, const ReaderRules& rules);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// Reads to the end, or until the run is stopped. Then it closes every queue.
  ///
  /// Errors: a source that fails stops the run (StopCause::input_failed). A read error never counts as the end.
  void run();

  /// After run(): the rows that were read, but not passed on because the run stopped.
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
  // A batch for one worker that is being filled, with those of its rows that are not sent.
  class Filling {
   public:
    Batch* batch = nullptr;
    std::vector<NotSent> not_sent;
  };

  void read_all();
  bool wait_for_input();
  bool take(const Record& record, RowSelection::Choice choice);
  Batch* batch_for(std::size_t worker);
  std::optional<Status> append(const Record& record, RowSelection::Choice choice, Filling& filling);
  void hold_back(RowSelection::Choice choice, PreparedRow& prepared) const;
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
