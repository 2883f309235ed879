#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "amend/reader/encoding_check.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/run_chain.hpp"
#include "amend/run/summary.hpp"
#include "engine/sizing.hpp"
#include "plan/plan_seal.hpp"
#include "reporter/retry_files.hpp"
#include "reporter/unsealed_retry_file.hpp"
#include "row/shell_path.hpp"
#include "run/input_identity.hpp"
#include "run/json_reading.hpp"
#include "start/changed_options.hpp"
#include "start/input_parts.hpp"
#include "start/job_parts.hpp"
#include "start/late_rows.hpp"

namespace amend {
namespace {

// "rejected.edited.csv", "rejected.edited-2.csv", …: the first name that is not in use.
std::string name_for_copy(const RunDirectory& run, const std::string& name) {
  const std::size_t dot = name.find('.');
  for (int i = 1;; ++i) {
    const std::string number = i == 1 ? "" : "-" + std::to_string(i);
    std::string copy = name.substr(0, dot) + ".edited" + number + name.substr(dot);
    std::error_code error;
    if (!std::filesystem::exists(std::filesystem::symlink_status(run.path(copy), error))) return copy;
  }
}

class Resuming {
 public:
  explicit Resuming(Input input)
      : resumed_(std::move(input)),
        run_(*(job_.directory = std::make_unique<RunDirectory>(config_.run_directory, Opening::resume))),
        before_(job_.before.emplace(run_)) {}

  ResumedJob make(ChangedOptions changed);

 private:
  void take_plan();
  void follow_parents(const RunChain& chain);
  void compare_input();
  void keep_edited(const std::optional<Summary>& summary);
  void keep_copy(const std::string& name, std::string_view why);
  std::vector<UnsealedRetryFile> read_unsealed(const std::vector<std::string>& names) const;
  void write_retry_files();

  ResumedJob resumed_;
  Job& job_ = resumed_.job;
  Input::Parts& input_ = job_.input.parts();
  Config& config_ = input_.config;
  RunDirectory& run_;
  Recovery& before_;
};

ResumedJob Resuming::make(ChangedOptions changed) {
  if (const auto by = undone_by(run_.path()))
    throw ConfigError(printable(run_.path()) + " was undone by " + printable(*by) +
                          ": it cannot be resumed. Reconcile its file again",
                      ExitCode::usage, "amend status " + shell_path(*by));
  const RunChain& chain = job_.chain.emplace(run_.path());
  RunRecord was = chain.asked().record;
  if (config_.does().has_plan) take_plan();
  refuse_one_time_input(was.config.input.file);
  if (changed == ChangedOptions::refuse) refuse_changed_options(was.config, config_);
  if (!was.parent.empty()) follow_parents(chain);
  refuse_unreadable_retries(chain.unreadable_retries([this](std::uint64_t row) { return before_.hash_of(row); }));
  compare_input();
  // This run does not know what the later retry has sent.
  if (resumed_.report.rows_left > 0 && chain.last().directory != run_.path())
    throw ConfigError(printable(run_.path()) + " was retried by a later run: resume or retry " +
                          printable(chain.last().directory) + " instead",
                      ExitCode::usage, "amend status " + shell_path(chain.last().directory));
  // The log exists before the first request.
  if (std::filesystem::exists(run_.path(result_log_name)))
    job_.possibly_sent_until = before_.last_row() + was.read_ahead_rows;
  job_.late = late_requests_of(chain.runs(), config_.deadline.response, job_.possibly_sent_until, before_.recorded());
  keep_edited(chain.asked().summary);
  // If this run is killed from now on, it must not look finished.
  run_.remove("summary.json");
  for (const std::string& name : names_of(seals_of_retry_files(run_)))
    if (std::ranges::find(job_.edited, name, &FileSeal::name) == job_.edited.end()) run_.remove(name);
  run_.sync();
  if (const std::uint64_t rows = read_ahead_rows(config_.load); rows > was.read_ahead_rows) {
    was.read_ahead_rows = rows;
    run_.write_file("run.json", run_json(was));
  }
  write_retry_files();
  // A run that sends nothing restores nothing.
  if (resumed_.report.rows_left == 0 && job_.undone) job_.also_locked = std::move(job_.undone);
  resumed_.report.rows_recorded = before_.recorded().size();
  resumed_.report.torn_bytes = before_.torn_bytes();
  return std::move(resumed_);
}

// The plan is old, so each customer is read again before it is written. No other process may resume the undone run.
void Resuming::take_plan() {
  if (config_.does().restores) job_.undone = std::make_unique<RunDirectory>(config_.reconcile.of_run, Opening::resume);
  require_sealed_plan(run_.path());
  config_.reconcile.recheck = Recheck::yes;
}

// A killed retry continues with the rows that it had chosen. The logs of the earlier runs have the hashes of all rows.
void Resuming::follow_parents(const RunChain& chain) {
  job_.retried = parse_selection(content_of(run_.path(selection_name)), run_.path(selection_name));
  for (const RunHead& run : chain.runs()) {
    if (run.directory == run_.path()) return;
    before_.learn_content(run);
  }
}

// It compares before the first request or record: with another file, results would be recorded for the wrong rows.
void Resuming::compare_input() {
  RowWalk rows = input_.rows();
  EncodingCheck encoding(rows.source());
  const RowSelection left = selection_of(job_);
  while (rows.skim()) {
    const std::uint64_t row = rows.position().row;
    encoding.take(rows.record());
    if (before_.knows_content(row) && !before_.same_content(row, rows.raw()))
      refuse_other_row(config_.input.file, rows.position());
    resumed_.report.rows_left += left.of(row) == RowSelection::Choice::skip ? 0 : 1;
  }
  input_.encoding_is_doubtful = encoding.trouble().has_value();
  require_row(config_.input.file, before_.last_row(), rows.position().row);
}

// An operator may have repaired rows in these files. They stay unchanged if this run adds nothing to them. Else a copy
// is kept beside the new file. A file without a seal may be incomplete, so it is written again in any case.
void Resuming::keep_edited(const std::optional<Summary>& summary) {
  const std::vector<FileSeal> seals = summary ? summary->retry_files : std::vector<FileSeal>();
  std::vector<std::string> unsealed;
  for (const FileSeal& file : seals_of_retry_files(run_)) {
    const auto seal = std::ranges::find(seals, file.name, &FileSeal::name);
    if (seal == seals.end()) {
      unsealed.push_back(file.name);
    } else if (*seal != file && resumed_.report.rows_left == 0) {
      job_.edited.push_back(*seal);
      job_.notices.push_back(printable(run_.path(file.name)) +
                             " was edited since amend wrote it: amend does not change it");
    } else if (*seal != file) {
      keep_copy(file.name, "was edited since amend wrote it");
    }
  }
  for (const UnsealedRetryFile& file : read_unsealed(unsealed))
    if (!file.is_as_written()) keep_copy(file.name(), "was edited or damaged since amend wrote it");
}

void Resuming::keep_copy(const std::string& name, std::string_view why) {
  const std::string copy = name_for_copy(run_, name);
  run_.rename(name, copy);
  job_.notices.push_back(printable(run_.path(name)) + " " + std::string(why) + ": amend keeps it as " +
                         printable(copy) + " and writes a new file");
}

std::vector<UnsealedRetryFile> Resuming::read_unsealed(const std::vector<std::string>& names) const {
  std::vector<UnsealedRetryFile> files;
  if (names.empty()) return files;
  RowWalk rows = input_.rows();
  RecordedFailures failures(before_);
  for (const std::string& name : names) files.emplace_back(run_, name, input_.layout());
  while (rows.skim()) {
    const std::uint64_t row = rows.position().row;
    const auto failure = failures.of(row);
    if (!failure && before_.recorded().contains(row)) continue;
    const std::optional<Status> status = failure ? std::optional(failure->status) : std::nullopt;
    const Reason* const reason = failure ? &failure->reason : rows.record().fault() ? &*rows.record().fault() : nullptr;
    for (UnsealedRetryFile& file : files) file.compare(status, rows.position().line, rows.raw(), reason);
  }
  return files;
}

void Resuming::write_retry_files() {
  RowWalk rows = input_.rows();
  job_.retry_files = open_retry_files(run_, input_.layout(), names_of(job_.edited));
  RecordedFailures failures(before_);
  std::uint64_t left = before_.rows_not_well();
  std::vector<Outcome> one;
  while (left > 0 && rows.skim()) {
    auto failure = failures.of(rows.position().row);
    if (!failure) continue;
    rows.map();
    Outcome& outcome = one.emplace_back(rows.ref(), failure->status);
    outcome.reason = std::make_unique<Reason>(std::move(failure->reason));
    job_.retry_files->write(one);
    one.clear();
    --left;
  }
}

}  // namespace

ResumedJob make_resume(Input input, ChangedOptions changed) { return Resuming(std::move(input)).make(changed); }

}  // namespace amend
