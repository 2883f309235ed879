// The end of a run: every row accounted for, the files for the rows that are left, the summary.
#include <filesystem>
#include <memory>
#include <optional>

#include "amend/run/file_seal.hpp"
#include "amend/run/run_view.hpp"
#include "reporter/retry_files.hpp"
#include "start/job_parts.hpp"
#include "start/run_impl.hpp"

namespace amend {
namespace {

constexpr std::size_t worst_errors_shown = 10;

}  // namespace

// Rows read = rows recorded + rows dropped because of a stop. Any other sum shows that a row was lost or doubled.
void Run::Impl::check_sums(const Reader& reader, const Reporter& reporter) {
  const std::uint64_t accounted =
      reporter.recorded().size() + reporter.rows_without_record() + reader.rows_dropped() + engine_.rows_dropped();
  const std::uint64_t read = metrics_.rows_read.value();
  if (control_.cause() == StopCause::defect) return;
  if (accounted == read && reporter.rows_twice() == 0) return;
  control_.stop(StopCause::defect, "rows read (" + std::to_string(read) + ") and rows processed (" +
                                       std::to_string(accounted) + ", " + std::to_string(reporter.rows_twice()) +
                                       " of them twice) do not match because of a defect in amend. Do not send the "
                                       "retry files of this run: amend did not complete them");
}

// After an early stop: every row of the input without a record, also rows never read. nullopt: the number is unknown.
std::optional<std::uint64_t> Run::Impl::write_unsent(const Reporter& reporter) {
  if (control_.cause() == StopCause::none) return 0;
  // Another file under the same name would give the wrong rows, and a pipe cannot be read twice.
  if (control_.cause() == StopCause::input_failed || !input_.is_as_it_was(input_.source->content_read()))
    return std::nullopt;
  try {
    const auto again = open_source(input_.file, config_.input);
    UnsentWriter unsent(*job_.directory, input_.layout());
    const Selection* const retried = job_.retried ? &*job_.retried : nullptr;
    const RowSelection left(&reporter.recorded(), retried, nullptr, Duplicates::order);
    Record record;
    while (again->next(record)) {
      if (left.of(record.position().row) == RowSelection::Choice::skip) continue;
      unsent.add(record.position(), record.raw(), record.fault() ? &*record.fault() : nullptr);
    }
    if (unsent.count() > 0) unsent.close();
    return unsent.count();
  } catch (const DurabilityError& error) {
    control_.stop(StopCause::not_durable, error.what());
  } catch (const std::runtime_error&) {
    // The input is missing or has changed.
  }
  return std::nullopt;  // the file does not exist then, and the summary says "not known"
}

// The retry files get the order of the input. They lose the rows that would undo a later row's success.
Overtaken Run::Impl::settle_retry_files() {
  if (metrics_.rows(Status::failed) + metrics_.rows(Status::unknown) + metrics_.rows(Status::rejected) == 0) return {};
  if (exit_code(control_.cause()) == ExitCode::not_durable || control_.cause() == StopCause::defect) return {};
  try {
    Overtaken overtaken = overtaken_rows(job_.directory->path());
    rewrite_retry_files(*job_.directory, input_.layout(), overtaken.lines, names_of(job_.edited));
    return overtaken;
  } catch (const DurabilityError& error) {
    control_.stop(StopCause::not_durable, error.what());
  } catch (const InputError& error) {
    control_.stop(StopCause::defect, error.what());
  }
  return {};
}

// A row that a retry has written overtakes rows that an earlier run could not send. They leave its retry files, too.
void Run::Impl::settle_runs_before() {
  if (!job_.retried || exit_code(control_.cause()) == ExitCode::not_durable || control_.cause() == StopCause::defect)
    return;
  try {
    RunChain& chain = *job_.chain;
    if (!job_.before) chain.add(job_.directory->path());
    const std::vector<RowSet> lines = overtaken_lines(RunView(chain));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const RunHead& before = chain.runs()[i];
      if (lines[i].size() > 0 && before.directory != job_.directory->path()) settle_run_before(before, lines[i]);
    }
  } catch (const std::runtime_error& error) {
    control_.notice(
        std::string("amend could not remove rows from the retry files of the earlier runs: ") + error.what() +
        ". These files may contain values that are older than those of this run. Do not send them; use amend retry");
  }
}

// A resumed retry has not locked the earlier runs until now.
void Run::Impl::settle_run_before(const RunHead& before, const RowSet& lines) {
  std::optional<RunDirectory> lock;
  const RunDirectory* const locked = job_.chain->locked(before);
  const RunDirectory& run = locked ? *locked : lock.emplace(before.directory, Opening::resume);
  const std::optional<Summary> summary = lock ? read_summary(before.directory) : before.summary;
  const std::vector<std::string> edited =
      edited_retry_files(run, summary ? summary->retry_files : std::vector<FileSeal>());
  rewrite_retry_files(run, input_.layout(), lines, edited);
  if (edited.empty() && summary) seal_again(run);
  if (edited.empty()) return;
  control_.notice(
      printable(run.path()) + ": " + std::to_string(lines.size()) +
      " rows in the retry files of this run are older than an update that succeeded since. amend did not remove these "
      "rows from " +
      printable(edited.front()) + ", because the file was edited. Do not send that file; use amend retry");
}

Summary Run::Impl::summarise(const Reporter& reporter, std::optional<std::uint64_t> unsent) {
  Summary summary;
  summary.take(metrics_);
  summary.version = config_.version;
  summary.task = config_.task;
  summary.run_directory = run_directory_;
  summary.input = config_.input.file;
  summary.started_at = started_at_;
  summary.elapsed = std::chrono::steady_clock::now() - started_;
  summary.stop_cause = control_.cause();
  // Only durable rows count: the summary must not claim others.
  if (exit_code(control_.cause()) == ExitCode::not_durable)
    for (std::size_t i = 0; i < status_count; ++i)
      summary.rows_by_status[i] = reporter.rows_durable(static_cast<Status>(i));
  summary.stop_reason = control_.text();
  summary.unsent = unsent;
  summary.notices = control_.notices();
  summary.connection = connection();
  summary.service = Latency(engine_.service_times());
  summary.queued = Latency(engine_.queue_times());
  summary.log_bytes = reporter.log_bytes_durable();
  summary.findings = input_.mapper.findings();
  summary.drift = reporter.drift();
  summary.errors = reporter.errors().worst(worst_errors_shown);
  const bool all_well = summary.rows_succeeded() == summary.rows_read;
  summary.exit_code = control_.cause() != StopCause::none ? exit_code(control_.cause())
                      : all_well                          ? ExitCode::success
                                                          : ExitCode::some_rows_failed;
  return summary;
}

void Run::Impl::write_summary(Summary& summary) const {
  const RunDirectory& run = *job_.directory;
  summary.files = run.files();
  // A file that may not be on the disk has no seal: after a power cut, a resume would take its loss for an edit.
  if (summary.exit_code != ExitCode::not_durable) summary.retry_files = seals_of_retry_files(run, job_.edited);
  try {
    Summary complete = summary;
    complete.files.emplace_back("summary.json");
    run.write_file("summary.json", to_json(complete));
    summary.files = complete.files;
  } catch (const DurabilityError& error) {
    summary.exit_code = ExitCode::not_durable;
    if (summary.stop_reason.empty()) summary.stop_reason = error.what();
  }
}

}  // namespace amend
