#include "cli/reconcile.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>

#include "amend/queue/start_thread.hpp"
#include "amend/reconciliation.hpp"
#include "amend/reporter/log_reading.hpp"
#include "amend/reporter/result_log.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/summary.hpp"
#include "amend/row/shell_path.hpp"
#include "amend/wonder/secret_file.hpp"
#include "cli/confirm.hpp"
#include "cli/next_command.hpp"
#include "cli/opening.hpp"
#include "cli/output.hpp"
#include "cli/preflight_text.hpp"
#include "cli/reconcile_text.hpp"
#include "cli/report_line.hpp"
#include "cli/units.hpp"
#include "cli/update.hpp"

namespace amend::cli {
namespace {

/// Says every five seconds how far it is.
class ReadingProgress {
 public:
  ReadingProgress(const Reconciliation& reconciliation, const Options& options) {
    if (options.quiet) return;
    write_messages_aside();
    thread_ = start_thread([&metrics = reconciliation.metrics()](const std::stop_token& over) {
      constexpr std::chrono::seconds interval{5};
      std::mutex mutex;
      std::condition_variable_any asleep;
      std::unique_lock lock(mutex);
      while (!asleep.wait_for(lock, over, interval, [&] { return over.stop_requested(); })) {
        const std::string text = fmt::format("{} answered, {} retries", plural(metrics.rows_ended(), "request"),
                                             show_count(metrics.retries.value() + metrics.requeues.value()));
        print_message(line("reading", text));
      }
    });
  }

 private:
  std::jthread thread_;
};

// What another run has sent, or overwritten, is not for this one to judge.
void look_at_values(Reconciliation& reconciliation, const Options& options) {
  if (options.config.task != Task::reconcile) return;
  const InputFindings& findings = reconciliation.look_at_values();
  if (!options.quiet) print_message(damaged_value_lines(findings) + odd_value_lines(findings));
  if (!options.config.reconcile.apply || findings.damaged_rows == 0) return;
  confirm_findings(findings, options, {});
  reconciliation.accept_findings();
}

ReconcileReport compare(Reconciliation& reconciliation, const Options& options) {
  if (!options.quiet) print_message(opening_text(options, reconciliation.plan()));
  if (options.config.reconcile.apply) refuse_without_consent(reconciliation.plan(), options);
  look_at_values(reconciliation, options);
  try {
    const ReadingProgress progress(reconciliation, options);
    return reconciliation.run([&](const std::string& text) {
      if (!options.quiet) print_message(line("note", text));
    });
  } catch (const LookupStopped& stopped) {
    const bool tries_alone =
        stopped.exit_code() == ExitCode::stopped_person_needed || stopped.exit_code() == ExitCode::stopped_resumable;
    throw ConfigError(std::string("stopped before the plan was complete: ") + stopped.what(), stopped.exit_code(),
                      tries_alone ? ping_command(options.config) : std::string());
  }
}

}  // namespace

ExitCode run_reconcile(const Options& given, const std::function<void(const ReconcileReport&)>& before_sending) {
  wonder::forbid_core_dumps();
  Options options = given;
  Config& settings = options.config;
  if (settings.run_directory.empty() && !settings.reconcile.of_run.empty())
    settings.run_directory = new_directory_beside(settings.reconcile.of_run);
  const auto started = std::chrono::steady_clock::now();
  const ReconcileConfig& config = options.config.reconcile;
  const Credentials credentials = load_credentials(options.config.auth);
  ConsoleOutputs outputs(options);
  const Opening opening = options.command == Command::resume ? Opening::again : Opening::start;
  Reconciliation reconciliation(options.config, credentials, opening);
  const ReconcileReport report = compare(reconciliation, options);
  if (!options.json) print(reconcile_text(config, report));
  const std::string why_not = nothing_looked_at(options.config, report);
  if (!why_not.empty()) print_message(why_not);
  if (!config.apply) {
    if (options.json) print(reconcile_json(config, report, nullptr));
    return report.clean() && why_not.empty() ? ExitCode::success : ExitCode::some_rows_failed;
  }

  if (!options.quiet) print_message(before_applying(report));
  options.config.run_directory = report.run_directory;
  options.config.deadline.run_spent =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  Pipeline pipeline(options.config, credentials);
  const bool sends = report.count(RowSign::differs) > 0;
  if (sends) confirm(pipeline.plan(), options);
  pipeline.go_on_in(reconciliation.take_run_directory());
  const Summary summary = run_watched(pipeline, options, outputs, [&] {
    if (sends && before_sending) before_sending(report);
  });
  if (options.json) print_result(reconcile_json(config, report, &summary), summary.stop_cause);
  const bool claims_too_much = summary.exit_code == ExitCode::success && !why_not.empty();
  return claims_too_much ? ExitCode::some_rows_failed : summary.exit_code;
}

namespace {

// The log is there before the first PUT.
void refuse_undoing_nothing(const std::string& run) {
  std::error_code error;
  refuse_lost_log(run);
  if (read_run(run).config.reconcile.apply && std::filesystem::exists(run + "/" + std::string(result_log_name), error))
    return;
  throw ConfigError(printable(run) + ": this run cannot be undone: only `reconcile --apply` saves the previous values",
                    ExitCode::usage, "amend status " + shell_path(run));
}

}  // namespace

void mark_undone(const RunDirectory& undone, const std::string& by) {
  undone.write_file(undone_name, std::filesystem::absolute(by).lexically_normal().string() + "\n");
}

ExitCode run_undo(const Options& given) {
  const RunDirectory undone(given.run, Opening::resume);
  refuse_undoing_nothing(given.run);
  return run_reconcile(given, [&](const ReconcileReport& report) { mark_undone(undone, report.run_directory); });
}

}  // namespace amend::cli
