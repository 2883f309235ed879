// The reader: rows from the source, mapped, batched and handed to the worker that owns their customer.
//
// Place: layer 3, between the source and the workers' input queues; rejected rows go straight to the outcome queue.
// Thread: everything happens on the thread that calls run(); it blocks when a queue or the batch pool is full.
// Memory: one batch being filled for each worker.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "amend/queue/batch_pool.hpp"
#include "amend/queue/bounded_queue.hpp"
#include "amend/queue/outcome_queue.hpp"
#include "amend/queue/run_control.hpp"
#include "amend/reader/mapper.hpp"
#include "amend/reader/source.hpp"
#include "amend/reporter/metrics.hpp"

namespace amend {

/// What one rejected row means to the run (`--strict`).
enum class OnRejected : std::uint8_t { go_on, stop };

class Reader {
 public:
  /// All references outlive the reader. `queues` has one queue for each worker, at least one.
  Reader(Source& source, Mapper& mapper, BatchPool& pool, std::vector<BoundedQueue<RowRef>*> queues,
         OutcomeQueue& outcomes, RunControl& control, Metrics& metrics, OnRejected on_rejected);

  /// The thread's body: reads to the end, or until the run is stopped; then closes every queue. A source that fails
  /// stops the run (StopCause::input_failed): a read error is never taken for the end.
  void run();

  /// Rows that were read and never handed on because the run stopped. After run().
  std::uint64_t rows_dropped() const noexcept { return rows_dropped_; }

 private:
  // A batch on its way to one worker, with the rows in it that are rejected.
  class Filling {
   public:
    Batch* batch = nullptr;
    std::vector<std::pair<std::uint32_t, Reason>> rejected;
  };

  void read_all();
  bool wait_for_input();
  bool take(const Record& record);
  std::size_t route(const Record& record);
  void hand_on(std::size_t worker);
  void hand_on_all();

  Source& source_;
  Mapper& mapper_;
  BatchPool& pool_;
  std::vector<BoundedQueue<RowRef>*> queues_;
  OutcomeQueue& outcomes_;
  RunControl& control_;
  Metrics& metrics_;
  OnRejected on_rejected_;
  std::vector<Filling> filling_;
  std::vector<Outcome> rejected_;
  std::uint64_t rows_dropped_ = 0;
};

}  // namespace amend
