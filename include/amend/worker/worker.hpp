// One worker: a thread with an event loop of its own, a few connections, and the rows of its share of the customers.
//
// Place: layer 3, between its input queue and the outcome queue. Batches come in; each row passes the key gate, then
// the run's rate limiter, is signed, goes out on a connection, and comes back as an answer, a lost connection or a
// deadline; the retry policy says what follows; each row leaves as exactly one Outcome, or is dropped when the run
// stops early.
//
// Thread: everything happens on the thread that calls run(), except wake().
// Memory: rows it holds are bounded by its job table; a row that waits for its retry or its turn holds a copy of its
// own, and no further batch is taken while those hold this worker's share of `parked_bytes_max`.
#pragma once

#include <cstdint>
#include <memory>

#include "amend/config.hpp"
#include "amend/queue/bounded_queue.hpp"
#include "amend/queue/outcome_queue.hpp"
#include "amend/queue/run_control.hpp"
#include "amend/reporter/metrics.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/late_requests.hpp"
#include "amend/transport/transport.hpp"
#include "amend/worker/api_call.hpp"
#include "amend/worker/brake.hpp"
#include "amend/worker/signer.hpp"

namespace amend {

/// What rows with copies of their own may hold, in all workers together, before no further batch is taken.
inline constexpr std::size_t parked_bytes_max = 16U << 20;

/// Rows a worker may hold while they wait for a retry, for an earlier row of their customer, or for an answer.
inline constexpr std::uint32_t jobs_waiting_max = 4096;

/// A batch on its way to a worker: named by its first row, which holds all of it alive.
using BatchQueue = BoundedQueue<RowRef>;

/// What a worker is given; all references outlive it.
class WorkerSetup {
 public:
  WorkerSetup(const Config& config_, RunControl& control_, Brake& brake_, Metrics& metrics_, OutcomeQueue& outcomes_)
      : config(config_), control(control_), brake(brake_), metrics(metrics_), outcomes(outcomes_) {}

  const Config& config;
  RunControl& control;
  Brake& brake;  ///< shared by all workers
  Metrics& metrics;
  OutcomeQueue& outcomes;
  const LateRequests* late = nullptr;    ///< of processes before this one; null: none
  std::uint32_t index = 0;               ///< of this worker
  std::uint32_t workers = 1;             ///< of the run
  std::uint32_t connections = 1;         ///< this worker's share of --connections at the start
  std::unique_ptr<Transport> transport;  ///< this worker's own
  std::unique_ptr<Signer> signer;        ///< the same
  std::unique_ptr<ApiCall> call;         ///< the same
  EchoCall echo;                         ///< the probe where all rows that are left have failed
};

class Worker {
 public:
  explicit Worker(WorkerSetup setup);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Where the reader pushes this worker's batches.
  BatchQueue& input() noexcept;

  /// The thread's body: returns when the input is drained and every row has left, or when the run was stopped and what
  /// was in flight has come back. Throws what must not happen (a defect); rows then held are lost to the log.
  void run();

  /// Look at the run's control again. Any thread.
  void wake() noexcept;

  /// Rows taken in that left without an Outcome because the run stopped. After run().
  std::uint64_t rows_dropped() const noexcept;
  /// Send → answer of each answered attempt, and read → first send of each row. Any thread.
  const LatencyHistogram& service_times() const noexcept;
  const LatencyHistogram& queue_times() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend
