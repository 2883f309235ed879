#include "amend/pipeline.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "amend/queue/batch_pool.hpp"
#include "amend/reader/mapper.hpp"
#include "amend/reader/preflight.hpp"
#include "amend/reader/reader.hpp"
#include "amend/reader/source.hpp"
#include "amend/reporter/feedback.hpp"
#include "amend/reporter/reporter.hpp"
#include "amend/reporter/result_log.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/wonder/routes.hpp"
#include "amend/worker/worker.hpp"
#include "pipeline/overtaken.hpp"
#include "pipeline/resumption.hpp"
#include "pipeline/retry.hpp"
#include "pipeline/run_watch.hpp"

namespace amend {
namespace {

constexpr std::size_t worst_errors_shown = 10;

InputIdentity identify(const Config& config, const Source& source) {
  InputIdentity identity;
  identity.path = config.input.file;
  identity.format = source.format();
  identity.delimiter = source.delimiter();
  struct stat status {};
  if (identity.path == "-" || ::stat(identity.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return identity;
  identity.size = static_cast<std::uint64_t>(status.st_size);
  identity.modified = std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  identity.device = status.st_dev;
  identity.inode = status.st_ino;
  return identity;
}

// Whether the file that `now` describes can stand for the one that was read. A pipe or stdin never can: its inode is 0.
bool can_be_read_again(const InputIdentity& then, const InputIdentity& now) {
  return then.inode != 0 && then.inode == now.inode && then.device == now.device && then.size == now.size &&
         then.modified == now.modified;
}

// run.json is read from wherever the run is gone on with.
Config with_absolute_paths(Config config) {
  for (std::string* file :
       {&config.target.ca_file, &config.target.client_cert, &config.target.client_key, &config.auth.private_key_file,
        &config.auth.bearer_file, &config.auth.header_file, &config.input.file})
    if (!file->empty() && *file != "-") *file = std::filesystem::absolute(*file).lexically_normal().string();
  return config;
}

}  // namespace

class Pipeline::Impl {
 public:
  Impl(const Config& config, Credentials credentials);

  const Plan& plan() const noexcept { return plan_; }
  PreflightReport preflight();
  ResumeReport recover(ChangedOptions changed);
  RetryReport retry(const std::string& run, const RetryChoice& choice, ChangedOptions changed);
  Summary run();
  std::string run_directory() const;
  void stop(StopCause cause) noexcept;
  const Metrics& metrics() const noexcept { return metrics_; }
  std::vector<std::string> notices(std::size_t from) const { return control_.notices(from); }
  RunState state() const;
  void pause() noexcept { brake_.pause(std::chrono::steady_clock::now()); }
  void unpause() noexcept;
  bool paused() const noexcept { return brake_.paused(); }
  void set_rate(const RateSetting& rate);
  std::uint32_t set_connections(std::uint32_t connections);
  std::optional<ExitCode> stopping() const {
    return stages_run_ && control_.draining() ? std::optional(exit_code(control_.cause())) : std::nullopt;
  }

 private:
  void make_workers();
  void look_ahead();
  const Selection* selection() const noexcept;
  void write_head(const RunDirectory& run) const;
  void refuse_other_input() const;
  void run_stages(Reader& reader, Reporter& reporter);
  void watch(const std::stop_token& over);
  template <class Body, class Unblock>
  void guard(std::string_view stage, Body body, Unblock unblock) noexcept;
  void wake_all() noexcept;
  std::optional<std::uint64_t> write_unsent(const RunDirectory& run, const Reporter& reporter);
  void tell_brake(RunState& state) const;
  void check_sums(const Reader& reader, const Reporter& reporter);
  std::uint64_t leave_out_overtaken(const RunDirectory& run);
  Summary summarise(const Reporter& reporter, std::optional<std::uint64_t> unsent);

  Config config_;
  Credentials credentials_;
  Target target_;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Mapper> mapper_;
  Plan plan_;
  Metrics metrics_;
  RunControl control_;
  Brake brake_;
  BatchPool pool_;
  OutcomeQueue outcomes_;
  std::vector<std::unique_ptr<Worker>> workers_;
  InputIdentity identity_;  // of what source_ reads
  bool looked_ahead_ = false;
  RowSet hidden_;  // rows that --duplicates keeps back
  std::optional<Resumption> resumption_;
  std::optional<Retry> retry_;
  std::atomic<bool> stop_asked_{false};
  std::atomic<bool> stages_run_{false};
  std::chrono::system_clock::time_point started_at_{};
  std::chrono::steady_clock::time_point started_{};
  mutable std::mutex mutex_;  // guards run_directory_
  std::string run_directory_;
};

Pipeline::Impl::Impl(const Config& config, Credentials credentials)
    : config_((validate(config), require_second_reading(config.input), config)),
      credentials_(std::move(credentials)),
      target_(parse_target(config.target)),
      source_(open_source(config.input)),
      mapper_(std::make_unique<Mapper>(config.mapping, source_->format(), source_->header())),
      control_([this] { wake_all(); }),
      brake_(config.pace),
      pool_(batches_for(config.pace)),
      identity_(identify(config_, *source_)) {
  make_workers();
  plan_.format = source_->format();
  plan_.delimiter = source_->delimiter();
  plan_.encoding = source_->encoding();
  plan_.mapping = mapper_->describe();
  plan_.unknown_columns = mapper_->unknown_columns();
  plan_.input_bytes = source_->bytes_total();
  plan_.workers = static_cast<std::uint32_t>(workers_.size());
  plan_.host = target_.host + ":" + target_.port;
  plan_.loopback = target_.loopback;
  metrics_.bytes_total.set(plan_.input_bytes);
}

void Pipeline::Impl::make_workers() {
  const std::uint32_t count = worker_count(config_.pace);
  for (std::uint32_t i = 0; i < count; ++i) {
    WorkerSetup setup(config_, target_.path_prefix, control_, brake_, metrics_, outcomes_);
    setup.index = i;
    setup.workers = count;
    setup.connections = config_.pace.connections / count + (i < config_.pace.connections % count ? 1 : 0);
    setup.transport = make_http1_transport(target_, config_.target, config_.deadline, config_.pace.pipeline,
                                           wonder::fixed_headers(config_.version));
    setup.signer = make_signer(config_.auth, credentials_);
    workers_.push_back(std::make_unique<Worker>(std::move(setup)));
  }
}

PreflightReport Pipeline::Impl::preflight() {
  if (!can_be_read_again(identity_, identity_))
    throw ConfigError("the input cannot be checked before the run: it is no regular file, and can be read only once",
                      ExitCode::input);
  Preflight first_reading(config_.input, config_.mapping);
  PreflightReport report = first_reading.run(stop_asked_);
  refuse_other_input();
  hidden_ = std::move(first_reading.hidden());
  looked_ahead_ = true;
  return report;
}

// Row numbers of one file say nothing about another.
void Pipeline::Impl::refuse_other_input() const {
  if (!can_be_read_again(identity_, identify(config_, *source_)))
    throw InputError(printable(config_.input.file) +
                     ": changed after it was opened (edited or replaced); nothing was sent");
}

void Pipeline::Impl::look_ahead() {
  if (config_.input.duplicates != Duplicates::order && !looked_ahead_) {
    try {
      preflight();
    } catch (const InputError&) {
      if (!control_.draining()) throw;  // else the run ends as one that was stopped before its first row
    }
  }
  if (looked_ahead_ || retry_) refuse_other_input();
}

ResumeReport Pipeline::Impl::recover(ChangedOptions changed) {
  resumption_.emplace(config_, changed);
  ResumeReport report;
  report.rows_recorded = resumption_->before().recorded().size();
  report.rows_left = resumption_->rows_left();
  report.torn_bytes = resumption_->before().torn_bytes();
  return report;
}

RetryReport Pipeline::Impl::retry(const std::string& run, const RetryChoice& choice, ChangedOptions changed) {
  retry_.emplace(config_, run, choice, changed);
  config_.pace.canary = CanaryMode::off;
  brake_.canary().skip();  // these rows did not succeed before: that they do not again says nothing about the others
  config_.run_directory = retry_->directory();
  return retry_->report();
}

// Null: all rows of the input.
const Selection* Pipeline::Impl::selection() const noexcept {
  if (retry_) return &retry_->selection();
  return resumption_ ? resumption_->selection() : nullptr;
}

// What a later process must know before it can go on with the run: there before the first record.
void Pipeline::Impl::write_head(const RunDirectory& run) const {
  if (retry_) run.write_file(selection_name, to_text(retry_->selection()));
  run.write_file("run.json", run_json(with_absolute_paths(config_), identity_, started_at_,
                                      retry_ ? retry_->report().parent : std::string()));
}

Summary Pipeline::Impl::run() {
  look_ahead();
  started_at_ = std::chrono::system_clock::now();
  started_ = std::chrono::steady_clock::now();
  std::optional<RunDirectory> started;
  if (!resumption_) started.emplace(config_.run_directory);
  const RunDirectory& run = resumption_ ? resumption_->run() : *started;
  {
    const std::lock_guard lock(mutex_);
    run_directory_ = run.path();
  }
  if (!resumption_) write_head(run);

  const Recovery nothing;
  const Recovery& before = resumption_ ? resumption_->before() : nothing;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(open_result_log(run, before.end()));
  sinks.push_back(resumption_
                      ? resumption_->take_feedback()
                      : open_feedback(run, InputLayout(source_->format(), source_->header(), source_->delimiter())));
  Reporter reporter(std::move(sinks), outcomes_, control_, metrics_, config_.commit, before,
                    FailureLimit(config_.failures));
  std::vector<BatchQueue*> queues;
  for (auto& worker : workers_) queues.push_back(&worker->input());
  Reader reader(*source_, *mapper_, pool_, queues, outcomes_, control_, metrics_,
                config_.input.strict ? OnRejected::stop : OnRejected::go_on,
                HiddenRows(hidden_, config_.input.duplicates));
  // They were read by a process before this one: counted at once, whether the reader comes past them or is stopped.
  metrics_.rows_read.add(before.recorded().size());
  reader.leave_out(before.recorded());
  if (resumption_) reader.mark_maybe_sent(resumption_->maybe_sent_until());
  if (retry_) reader.mark_maybe_sent(retry_->maybe_sent_until());
  if (selection()) reader.take_only(*selection());
  run_stages(reader, reporter);

  check_sums(reader, reporter);
  const auto unsent = write_unsent(run, reporter);
  const std::uint64_t overtaken = leave_out_overtaken(run);
  Summary summary = summarise(reporter, unsent);
  summary.overtaken = overtaken;
  summary.files = run.files();
  std::error_code no_size;
  const auto log_bytes = std::filesystem::file_size(run.path(result_log_name), no_size);
  if (!no_size && control_.cause() != StopCause::not_durable) summary.log_bytes = log_bytes;
  try {
    Summary complete = summary;
    complete.files.emplace_back("summary.json");
    run.write_file("summary.json", to_json(complete));
    summary.files = complete.files;
  } catch (const DurabilityError& error) {
    summary.exit_code = ExitCode::not_durable;
    if (summary.stop_reason.empty()) summary.stop_reason = error.what();
  }
  return summary;
}

// Joined in the order of a row's way, so that each stage outlives those that feed it.
void Pipeline::Impl::run_stages(Reader& reader, Reporter& reporter) {
  stages_run_ = true;
  std::thread reporter_thread([&] {
    guard(
        "reporter", [&] { reporter.run(); }, [] {});
  });
  std::vector<std::thread> worker_threads;
  for (auto& worker : workers_)
    worker_threads.emplace_back([&] {
      guard(
          "worker", [&] { worker->run(); }, [&] { worker->input().abandon(); });
    });
  const auto close_queues = [&] {
    for (auto& worker : workers_) worker->input().close_input();
  };
  std::thread reader_thread([&] {
    guard(
        "reader", [&] { reader.run(); }, close_queues);
  });
  const std::jthread watch_thread([this](const std::stop_token& over) {
    guard(
        "watch", [&] { watch(over); }, [] {});
  });
  reader_thread.join();
  for (auto& thread : worker_threads) thread.join();
  outcomes_.close();
  reporter_thread.join();
  stages_run_ = false;
}

void Pipeline::Impl::watch(const std::stop_token& over) {
  Config limits = config_;
  limits.deadline.run = time_allowed(config_.deadline, started_at_);
  RunWatch run_watch(limits, started_);
  std::mutex mutex;
  std::condition_variable_any asleep;
  std::unique_lock lock(mutex);
  while (!over.stop_requested() && !control_.draining()) {
    RunProgress progress = progress_of(metrics_);
    progress.interval = brake_.pace().interval;
    if (brake_.paused()) progress.held_until = std::chrono::steady_clock::time_point::max();
    switch (run_watch.look(progress, std::chrono::steady_clock::now())) {
      case RunWatch::Decision::go_on: break;
      case RunWatch::Decision::past_deadline: return control_.stop(StopCause::deadline, "the --deadline is over");
      case RunWatch::Decision::reconnect:
        control_.notice(run_watch.describe_stall(progress) + "; connecting anew");
        control_.reconnect();
        break;
      case RunWatch::Decision::stalled: return control_.stop(StopCause::stalled, run_watch.describe_stall(progress));
    }
    asleep.wait_for(lock, over, run_watch_interval, [] { return false; });
  }
}

// What must not happen ends the run with exit 70 instead of the process: the log is kept, and no thread waits for
// another.
template <class Body, class Unblock>
void Pipeline::Impl::guard(std::string_view stage, Body body, Unblock unblock) noexcept {
  try {
    body();
  } catch (const std::exception& error) {
    control_.stop_now(StopCause::defect, "the " + std::string(stage) + " failed, a defect of amend: " + error.what());
    unblock();
    pool_.close();
  }
}

void Pipeline::Impl::wake_all() noexcept {
  for (auto& worker : workers_) worker->wake();
}

std::string Pipeline::Impl::run_directory() const {
  const std::lock_guard lock(mutex_);
  return run_directory_;
}

void Pipeline::Impl::stop(StopCause cause) noexcept {
  const bool again = stop_asked_.exchange(true);
  std::string text = cause == StopCause::interrupted ? "interrupted (SIGINT)"
                     : cause == StopCause::drained   ? "drained (amend control)"
                                                     : "terminated (SIGTERM)";
  if (again) {
    control_.stop_now(cause, std::move(text));
  } else {
    control_.stop(cause, std::move(text));
  }
}

RunState Pipeline::Impl::state() const {
  RunState state;
  state.version = config_.version;
  state.run_directory = run_directory();
  state.input = config_.input.file;
  state.started_at = started_at_;
  state.elapsed = std::chrono::steady_clock::now() - started_;
  state.rows_read = metrics_.rows_read.value();
  for (std::size_t i = 0; i < status_count; ++i)
    state.rows_by_status[i] = metrics_.rows(static_cast<Status>(i));
  state.bytes_read = metrics_.bytes_read.value();
  state.bytes_total = metrics_.bytes_total.value();
  state.rows_limit = config_.input.limit;
  state.attempts = metrics_.attempts.value();
  state.retries = metrics_.retries.value();
  state.requeues = metrics_.requeues.value();
  state.connections_opened = metrics_.connections_opened.value();
  state.handshakes_failed = metrics_.handshakes_failed.value();
  state.throttled = metrics_.throttled.value();
  state.overloaded = metrics_.overloaded.value();
  state.in_flight = metrics_.in_flight.value();
  state.limiter_wait = std::chrono::nanoseconds(metrics_.limiter_wait_ns.value());
  state.stopping = control_.draining();
  state.connections = control_.connections() != 0 ? control_.connections() : config_.pace.connections;
  for (const auto& worker : workers_) state.service.merge(worker->service_times());
  tell_brake(state);
  return state;
}

void Pipeline::Impl::tell_brake(RunState& state) const {
  const auto now = std::chrono::steady_clock::now();
  const Brake::Pace pace = brake_.pace();
  state.interval = pace.interval;
  switch (pace.pacer) {
    case Brake::Pacer::option: state.paced_by = PacedBy::option; break;
    case Brake::Pacer::adaptive: state.paced_by = PacedBy::adaptive; break;
    case Brake::Pacer::server: state.paced_by = PacedBy::server; break;
  }
  const auto held = std::chrono::ceil<std::chrono::milliseconds>(brake_.held_until() - now);
  state.held = std::max(held, std::chrono::milliseconds(0));
  state.paused = brake_.paused();
  state.in_flight_max = brake_.in_flight_max();
  state.retry_tokens = brake_.budget().tokens();
  const Circuit& circuit = brake_.circuit();
  const auto told = circuit.state();
  state.circuit = told == Circuit::State::closed ? CircuitState::closed
                  : told == Circuit::State::open ? CircuitState::open
                                                 : CircuitState::half_open;
  state.circuit_open = circuit.time_open(now);
}

void Pipeline::Impl::unpause() noexcept {
  brake_.unpause(std::chrono::steady_clock::now());
  wake_all();
}

void Pipeline::Impl::set_rate(const RateSetting& rate) {
  PaceConfig pace = config_.pace;
  pace.rate = rate;
  validate_pace(pace);
  brake_.set_rate(rate, std::chrono::steady_clock::now());
  wake_all();
}

std::uint32_t Pipeline::Impl::set_connections(std::uint32_t connections) {
  PaceConfig pace = config_.pace;
  pace.connections = std::max(connections, connections == 0 ? 0 : plan_.workers);
  validate_pace(pace);
  brake_.set_in_flight_max(pace.connections * pace.pipeline);
  control_.set_connections(pace.connections);
  return pace.connections;
}

// Rows read = rows recorded + rows let go because of a stop; anything else is a row lost or doubled.
void Pipeline::Impl::check_sums(const Reader& reader, const Reporter& reporter) {
  std::uint64_t accounted = reporter.recorded().size() + reporter.rows_without_record() + reader.rows_dropped();
  for (const auto& worker : workers_) accounted += worker->rows_dropped();
  const std::uint64_t read = metrics_.rows_read.value();
  if (control_.cause() == StopCause::defect) return;
  if (accounted == read && reporter.rows_twice() == 0) return;
  control_.stop(StopCause::defect, "rows read (" + std::to_string(read) + ") and rows accounted for (" +
                                       std::to_string(accounted) + ", " + std::to_string(reporter.rows_twice()) +
                                       " twice) differ: a defect of amend; the run directory is kept as it is");
}

// After an early stop: every row of the input without a record, those never read included. nullopt: not known.
std::optional<std::uint64_t> Pipeline::Impl::write_unsent(const RunDirectory& run, const Reporter& reporter) {
  if (control_.cause() == StopCause::none) return 0;
  // Another file under the same name would name the wrong rows, and a pipe cannot be read twice.
  if (control_.cause() == StopCause::input_failed || !can_be_read_again(identity_, identify(config_, *source_)))
    return std::nullopt;
  try {
    const auto again = open_source(config_.input);
    UnsentWriter unsent(run, InputLayout(again->format(), again->header(), again->delimiter()));
    Record record;
    while (again->next(record)) {
      const std::uint64_t row = record.position().row;
      if (reporter.recorded().contains(row) || (selection() && !selection()->contains(row))) continue;
      unsent.add(record.position(), record.raw(), record.fault() ? &*record.fault() : nullptr);
    }
    if (unsent.count() > 0) unsent.close();
    return unsent.count();
  } catch (const DurabilityError& error) {
    control_.stop(StopCause::not_durable, error.what());
  } catch (const std::runtime_error&) {
    // The input is gone or changed.
  }
  return std::nullopt;  // the file does not exist then, and the summary says "not known"
}

// How many rows of the files that can be fed back were taken out: fed back, they would undo a later row's success.
std::uint64_t Pipeline::Impl::leave_out_overtaken(const RunDirectory& run) {
  if (metrics_.rows(Status::failed) + metrics_.rows(Status::unknown) == 0) return 0;
  if (control_.cause() == StopCause::not_durable || control_.cause() == StopCause::defect) return 0;
  try {
    const RowSet lines = overtaken_lines(run.path());
    if (lines.size() > 0)
      take_out_of_feedback(run, InputLayout(source_->format(), source_->header(), source_->delimiter()), lines);
    return lines.size();
  } catch (const DurabilityError& error) {
    control_.stop(StopCause::not_durable, error.what());
  } catch (const InputError& error) {
    control_.stop(StopCause::defect, error.what());
  }
  return 0;
}

Summary Pipeline::Impl::summarise(const Reporter& reporter, std::optional<std::uint64_t> unsent) {
  Summary summary;
  summary.take(metrics_);
  summary.version = config_.version;
  summary.run_directory = run_directory_;
  summary.input = config_.input.file;
  summary.started_at = started_at_;
  summary.elapsed = std::chrono::steady_clock::now() - started_;
  summary.stop_cause = control_.cause();
  // What is not durable for certain is not claimed.
  if (control_.cause() == StopCause::not_durable)
    for (std::size_t i = 0; i < status_count; ++i)
      summary.rows_by_status[i] = reporter.rows_durable(static_cast<Status>(i));
  summary.stop_reason = control_.text();
  summary.unsent = unsent;
  summary.notices = control_.notices();
  LatencyHistogram service;
  LatencyHistogram queued;
  for (const auto& worker : workers_) {
    service.merge(worker->service_times());
    queued.merge(worker->queue_times());
  }
  summary.service = Latency(service);
  summary.queued = Latency(queued);
  summary.errors = reporter.errors().worst(worst_errors_shown);
  const bool all_well = summary.rows(Status::success) + summary.rows(Status::superseded) == summary.rows_read;
  summary.exit_code = control_.cause() != StopCause::none ? exit_code(control_.cause())
                      : all_well                          ? ExitCode::success
                                                          : ExitCode::some_rows_failed;
  return summary;
}

Pipeline::Pipeline(const Config& config, Credentials credentials)
    : impl_(std::make_unique<Impl>(config, std::move(credentials))) {}
Pipeline::~Pipeline() = default;
const Plan& Pipeline::plan() const noexcept { return impl_->plan(); }
ResumeReport Pipeline::recover(ChangedOptions changed) { return impl_->recover(changed); }
RetryReport Pipeline::retry(const std::string& run, const RetryChoice& choice, ChangedOptions changed) {
  return impl_->retry(run, choice, changed);
}
PreflightReport Pipeline::preflight() { return impl_->preflight(); }
Summary Pipeline::run() { return impl_->run(); }
std::string Pipeline::run_directory() const { return impl_->run_directory(); }
void Pipeline::stop(StopCause cause) noexcept { impl_->stop(cause); }
std::vector<std::string> Pipeline::notices(std::size_t from) const { return impl_->notices(from); }
std::optional<ExitCode> Pipeline::stopping() const { return impl_->stopping(); }
const Metrics& Pipeline::metrics() const noexcept { return impl_->metrics(); }
RunState Pipeline::state() const { return impl_->state(); }
void Pipeline::pause() noexcept { impl_->pause(); }
void Pipeline::unpause() noexcept { impl_->unpause(); }
bool Pipeline::paused() const noexcept { return impl_->paused(); }
void Pipeline::set_rate(const RateSetting& rate) { impl_->set_rate(rate); }
std::uint32_t Pipeline::set_connections(std::uint32_t connections) { return impl_->set_connections(connections); }

}  // namespace amend
