#include "cli/reconcile.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>

#include "amend/reconciliation.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/wonder/secret_file.hpp"
#include "cli/confirm.hpp"
#include "cli/opening.hpp"
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
    thread_ = std::jthread([&metrics = reconciliation.metrics()](const std::stop_token& over) {
      constexpr std::chrono::seconds interval{5};
      std::mutex mutex;
      std::condition_variable_any asleep;
      std::unique_lock lock(mutex);
      while (!asleep.wait_for(lock, over, interval, [&] { return over.stop_requested(); })) {
        const std::string text = fmt::format("{} answered, {} retries", plural(metrics.rows_ended(), "request"),
                                             show_count(metrics.retries.value() + metrics.requeues.value()));
        std::fputs(line("reading", text).c_str(), stderr);
      }
    });
  }

 private:
  std::jthread thread_;
};

ReconcileReport compare(const Options& options, const Credentials& credentials) {
  Reconciliation reconciliation(options.config, credentials);
  if (!options.quiet) std::fputs(opening_text(options, reconciliation.plan()).c_str(), stderr);
  if (options.config.reconcile.apply) refuse_without_consent(reconciliation.plan(), options);
  try {
    const ReadingProgress progress(reconciliation, options);
    return reconciliation.run([&](const std::string& text) {
      if (!options.quiet) std::fputs(line("note", text).c_str(), stderr);
    });
  } catch (const LookupStopped& stopped) {
    throw ConfigError(std::string("stopped, and nothing was planned: ") + stopped.what(), stopped.exit_code());
  }
}

// Reading counts against --deadline too.
void shorten_deadline(DeadlineConfig& deadline, std::chrono::steady_clock::time_point started) {
  if (deadline.run.count() == 0) return;
  const auto spent = std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
  deadline.run = std::max(deadline.run - spent, std::chrono::milliseconds(1));
}

}  // namespace

ExitCode run_reconcile(const Options& given) {
  wonder::forbid_core_dumps();
  Options options = given;
  const auto started = std::chrono::steady_clock::now();
  const Credentials credentials = load_credentials(options.config.auth);
  const ReconcileReport report = compare(options, credentials);
  const ReconcileConfig& config = options.config.reconcile;
  if (!options.json) std::fputs(reconcile_text(config, report).c_str(), stdout);
  if (!config.apply) {
    if (options.json) std::fputs(reconcile_json(config, report, nullptr).c_str(), stdout);
    return report.clean() ? ExitCode::success : ExitCode::some_rows_failed;
  }

  std::fflush(stdout);
  if (!options.quiet) std::fputs(before_applying(report).c_str(), stderr);
  options.config.run_directory = report.run_directory;
  shorten_deadline(options.config.deadline, started);
  Pipeline pipeline(options.config, credentials);
  if (report.count(RowSign::differs) > 0) confirm(pipeline.plan(), options);
  const Summary summary = run_watched(pipeline, options);
  if (options.json) std::fputs(reconcile_json(config, report, &summary).c_str(), stdout);
  return summary.exit_code;
}

ExitCode run_undo(const Options& given) {
  const RunDirectory nobody_else(given.run, Opening::resume);
  std::error_code error;
  if (!std::filesystem::exists(given.config.input.file, error))
    throw ConfigError(printable(given.run) +
                      ": holds no rollback.ndjson: only what `reconcile --apply` has sent can be undone");
  Options options = given;
  if (options.config.run_directory.empty()) options.config.run_directory = new_directory_beside(given.run);
  return run_reconcile(options);
}

}  // namespace amend::cli
