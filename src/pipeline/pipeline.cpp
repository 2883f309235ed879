#include <algorithm>

#include "amend/queue/start_thread.hpp"
#include "amend/report/timeline.hpp"
#include "amend/reporter/feedback.hpp"
#include "amend/reporter/result_log.hpp"
#include "amend/reporter/run_place.hpp"
#include "pipeline/input_identity.hpp"
#include "pipeline/pipeline_impl.hpp"
#include "pipeline/plan_writer.hpp"
#include "pipeline/planned_call.hpp"
#include "pipeline/planned_rows.hpp"
#include "pipeline/resume_job.hpp"
#include "pipeline/retry_job.hpp"
#include "pipeline/timeline_recorder.hpp"

namespace amend {
Pipeline::Impl::Impl(const Config& config, Credentials credentials)
    : config_((validate(config), require_second_reading(config.input), config)),
      credentials_(std::move(credentials)),
      target_(parse_target(config.target)),
      file_(config.input.file),
      source_(open_source(file_, config.input)),
      mapper_(std::make_unique<Mapper>(config.mapping, source_->format(), source_->header())),
      plan_(plan_of(config, *source_, *mapper_)),
      brake_(config.pace),
      engine_(
          config_, credentials_, target_, brake_, metrics_, [this] { return make_call(); }, &job_.late),
      control_(engine_.control()),
      identity_(identify(config_, *source_)) {
  metrics_.bytes_total.set(plan_.input_bytes);
}

// By reference_number it is the API's word which customer that is: each answer must say so once more.
std::unique_ptr<ApiCall> Pipeline::Impl::make_call() const {
  const bool guarded =
      applies_plan() ? mapper_->key() == CustomerKey::reference : !config_.mapping.guard_column.empty();
  const Guard guard = guarded ? Guard::reference_number : Guard::off;
  if (!applies_plan()) return make_update_call(target_.path_prefix, guard);
  return make_planned_call(target_.path_prefix, guard, config_.reconcile);
}

PreflightReport Pipeline::Impl::preflight() {
  if (identity_.inode == 0)
    throw ConfigError(
        "the input is not a regular file, so amend cannot check it before the run. Save the input as a file",
        ExitCode::input);
  Preflight first_reading(file_, config_.input, config_.mapping);
  PreflightReport report = first_reading.run(stop_asked_);
  content_ = report.content;
  refuse_other_input();
  job_.hidden = std::move(first_reading.hidden());
  job_.encoding_is_doubtful = report.encoding_trouble.has_value();
  looked_ahead_ = true;
  return report;
}

// Row numbers of one file say nothing about another.
void Pipeline::Impl::refuse_other_input() const {
  if (!can_be_read_again(identity_, identify(config_, *source_), content_))
    throw InputError(printable(config_.input.file) +
                     ": changed after it was opened (edited or replaced); nothing was sent");
}

void Pipeline::Impl::look_ahead() {
  if (applies_plan()) return refuse_other_input();
  if (config_.input.duplicates != Duplicates::order && !looked_ahead_) {
    try {
      preflight();
    } catch (const InputError&) {
      if (!control_.draining()) throw;  // else the run ends as one that was stopped before its first row
    }
  }
  if (looked_ahead_ || (job_.retried && !job_.before)) refuse_other_input();
}

// What preflight() has found holds for whichever rows are sent.
void Pipeline::Impl::take(Job job) {
  job.hidden = std::move(job_.hidden);
  job_ = std::move(job);
}

ResumeReport Pipeline::Impl::recover(ChangedOptions changed) {
  ResumedRun resumed = make_resume(config_, file_, changed);
  for (const std::string& notice : resumed.notices) control_.notice(notice);
  take(std::move(resumed.job));
  return resumed.report;
}

RetryReport Pipeline::Impl::retry(const std::string& run, const RetryChoice& choice, ChangedOptions changed) {
  RetriedRun retried = make_retry(config_, file_, run, choice, changed);
  take(std::move(retried.job));
  config_.pace.canary = CanaryMode::off;
  brake_.canary().skip();  // these rows did not succeed before: that they do not again says nothing about the others
  config_.run_directory = retried.directory;
  require_place_for_run(config_);
  return retried.report;
}

// What `resume` needs: written before the first record.
void Pipeline::Impl::write_head(const RunDirectory& run) const {
  if (job_.retried) run.write_file(selection_name, to_text(*job_.retried));
  write_run_json(run, config_, identity_, started_at_, job_.parent);
}

// A resumed run has its directory already. One process at a time starts a new one.
std::vector<std::unique_ptr<Sink>> Pipeline::Impl::open_sinks(const Recovery& before) {
  std::optional<StartLock> alone;
  if (!job_.directory) {
    require_place_for_run(config_);
    alone.emplace(config_.run_directory);
    if (before_start_) before_start_();
    job_.directory = std::make_unique<RunDirectory>(config_.run_directory);
  }
  const RunDirectory& run = *job_.directory;
  if (applies_plan()) require_sealed_plan(run.path());
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(open_result_log(run, before.end()));
  if (!job_.before) write_head(run);  // behind the log: a run.json without a log means that the log was lost
  alone.reset();
  const InputLayout layout(source_->format(), source_->header(), source_->delimiter());
  sinks.push_back(job_.retry_files ? std::move(job_.retry_files) : open_feedback(run, layout));
  return sinks;
}

ReaderRules Pipeline::Impl::rules(const Recovery& before) const {
  ReaderRules rules;
  rules.selection = RowSelection(&before.recorded(), job_.retried_rows(), &job_.hidden, config_.input.duplicates);
  rules.maybe_sent_until = job_.maybe_sent_until;
  rules.on_rejected = config_.input.strict ? OnRejected::stop : OnRejected::go_on;
  rules.encoding_is_doubtful = job_.encoding_is_doubtful;
  return rules;
}

Summary Pipeline::Impl::run() {
  look_ahead();
  started_at_ = std::chrono::system_clock::now();
  started_ = std::chrono::steady_clock::now();
  const Recovery nothing;
  const Recovery& before = job_.before ? *job_.before : nothing;
  Reporter reporter(open_sinks(before), engine_.outcomes(), control_, metrics_, config_.commit, before,
                    FailureLimit(config_.failures));
  const RunDirectory& run = *job_.directory;
  std::optional<PlannedRows> planned;
  if (applies_plan()) planned.emplace(run.path(plan_name), config_.input.file);
  Preparation& preparation = planned ? static_cast<Preparation&>(*planned) : *mapper_;
  Reader reader(*source_, preparation, engine_.pool(), engine_.inputs(), engine_.outcomes(), control_, metrics_,
                rules(before));
  // They were read by a process before this one: counted at once, whether the reader comes past them or is stopped.
  metrics_.rows_read.add(before.recorded().size());
  show_directory(run);
  run_stages(reader, reporter);

  check_sums(reader, reporter);
  const auto unsent = write_unsent(run, reporter);
  const Overtaken overtaken = settle_retry_files(run);
  settle_runs_before(run);
  Summary summary = summarise(reporter, unsent);
  summary.overtaken = overtaken.sent;
  summary.overtaken_rejected = overtaken.rejected;
  write_summary(run, summary);
  return summary;
}

// Whoever looks at the run from here on finds the recorded rows counted already.
void Pipeline::Impl::show_directory(const RunDirectory& run) {
  const std::lock_guard lock(mutex_);
  run_directory_ = run.path();
}

void Pipeline::Impl::run_stages(Reader& reader, Reporter& reporter) {
  Config limits = config_;
  limits.deadline.run = time_allowed(config_.deadline, started_at_);
  std::jthread timeline;
  const auto read = [&] {
    timeline = start_timeline();  // behind those that the run cannot do without
    reader.run();
  };
  stages_run_ = true;
  engine_.run(
      read, [&] { reporter.run(); }, RunWatch(limits, started_));
  log_closed_ = true;
  stages_run_ = false;
}

// Where threads are limited there may be none left for it: the run continues without.
std::jthread Pipeline::Impl::start_timeline() {
  try {
    return start_thread([this](const std::stop_token& over) { record_timeline(over); });
  } catch (const ThreadError& error) {
    control_.notice(std::string("amend cannot record the timeline of this run: ") + error.what());
    return {};
  }
}

// Whatever becomes of it, the run goes on.
void Pipeline::Impl::record_timeline(const std::stop_token& over) {
  const auto say = [this](const std::string& text) { control_.notice(text); };
  try {
    TimelineRecorder recorder(
        run_directory() + "/" + std::string(report::timeline_name), [this] { return state(); },
        [this](std::size_t from) { return control_.notices(from); }, say);
    recorder.run(over);
  } catch (const std::exception& error) {
    say(std::string("amend cannot record the timeline of this run: ") + error.what());
  }
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
void Pipeline::before_start(std::function<void()> look) { impl_->before_start(std::move(look)); }
void Pipeline::accept_findings() noexcept { impl_->accept_findings(); }
void Pipeline::go_on_in(std::unique_ptr<RunDirectory> run) { impl_->go_on_in(std::move(run)); }
Summary Pipeline::run() { return impl_->run(); }
std::string Pipeline::run_directory() const { return impl_->run_directory(); }
void Pipeline::stop(StopCause cause) noexcept { impl_->stop(cause); }
void Pipeline::drain() { impl_->drain(); }
std::vector<std::string> Pipeline::notices(std::size_t from) const { return impl_->notices(from); }
bool Pipeline::log_closed() const noexcept { return impl_->log_closed(); }
std::optional<ExitCode> Pipeline::stopping() const { return impl_->stopping(); }
const Metrics& Pipeline::metrics() const noexcept { return impl_->metrics(); }
RunState Pipeline::state() const { return impl_->state(); }
ConnectionState Pipeline::connection() const { return impl_->connection(); }
void Pipeline::pause() noexcept { impl_->pause(); }
void Pipeline::unpause() noexcept { impl_->unpause(); }
bool Pipeline::paused() const noexcept { return impl_->paused(); }
void Pipeline::set_rate(const RateSetting& rate) { impl_->set_rate(rate); }
std::uint32_t Pipeline::set_connections(std::uint32_t connections) { return impl_->set_connections(connections); }

}  // namespace amend
