#include "engine/engine.hpp"

#include <string>
#include <utility>

#include "amend/queue/start_thread.hpp"
#include "amend/wonder/routes.hpp"
#include "engine/sizing.hpp"
#include "engine/watch_run.hpp"

namespace amend {

/// In the order of their starts: each outlives those that feed it.
class Engine::Threads {
 public:
  std::jthread watch;
  std::jthread reporter;
  std::vector<std::jthread> workers;
};

Engine::Engine(const Config& config, const Credentials& credentials, const Target& target, Brake& brake,
               Metrics& metrics, const CallFactory& make_call, const LateRequests* late)
    : config_(config),
      brake_(brake),
      metrics_(metrics),
      control_([this] {
        for (auto& worker : workers_) worker->wake();
      }),
      pool_(batches_for(config.pace)) {
  const PaceConfig& pace = config.pace;
  const std::uint32_t count = worker_count(pace);
  for (std::uint32_t i = 0; i < count; ++i) {
    WorkerSetup setup(config, control_, brake_, metrics_, outcomes_);
    setup.late = late;
    setup.index = i;
    setup.workers = count;
    setup.connections = pace.connections / count + (i < pace.connections % count ? 1 : 0);
    setup.transport = make_http1_transport(target, config.target, config.deadline, pace.pipeline,
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
  bool started = false;
  const auto start_all = [&] {
    start(threads, report, watch);
    started = true;
  };
  guard("start", start_all, [] {});
  if (started) guard("reader", read, [] {});
  close_inputs();
  for (auto& worker : threads.workers) worker.join();
  outcomes_.close();
  // Without a thread of its own it has its end all the same: a log is closed.
  if (!threads.reporter.joinable()) return guard("reporter", report, [] {});
  threads.reporter.join();
}

void Engine::start(Threads& threads, const Stage& report, const RunWatch& watch) {
  threads.reporter = start_thread([this, report] { guard("reporter", report, [] {}); });
  threads.workers.reserve(workers_.size());  // a thread that has no place would be joined while it runs
  for (auto& worker : workers_)
    threads.workers.push_back(start_thread([this, &worker] {
      guard(
          "worker", [&] { worker->run(); }, [&] { worker->input().abandon(); });
    }));
  threads.watch = start_thread([this, watch](const std::stop_token& over) {
    guard(
        "watch", [&] { watch_run(watch, metrics_, brake_, control_, over); }, [] {});
  });
}

void Engine::close_inputs() {
  for (BatchQueue* const input : inputs_) input->close_input();
}

void Engine::keep_error(std::exception_ptr error) noexcept {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
}

// What must not happen ends the run instead of the process: the log is kept, and no thread waits for another.
void Engine::guard(std::string_view stage, const Stage& body, const Stage& unblock) noexcept {
  try {
    return body();
  } catch (const ThreadError& error) {
    keep_error(std::current_exception());
    control_.stop_now(StopCause::no_threads, error.what());
  } catch (const std::exception& error) {
    keep_error(std::current_exception());
    control_.stop_now(StopCause::defect,
                      "the " + std::string(stage) + " failed because of a defect in amend: " + error.what());
  }
  unblock();
  pool_.close();
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
