#include <optional>
#include <stdexcept>

#include "amend/run/result_log.hpp"
#include "plan/plan_seal.hpp"
#include "plan/planned_rows.hpp"
#include "plan/undo_lock.hpp"
#include "queue/start_thread.hpp"
#include "report/model/timeline.hpp"
#include "reporter/retry_files.hpp"
#include "run/run_place.hpp"
#include "start/job_parts.hpp"
#include "start/run_head.hpp"
#include "start/run_impl.hpp"
#include "start/timeline_recorder.hpp"

namespace amend {

Run::Impl::Impl(Job job)
    : job_(std::move(job)),
      input_(job_.input.parts()),
      config_(input_.config),
      admission_(config_.load),
      engine_(
          config_, input_.credentials, input_.target, admission_, metrics_, [this] { return make_call(job_); },
          &job_.late),
      control_(engine_.control()) {
  metrics_.bytes_total.set(input_.plan.input_bytes);
  if (job_.credentials_accepted) admission_.refusals().accepted();
  for (const std::string& notice : job_.notices) control_.notice(notice);
}

// --duplicates must know all rows before the first one is sent.
void Run::Impl::check_input() {
  if (config_.does().has_plan) return input_.require_same_file();
  if (config_.input.duplicates != Duplicates::order && !input_.was_checked) {
    try {
      input_.check(stop_asked_);
    } catch (const InputError&) {
      if (!control_.draining()) throw;  // else the run ends as if it was stopped before its first row
    }
  }
  if (input_.was_checked || (job_.retried && !job_.before)) input_.require_same_file();
}

// This happens before the first request: a changed plan is not sent, and the undone run is marked.
void Run::Impl::take_plan() const {
  const SignCounts signs = require_sealed_plan(job_.directory->path());
  if (job_.undone && signs.of(RowSign::differs) > 0) mark_undone(*job_.undone, job_.directory->path());
}

// The data for `resume` are written before the first record.
void Run::Impl::write_head() const {
  const RunDirectory& run = *job_.directory;
  if (job_.retried) run.write_file(selection_name, to_text(*job_.retried));
  write_run_json(run, config_, input_.identity, started_at_, job_.parent);
}

// One process at a time starts a run in a folder.
std::vector<std::unique_ptr<Sink>> Run::Impl::open_sinks() {
  std::optional<StartLock> alone;
  if (!job_.directory) {
    require_place_for_run(config_);
    alone.emplace(config_.run_directory);
    if (job_.before_start) job_.before_start();
    job_.directory = std::make_unique<RunDirectory>(config_.run_directory);
  }
  const RunDirectory& run = *job_.directory;
  if (config_.does().has_plan) take_plan();
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(open_result_log(run, job_.recorded().end()));
  if (!job_.before) write_head();  // after the log: a run.json without a log means that the log was lost
  alone.reset();
  sinks.push_back(job_.retry_files ? std::move(job_.retry_files) : open_retry_files(run, input_.layout()));
  return sinks;
}

Summary Run::Impl::execute() {
  if (std::exchange(executed_, true)) throw std::logic_error("the job was executed before");
  check_input();
  started_at_ = std::chrono::system_clock::now();
  started_ = std::chrono::steady_clock::now();
  const Recovery& before = job_.recorded();
  Reporter reporter(open_sinks(), engine_.outcomes(), control_, metrics_, config_.commit, before,
                    FailureLimit(config_.failures));
  std::optional<PlannedRows> planned;
  if (config_.does().has_plan) planned.emplace(job_.directory->path(plan_name), config_.input.file);
  Preparation& preparation = planned ? static_cast<Preparation&>(*planned) : input_.mapper;
  Reader reader(*input_.source, preparation, engine_.pool(), engine_.inputs(), engine_.outcomes(), control_, metrics_,
                rules_of(job_));
  // An earlier process read these rows. They count at once, whether the reader reaches them or is stopped.
  metrics_.rows_read.add(before.recorded().size());
  publish_directory();
  run_stages(reader, reporter);

  check_sums(reader, reporter);
  const auto unsent = write_unsent(reporter);
  const Overtaken overtaken = settle_retry_files();
  settle_runs_before();
  Summary summary = summarise(reporter, unsent);
  summary.overtaken = overtaken.sent;
  summary.overtaken_rejected = overtaken.rejected;
  write_summary(summary);
  return summary;
}

// Other threads see the run from now on, with the recorded rows counted.
void Run::Impl::publish_directory() {
  const std::lock_guard lock(mutex_);
  run_directory_ = job_.directory->path();
}

void Run::Impl::run_stages(Reader& reader, Reporter& reporter) {
  Config limits = config_;
  limits.deadline.run = time_allowed(config_.deadline, started_at_);
  std::jthread timeline;
  const auto read = [&] {
    timeline = start_timeline();  // after the threads that the run needs
    reader.run();
  };
  stages_run_ = true;
  engine_.run(
      read, [&] { reporter.run(); }, RunWatch(limits, started_));
  log_closed_ = true;
  stages_run_ = false;
}

// Where threads are limited, the last one may be missing: the run continues without its timeline.
std::jthread Run::Impl::start_timeline() {
  try {
    return start_thread([this](const std::stop_token& over) { record_timeline(over); });
  } catch (const ThreadError& error) {
    control_.notice(std::string("amend cannot record the timeline of this run: ") + error.what());
    return {};
  }
}

// An error ends the recording, not the run.
void Run::Impl::record_timeline(const std::stop_token& over) {
  const auto say = [this](const std::string& text) { control_.notice(text); };
  try {
    TimelineRecorder recorder(
        published_directory() + "/" + std::string(report::timeline_name), [this] { return state(); },
        [this](std::size_t from) { return control_.notices(from); }, say);
    recorder.run(over);
  } catch (const std::exception& error) {
    say(std::string("amend cannot record the timeline of this run: ") + error.what());
  }
}

Run::Run(Job job) : impl_(std::make_unique<Impl>(std::move(job))) {}
Run::~Run() = default;
Summary Run::execute() { return impl_->execute(); }
void Run::stop(StopCause cause) noexcept { impl_->stop(cause); }
void Run::drain() { impl_->drain(); }
const Metrics& Run::metrics() const noexcept { return impl_->metrics(); }
RunState Run::state() const { return impl_->state(); }
void Run::pause() noexcept { impl_->pause(); }
void Run::unpause() noexcept { impl_->unpause(); }
void Run::set_rate(const RateSetting& rate) { impl_->set_rate(rate); }
std::uint32_t Run::set_connections(std::uint32_t connections) { return impl_->set_connections(connections); }
std::optional<ExitCode> Run::stopping() const { return impl_->stopping(); }
std::vector<std::string> Run::notices(std::size_t from) const { return impl_->notices(from); }

Summary execute(Job job) { return Run(std::move(job)).execute(); }

}  // namespace amend
