// One worker: a thread with its own event loop, a few connections, and the rows of its share of the customers.
//
// Batches come in. Each row passes the key gate and admission control, is signed, and is sent on a connection. It ends
// with a response, a lost connection or a deadline. The retry policy decides what follows. Each row leaves as exactly
// one Outcome, or is dropped when the run stops early.
//
// *Threads.* run() uses one thread; wake(), the input queue and the histograms are for any. *Errors.* run() throws only
// because of a defect; the rows in the worker are then missing from the log. *Bounds.* Rows have places in a job table.
// A row that waits for its retry or its turn has a copy of its own. No batch is taken while copies use this worker's
// share of `parked_bytes_max`. *Lifetime.* What the setup refers to outlives the worker. *Source.* Three machines
// without an event loop (src/worker/worker_machines.hpp): Connections, Dispatcher, ResponseHandler.
#pragma once

#include <cstdint>
#include <memory>

#include "admission/admission_control.hpp"
#include "amend/config.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/row/batch.hpp"
#include "amend/row/late_requests.hpp"
#include "amend/worker/signer.hpp"
#include "queue/bounded_queue.hpp"
#include "queue/outcome_queue.hpp"
#include "queue/run_control.hpp"
#include "transport/transport.hpp"
#include "worker/api_call.hpp"

namespace amend {

/// Bytes of rows with copies of their own, in all workers together, above which no further batch is taken.
inline constexpr std::size_t parked_bytes_max = 16U << 20;

/// Rows of a worker that wait for a retry, for an earlier row of their customer, or for a response.
inline constexpr std::uint32_t jobs_waiting_max = 4096;

/// A batch on its way to a worker. Its first row names it and keeps the whole batch alive.
using BatchQueue = BoundedQueue<RowRef>;

/// The arguments of a worker. All references outlive it.
class WorkerSetup {
 public:
  WorkerSetup(const Config& config_, RunControl& control_, AdmissionControl& admission_, Metrics& metrics_,
              OutcomeQueue& outcomes_)
      : config(config_), control(control_), admission(admission_), metrics(metrics_), outcomes(outcomes_) {}

  const Config& config;
  RunControl& control;
  AdmissionControl& admission;  ///< shared by all workers
  Metrics& metrics;
  OutcomeQueue& outcomes;
  const LateRequests* late = nullptr;    ///< of earlier processes; null: none
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

  /// The body of the thread. It returns when the input is drained and every row has left. After a stop it returns when
  /// all requests in flight have ended.
  void run();

  /// Makes the worker check the run's control again. Any thread.
  void wake() noexcept;

  /// Rows that left without an Outcome because the run stopped. Call it after run().
  std::uint64_t rows_dropped() const noexcept;
  /// Service time: from send to response of each attempt with a response. Queue time: from reading a row to its first
  /// send. Any thread.
  const LatencyHistogram& service_times() const noexcept;
  const LatencyHistogram& queue_times() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend
