// The engine takes rows through workers. It owns the threads, the queues, the workers and the watch over them. It knows
// no file, no run directory and no mode: rows, calls and the sink of outcomes are arguments. Layer 4.
//
// *Threads.* run() blocks. Until it returns, any thread may use control(), the metrics and the times. *Errors.* run()
// does not throw. A stage that throws stops the run (StopCause::defect), and so does a thread that cannot be started
// (StopCause::no_threads). error() keeps the exception. *Bounds.* The numbers of threads and batches are those of
// sizing.hpp. *Lifetime.* All arguments of the constructor outlive the engine. It serves one run.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "admission/admission_control.hpp"
#include "amend/config.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/row/late_requests.hpp"
#include "amend/worker/signer.hpp"
#include "engine/run_watch.hpp"
#include "queue/batch_pool.hpp"
#include "queue/outcome_queue.hpp"
#include "queue/run_control.hpp"
#include "transport/target.hpp"
#include "worker/api_call.hpp"
#include "worker/worker.hpp"

namespace amend {

class Engine {
 public:
  /// The call of one worker.
  using CallFactory = std::function<std::unique_ptr<ApiCall>()>;
  /// The body of a stage, called once.
  using Stage = std::function<void()>;

  /// Throws ConfigError as make_http1_transport and make_signer do. `late`: requests of earlier processes that may
  /// still be applied; null if there are none.
  Engine(const Config& config, const Credentials& credentials, const Target& target, AdmissionControl& admission,
         Metrics& metrics, const CallFactory& make_call, const LateRequests* late = nullptr);

  RunControl& control() noexcept { return control_; }
  const RunControl& control() const noexcept { return control_; }
  BatchPool& pool() noexcept { return pool_; }
  /// One for each worker.
  const std::vector<BatchQueue*>& inputs() const noexcept { return inputs_; }
  OutcomeQueue& outcomes() noexcept { return outcomes_; }

  /// Calls `read` on this thread: it puts rows into inputs() until there are no more or the run stops. Calls `report`
  /// on another thread: it takes outcomes from outcomes() until that queue is closed and empty. `read` is called when
  /// all threads have started: without one of them the run sends nothing.
  void run(const Stage& read, const Stage& report, const RunWatch& watch);

  /// The first exception of a stage, or of a thread that could not start; null if there is none. Call it after run().
  const std::exception_ptr& error() const noexcept { return error_; }
  /// Rows that workers took and that have no outcome because the run stopped. Call it after run().
  std::uint64_t rows_dropped() const noexcept;
  /// Service time: from a request to its response. Queue time: from reading a row to its first request. Any thread.
  LatencyHistogram service_times() const;
  LatencyHistogram queue_times() const;

 private:
  class Threads;

  void start(Threads& threads, const Stage& report, const RunWatch& watch);
  void close_inputs();
  void fail(StopCause cause, std::string why) noexcept;
  bool guard(std::string_view stage, const Stage& body) noexcept;

  AdmissionControl& admission_;
  Metrics& metrics_;
  RunControl control_;
  BatchPool pool_;
  OutcomeQueue outcomes_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<BatchQueue*> inputs_;
  std::mutex mutex_;  // guards error_
  std::exception_ptr error_;
};

}  // namespace amend
