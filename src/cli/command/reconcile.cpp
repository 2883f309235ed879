#include "cli/command/reconcile.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "amend/reconciliation.hpp"
#include "amend/wonder/secret_file.hpp"
#include "cli/command/confirm.hpp"
#include "cli/command/opening.hpp"
#include "cli/command/update.hpp"
#include "cli/option/units.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/output.hpp"
#include "cli/text/reconcile_text.hpp"
#include "cli/text/report_line.hpp"
#include "queue/start_thread.hpp"

namespace amend::cli {
namespace {

/// Shows the progress every five seconds.
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

// The values that another run sent or overwrote are not checked for damage.
void look_at_values(Reconciliation& reconciliation, const Options& options) {
  if (!options.config.does().compares_file) return;
  const InputFindings& findings = reconciliation.look_at_values();
  if (!options.quiet) print_message(damaged_value_lines(findings) + odd_value_lines(findings));
  if (!options.config.reconcile.apply || findings.damaged_rows == 0) return;
  confirm_findings(findings, options, {});
  reconciliation.accept_findings();
}

Reconciled compare(Reconciliation& reconciliation, const Options& options) {
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
        stopped.exit_code() == ExitCode::stopped_needs_operator || stopped.exit_code() == ExitCode::stopped_resumable;
    throw ConfigError(std::string("stopped before the plan was complete: ") + stopped.what(), stopped.exit_code(),
                      tries_alone ? ping_command(options.config) : std::string());
  }
}

}  // namespace

ExitCode run_reconcile(const Options& given) {
  wonder::forbid_core_dumps();
  Options options = given;
  const ReconcileConfig& config = options.config.reconcile;
  Credentials credentials = load_credentials(options.config.auth);
  ConsoleOutputs outputs(options);
  const Opening opening = options.command == Command::resume ? Opening::again : Opening::start;
  Reconciliation reconciliation(options.config, std::move(credentials), opening);
  Reconciled reconciled = compare(reconciliation, options);
  const ReconcileReport report = reconciled.report;
  if (!options.json) print(reconcile_text(config, report));
  const std::string why_not = nothing_looked_at(options.config, report);
  if (!why_not.empty()) print_message(why_not);
  if (!config.apply) {
    if (options.json) print(reconcile_json(config, report, nullptr));
    return report.clean() && why_not.empty() ? ExitCode::success : ExitCode::some_rows_failed;
  }

  if (!options.quiet) print_message(before_applying(report));
  options.config = reconciled.input.config();
  if (report.count(RowSign::differs) > 0) confirm(reconciled.input.plan(), options);
  const Summary summary = run_watched(make_apply(std::move(reconciled)), options, outputs);
  if (options.json) print_result(reconcile_json(config, report, &summary), summary.stop_cause);
  const bool claims_too_much = summary.exit_code == ExitCode::success && !why_not.empty();
  return claims_too_much ? ExitCode::some_rows_failed : summary.exit_code;
}

}  // namespace amend::cli
