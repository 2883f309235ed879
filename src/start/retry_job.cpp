#include <filesystem>
#include <memory>
#include <utility>

#include "amend/run/run_view.hpp"
#include "row/shell_path.hpp"
#include "run/run_place.hpp"
#include "start/changed_options.hpp"
#include "start/input_parts.hpp"
#include "start/late_rows.hpp"
#include "start/retry_planner.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

// Requests of a killed run may still have no record. Only resume knows which rows those can be.
void refuse_unfinished(const RunHead& last) {
  const std::string run = printable(last.directory);
  const std::string next = "amend resume " + shell_path(last.directory);
  if (!last.summary) throw ConfigError(run + " was killed before its end: resume it first", ExitCode::usage, next);
  const ExitCode code = last.summary->exit_code;
  if (code == ExitCode::not_durable || code == ExitCode::broken_invariant)
    throw ConfigError(run + " could not record all that it sent: resume it first", ExitCode::usage, next);
}

RowSet recorded_rows(const RunView& view) {
  RowSet rows;
  for (std::uint64_t row = 1; row <= view.last_row(); ++row)
    if (view.status(row)) rows.insert(row);
  return rows;
}

std::string directory_beside(const RunHead& last, const std::string& wanted) {
  if (wanted.empty()) return new_directory_beside(place_of_run(last.directory).string());
  const fs::path folder = place_of_run(last.directory).parent_path();
  std::error_code error;
  const fs::path wanted_folder = place_of_run(wanted).parent_path();
  if (wanted_folder == folder || fs::equivalent(wanted_folder, folder, error)) return wanted;
  throw ConfigError(
      "--run: the directory of a retry must be in the folder of the run that it retries: name a directory in " +
      printable(folder.string()));
}

}  // namespace

RetriedJob make_retry(Input input, const std::string& run, const RetryChoice& choice, ChangedOptions changed) {
  RetriedJob retried(std::move(input));
  Job& job = retried.job;
  Input::Parts& parts = job.input.parts();
  Config& config = parts.config;
  job.chain.emplace(run).lock();
  const RunView view(*job.chain);
  require_whole_logs(view);
  const RunHead& last = view.runs().back();
  if (last.record.config.does().has_plan)
    throw ConfigError(printable(run) +
                      " is a reconciliation: reconcile its file again; rows that already match are skipped");
  refuse_unfinished(last);
  if (changed == ChangedOptions::refuse) refuse_changed_options(last.record.config, config);
  config.run_directory = directory_beside(last, config.run_directory);
  job.possibly_sent_until = view.last_row() + last.record.read_ahead_rows;
  job.late = late_requests_of(view.runs(), config.deadline.response, job.possibly_sent_until, recorded_rows(view));
  RetryPlan plan = plan_retry(view, parts.file, config.input, config.mapping, choice);
  parts.encoding_is_doubtful = plan.encoding_is_doubtful;
  // These rows did not succeed before. If they fail again, that shows nothing about the others.
  config.load.canary = CanaryMode::off;
  job.retried = std::move(plan.selection);
  job.parent = place_of_run(last.directory).string();
  retried.report = std::move(plan.report);
  retried.report.parent = job.parent;
  require_place_for_run(config);
  return retried;
}

}  // namespace amend
