#include "cli/command/retry.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "amend/run/run_view.hpp"
#include "amend/wonder/secret_file.hpp"
#include "cli/command/confirm.hpp"
#include "cli/command/status.hpp"
#include "cli/command/update.hpp"
#include "cli/option/units.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"

namespace amend::cli {

std::string retry_lines(const RetryReport& report) {
  std::string out =
      fmt::format("  {:<9} {} rows: {} failed, {} unknown, {} unsent\n", "retry", show_count(report.to_send()),
                  show_count(report.failed), show_count(report.unknown), show_count(report.unsent));
  const auto add = [&](std::uint64_t rows, std::string_view what) {
    if (rows > 0) out += fmt::format("  {:<9} {} {}\n", "", show_count(rows), what);
  };
  add(report.superseded,
      "superseded, not sent: another row of the same customer succeeded later in the file or in a later run");
  add(report.not_chosen, "not chosen by the options of this retry");
  add(report.held_back,
      "skipped, because this row could overwrite newer values: a later row of the same customer is not in this retry, "
      "and the API may have applied it");
  add(report.rejected, "rejected: repair them in the rejected file of the run and send it with `amend update`");
  return out;
}

namespace {

ExitCode tell_what_is_left(const Options& options) {
  const RunView view(options.run);
  if (!options.quiet)
    for (const std::string& command : commands_left(view)) print_message(line("next", command));
  return status_exit_code(view);
}

}  // namespace

ExitCode run_retry(const Options& given) {
  wonder::forbid_core_dumps();
  Options options = given;
  options.config.load.canary = CanaryMode::off;  // as make_retry does
  ConsoleOutputs outputs(options);
  Input input = open_input(options, load_credentials(options.config.auth));
  std::optional<RetriedJob> retry(make_retry(std::move(input), options.run, options.retry, options.changed()));
  const RetryReport& report = retry->report;
  const std::string deadline = deadline_line(options.config, report.to_send(), std::chrono::system_clock::now());
  if (!options.quiet) print_message(retry_lines(report) + deadline);
  if (report.empty()) {
    retry.reset();  // its locks would show the runs as running
    return tell_what_is_left(options);
  }
  if (report.to_send() > 0) confirm(retry->job.input.plan(), options);
  return run_to_the_end(std::move(retry->job), options, outputs);
}

}  // namespace amend::cli
