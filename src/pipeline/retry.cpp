#include "pipeline/retry.hpp"

#include <filesystem>

#include "amend/row/shell_path.hpp"
#include "pipeline/late_rows.hpp"
#include "pipeline/resumption.hpp"
#include "pipeline/retry_planner.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

fs::path place_of(const std::string& directory) {
  const fs::path place = fs::absolute(directory).lexically_normal();
  return place.has_filename() ? place : place.parent_path();
}

// Requests of a run that was killed may still have no record: only resume knows which rows those can be.
void refuse_unfinished(const RunHead& last) {
  const std::string run = printable(last.directory);
  const std::string next = "amend resume " + shell_path(last.directory);
  if (!last.exit_code) throw ConfigError(run + " was killed before its end: resume it first", ExitCode::usage, next);
  const auto code = static_cast<ExitCode>(*last.exit_code);
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
  if (wanted.empty()) return new_directory_beside(place_of(last.directory).string());
  const fs::path folder = place_of(last.directory).parent_path();
  std::error_code error;
  const fs::path wanted_folder = place_of(wanted).parent_path();
  if (wanted_folder == folder || fs::equivalent(wanted_folder, folder, error)) return wanted;
  throw ConfigError(
      "--run: the directory of a retry must be in the folder of the run that it retries: name a directory in " +
      printable(folder.string()));
}

}  // namespace

Retry::Retry(const Config& config, const std::string& run, const RetryChoice& choice, ChangedOptions changed) {
  lock(chain_of(run));
  const RunView view(run);
  if (view.runs().size() != locks_.size())
    throw ConfigError(printable(run) + ": another process has started a retry of this run",
                      ExitCode::run_directory_in_use, "amend status " + shell_path(run));
  refuse_unreadable_retries(view.unreadable());
  for (const RunHead& head : view.runs())
    if (head.log.damaged_at) refuse_damaged(head.directory, head.log);
  const RunHead& last = view.runs().back();
  if (last.record.config.task != Task::update)
    throw ConfigError(printable(run) +
                      " is a reconciliation: reconcile its file again; rows that already match are skipped");
  refuse_unfinished(last);
  if (changed == ChangedOptions::refuse) refuse_changed_options(last.record.config, config);
  directory_ = directory_beside(last, config.run_directory);
  maybe_sent_until_ = view.last_row() + last.record.read_ahead_rows;
  late_ = late_requests_of(view.runs(), config.deadline.answer, maybe_sent_until_, recorded_rows(view));
  RetryPlan plan = plan_retry(view, config.input, config.mapping, choice);
  encoding_is_doubtful_ = plan.encoding_is_doubtful;
  selection_ = std::move(plan.selection);
  report_ = std::move(plan.report);
  report_.parent = place_of(last.directory).string();
}

void Retry::lock(const std::vector<RunHead>& chain) {
  for (const RunHead& run : chain) locks_.push_back(std::make_unique<RunDirectory>(run.directory, Opening::resume));
}

const RunDirectory* Retry::lock_on(const std::string& directory) const noexcept {
  std::error_code error;
  for (const auto& lock : locks_)
    if (fs::equivalent(lock->path(), directory, error)) return lock.get();
  return nullptr;
}

}  // namespace amend
