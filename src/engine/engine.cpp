#include "engine/engine.hpp"

#include <string>
#include <utility>

#include "engine/sizing.hpp"
#include "engine/watch_run.hpp"
#include "queue/start_thread.hpp"
#include "wonder/routes.hpp"

namespace amend {

/// The members are in this order because each one outlives those that use it. The watch outlives all.
class Engine::Threads {
 public:
  std::jthread watch;
  std::jthread reporter;
  std::vector<std::jthread> workers;
};

Engine::Engine(const Config& config, const Credentials& credentials, const Target& target, AdmissionControl& admission,
               Metrics& metrics, const CallFactory& make_call, const LateRequests* late)
    : admission_(admission),
      metrics_(metrics),
      control_([this] {
        for (auto& worker : workers_) worker->wake();
      }),
      pool_(batches_for(config.load)) {
  const LoadConfig& load = config.load;
  const std::uint32_t count = worker_count(load);
  for (std::uint32_t i = 0; i < count; ++i) {
    WorkerSetup setup(config, control_, admission_, metrics_, outcomes_);
    setup.late = late;
    setup.index = i;
    setup.workers = count;
    setup.connections = load.connections / count + (i < load.connections % count ? 1 : 0);
    setup.transport = make_http1_transport(target, config.target, config.deadline, load.pipeline,
                                           wonder::fixed_headers(config.version));
    setup.signer = make_signer(config.auth, credentials);
    setup.call = make_call();
    setup.echo = EchoCall(target.path_prefix + config.target.echo_path);
    workers_.push_back(std::make_unique<Worker>(std::move(setup)));
    inputs_.push_back(&workers_.back()->input());
  }
}

void Engine::run(const Stage& read, const Stage& report, const RunWatch& watch) {
  Threads threads;
  if (guard("start of the run", [&] { start(threads, report, watch); })) guard("reader", read);
  close_inputs();
  for (auto& worker : threads.workers) worker.join();
  outcomes_.close();
  if (threads.reporter.joinable()) {
    threads.reporter.join();
  } else {
    guard("reporter", report);  // the log is closed also after a failure
  }
}

void Engine::start(Threads& threads, const Stage& report, const RunWatch& watch) {
  threads.reporter = start_thread([this, report] { guard("reporter", report); });
  threads.workers.reserve(workers_.size());  // else push_back may throw and join a running thread
  for (auto& worker : workers_)
    threads.workers.push_back(start_thread([this, &worker] {
      if (!guard("worker", [&] { worker->run(); })) worker->input().abandon();
    }));
  threads.watch = start_thread([this, watch](const std::stop_token& over) {
    guard("watch", [&] { watch_run(watch, metrics_, admission_, control_, over); });
  });
}

void Engine::close_inputs() {
  for (BatchQueue* const input : inputs_) input->close_input();
}

void Engine::fail(StopCause cause, std::string why) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
  control_.stop_now(cause, std::move(why));
  pool_.close();
}

// An exception ends the run instead of the process: the log is kept, and no thread waits for another. Returns false
// after an exception.
bool Engine::guard(std::string_view stage, const Stage& body) noexcept {
  const std::string defect = "the " + std::string(stage) + " failed because of a defect in amend: ";
  try {
    body();
    return true;
  } catch (const ThreadError& error) {
    fail(StopCause::no_threads, error.what());
  } catch (const std::exception& error) {
    fail(StopCause::defect, defect + error.what());
  } catch (...) {
    fail(StopCause::defect, defect + "an unknown exception");
  }
  return false;
}

std::uint64_t Engine::rows_dropped() const noexcept {
  std::uint64_t rows = 0;
  for (const auto& worker : workers_) rows += worker->rows_dropped();
  return rows;
}

LatencyHistogram Engine::service_times() const {
  LatencyHistogram times;
  for (const auto& worker : workers_) times.merge(worker->service_times());
  return times;
}

LatencyHistogram Engine::queue_times() const {
  LatencyHistogram times;
  for (const auto& worker : workers_) times.merge(worker->queue_times());
  return times;
}

}  // namespace amend
