// One worker on the test's thread, with a fake server behind it and everything it ended in front of it.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fake_server.hpp"
#include "queue/batch_pool.hpp"
#include "worker/worker.hpp"

namespace amend::test {

/// A uuid that ends in `n`.
inline std::string uuid(unsigned n) {
  std::string digits = std::to_string(n);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

/// What became of one row.
class Ended {
 public:
  explicit Ended(const Outcome& outcome)
      : row(outcome.row->position.row),
        status(outcome.status),
        applied(outcome.applied),
        http(outcome.http),
        attempts(outcome.attempts),
        service(outcome.service),
        late_until(outcome.late_until),
        code(outcome.reason ? outcome.reason->code : std::string()),
        origin(outcome.reason ? outcome.reason->origin : Origin::run),
        warning(outcome.remark ? outcome.remark->warning : std::string()) {}

  std::uint64_t row;
  Status status;
  Applied applied;
  std::uint16_t http;
  std::uint16_t attempts;
  std::chrono::nanoseconds service;
  std::chrono::system_clock::time_point late_until;
  std::string code;
  Origin origin;
  std::string warning;
};

/// A worker that does not end would stop the whole test program without a word: this one names the test, and ends it.
class Watchdog {
 public:
  Watchdog() : thread_([this] { watch(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  void watch() {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, std::chrono::seconds(60), [this] { return over_; })) return;
    std::fputs("the worker did not end within 60 seconds\n", stderr);
    std::abort();  // doctest tells in which test
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

class WorkerBench {
 public:
  WorkerBench() {
    config.load.pipeline = 8;
    config.retry.attempts_max = 5;
    config.retry.backoff_first = std::chrono::milliseconds(2);
    config.retry.backoff_max = std::chrono::milliseconds(4);
    config.deadline.response = std::chrono::milliseconds(50);
    server.serve = [](FakeSession& session) { session.reply_to_all(); };
  }

  /// Runs to the end with one row for each id, in this order; the body of row n is "row n". With more rows than may
  /// wait for a worker or a reporter the test calls move_on() from the worker's thread now and then.
  void run(const std::vector<std::string>& ids) { run_with(admission, ids); }
  void run_with(AdmissionControl& admission_of_run, const std::vector<std::string>& ids) {
    const Watchdog watchdog;
    std::string prefix;
    WorkerSetup setup(config, control, admission_of_run, metrics, outcomes);
    setup.connections = connections;
    setup.late = late;
    setup.transport = std::make_unique<FakeTransport>(server, config.load.pipeline);
    setup.signer = make_signer();
    setup.echo = echo;
    setup.call = make_update_call(prefix, config.mapping.guard_column.empty() ? Guard::off : Guard::reference_number);
    Worker worker(std::move(setup));
    worker_ = &worker;
    ids_ = &ids;
    fed_ = 0;
    feed();
    worker.run();
    worker_ = nullptr;
    dropped = worker.rows_dropped();
    outcomes.close();
    collect();
    CHECK(pool_.outstanding() == 0);
    CHECK(metrics.in_flight.value() == 0);
  }
  /// Gives the worker what it has room for, and takes what it has ended.
  void move_on() {
    if (outcomes.full()) collect();
    feed();
  }
  void run(unsigned rows) { run_with(admission, rows); }
  void run_with(AdmissionControl& admission_of_run, unsigned rows) {
    std::vector<std::string> ids;
    for (unsigned n = 1; n <= rows; ++n) ids.push_back(uuid(n));
    run_with(admission_of_run, ids);
  }

  const Ended& row(std::uint64_t n) const {
    const auto found = std::ranges::find(ended, n, &Ended::row);
    REQUIRE(found != ended.end());
    return *found;
  }
  std::size_t count(Status status) const {
    return static_cast<std::size_t>(std::ranges::count(ended, status, &Ended::status));
  }
  /// The requests for one row, in the order of sending.
  std::vector<Sent> sent(std::uint64_t n) const {
    std::vector<Sent> all;
    for (const auto& one : server.seen)
      if (one.body == "row " + std::to_string(n)) all.push_back(one);
    return all;
  }

  /// Batches that the worker has not taken yet; while it runs.
  std::size_t batches_waiting() const { return worker_->input().size(); }

  std::function<std::unique_ptr<Signer>()> make_signer = [] { return make_null_signer(); };
  Config config;
  EchoCall echo{"/echo"};
  std::uint32_t connections = 1;
  std::size_t rows_per_batch = rows_per_batch_max;
  std::size_t bytes_per_row = 0;  ///< of the raw row, besides the id
  const LateRequests* late = nullptr;
  FakeServer server;
  AdmissionControl admission{as_fast_as_it_goes()};
  RunControl control{[this] {
    if (!worker_) return;
    if (control.draining()) worker_->input().close_input();  // as the reader does
    worker_->wake();
  }};
  Metrics metrics;
  OutcomeQueue outcomes;
  std::vector<Ended> ended;
  std::uint64_t dropped = 0;

 private:
  static LoadConfig as_fast_as_it_goes() {
    LoadConfig load;
    load.rate.interval = std::chrono::nanoseconds(0);
    load.canary = CanaryMode::off;
    return load;
  }
  static Slice append_text(Batch& batch, const std::string& text) {
    const std::size_t begin = batch.arena().size();
    batch.arena() += text;
    return batch.slice_from(begin);
  }
  void append(Batch& batch, std::uint64_t row, const std::string& id) {
    Update update;
    update.position = Position(row, row + 1, 0);
    update.id = append_text(batch, id);
    update.body = append_text(batch, id.empty() ? "" : "row " + std::to_string(row));
    update.raw = append_text(batch, id + std::string(bytes_per_row, 'x'));
    update.key = std::hash<std::string>()(id);
    batch.push_back(update);
    metrics.rows_read.add();
  }
  void feed() {
    while (!control.draining() && fed_ < ids_->size() && worker_->input().size() < batches_ahead) {
      Batch* batch = pool_.try_acquire();
      if (!batch) return;
      const std::size_t end = std::min(ids_->size(), fed_ + rows_per_batch);
      for (; fed_ < end; ++fed_) append(*batch, fed_ + 1, (*ids_)[fed_]);
      REQUIRE(worker_->input().push(RowRef(*batch, 0)));
    }
    if (fed_ == ids_->size()) worker_->input().close_input();
  }
  // There is something, or the queue is closed: else this would wait.
  void collect() {
    std::vector<Outcome> received;
    while (outcomes.pop_all(received, std::chrono::milliseconds(0))) {
      for (const auto& outcome : received) ended.emplace_back(outcome);
      received.clear();
      if (worker_) return;
    }
  }

  static constexpr std::size_t batches_ahead = 8;
  BatchPool pool_{64};
  const std::vector<std::string>* ids_ = nullptr;
  std::size_t fed_ = 0;  // of those
  Worker* worker_ = nullptr;
};

}  // namespace amend::test
