#include "cli/command/resume.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "amend/run/log_reading.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/summary.hpp"
#include "amend/wonder/secret_file.hpp"
#include "cli/command/confirm.hpp"
#include "cli/command/reconcile.hpp"
#include "cli/command/runs.hpp"
#include "cli/command/update.hpp"
#include "cli/option/option_rules.hpp"
#include "cli/option/units.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "plan/plan_seal.hpp"

namespace amend::cli {
namespace {

namespace fs = std::filesystem;

std::string resume_lines(const ResumeReport& report) {
  std::string out = fmt::format("  resume    {} rows have a result, {} are left\n", show_count(report.rows_recorded),
                                show_count(report.rows_left));
  if (report.torn_bytes > 0)
    out += fmt::format("            the last {} bytes of results.ndjson are an incomplete record: amend removes them\n",
                       show_count(report.torn_bytes));
  return out;
}

// A run with a later retry is not in the list, because the retry replaces it.
std::vector<ListedRun> unfinished_runs(const fs::path& folder, const std::string& file) {
  std::vector<ListedRun> found;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return found;
  const auto wanted = [&](const ListedRun& run) {
    const bool open = !run.record.config.does().has_plan && run.unsent().value_or(1) > 0;
    return open && is_same_input(run.record.input, file);
  };
  for (ListedRun& run : list_runs(folder.string(), wanted))
    if (!run.retried) found.push_back(std::move(run));
  return found;
}

[[noreturn]] void refuse_beside(const ListedRun& unfinished) {
  const std::string run = printable(unfinished.directory);
  const std::string next = next_command(unfinished);
  if (unfinished.status == RunStatus::running)
    throw ConfigError(
        run + ": this run of the same file is still running. Wait until it ends, or use --new to start another run",
        ExitCode::usage, next);
  const bool resumable = next.starts_with("amend resume");
  throw ConfigError(fmt::format("{} contains an unfinished run of this file: `{}` {}; --new starts a new run", run,
                                next, resumable ? "continues it" : "shows it"),
                    ExitCode::usage, next);
}

ExitCode say_compared(const Options& options) {
  const std::string& run = options.config.run_directory;
  const SignCounts signs = require_sealed_plan(run);
  const std::string text = printable(run) + ": the comparison is complete, see its plan.ndjson. `amend reconcile " +
                           printable(options.config.input.file) + "` compares again";
  if (!options.quiet) print_message(line("resume", text));
  const std::uint64_t left = signs.of(RowSign::differs) + signs.of(RowSign::only_file) + signs.of(RowSign::only_api) +
                             signs.of(RowSign::unreadable);
  return left == 0 && signs.of(RowSign::same) > 0 ? ExitCode::success : ExitCode::some_rows_failed;
}

// Resumes a killed comparison. A complete plan is sent; an incomplete one is made again.
std::optional<ExitCode> resume_comparison(const Options& options) {
  const fs::path run = options.config.run_directory;
  if (!options.config.does().has_plan || fs::exists(run / result_log_name)) return std::nullopt;
  if (!fs::exists(run / plan_name)) {
    refuse_unused_outputs(options);
    return run_reconcile(options);
  }
  if (!options.config.reconcile.apply) return say_compared(options);
  return std::nullopt;
}

}  // namespace

ExitCode run_resume(const Options& options) {
  if (options.config.does().has_plan) refuse_lost_log(options.config.run_directory);
  if (const auto code = resume_comparison(options)) return *code;
  wonder::forbid_core_dumps();
  ConsoleOutputs outputs(options);
  Input input = open_input(options, load_credentials(options.config.auth));
  ResumedJob resumed = make_resume(std::move(input), options.changed());
  const std::uint64_t left = resumed.report.rows_left;
  const std::string deadline = deadline_line(options.config, left, std::chrono::system_clock::now());
  if (!options.quiet) print_message(resume_lines(resumed.report) + deadline);
  if (left > 0) confirm(resumed.job.input.plan(), options);
  return run_to_the_end(std::move(resumed.job), options, outputs);
}

void refuse_unfinished_run(const Config& config) {
  std::error_code error;
  if (!fs::is_regular_file(config.input.file, error)) return;
  const fs::path parent =
      config.run_directory.empty() ? fs::path("amend-runs") : fs::absolute(config.run_directory).parent_path();
  for (ListedRun& unfinished : unfinished_runs(parent, config.input.file)) {
    const fs::path place = unfinished.directory;
    if (!config.run_directory.empty() && fs::equivalent(place, config.run_directory, error)) continue;
    if (config.run_directory.empty()) unfinished.directory = "amend-runs/" + place.filename().string();
    refuse_beside(unfinished);
  }
}

}  // namespace amend::cli
