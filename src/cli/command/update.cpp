#include "cli/command/update.hpp"

#include <filesystem>
#include <string>
#include <utility>

#include "amend/wonder/secret_file.hpp"
#include "amend/worker/signer.hpp"
#include "cli/command/closing.hpp"
#include "cli/command/confirm.hpp"
#include "cli/command/dry_run.hpp"
#include "cli/command/opening.hpp"
#include "cli/command/resume.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/output.hpp"
#include "cli/text/terminal.hpp"
#include "run/run_place.hpp"

namespace amend::cli {
namespace {

Summary run_beside_terminal(Job job, const Options& options, ConsoleOutputs& outputs) {
  Run run(std::move(job));
  const HeldSignals held;
  Terminal terminal(run, options);
  Console console(run, options, outputs, [&terminal](const std::string& line) { terminal.say(line); });
  Summary summary = run.execute();
  console.end(summary);
  return summary;
}

// A pipe can be read only once, so the run would lose what the check reads.
bool can_be_checked(const std::string& file) {
  std::error_code error;
  return file != "-" && std::filesystem::is_regular_file(file, error);
}

void check_first(Input& input, const Options& options) {
  if (options.skip_check || !can_be_checked(options.config.input.file)) {
    const std::string deadline = deadline_line(options.config, std::nullopt, std::chrono::system_clock::now());
    if (!options.quiet) print_message(deadline);
    return;
  }
  const CheckReport report = input.check();
  if (report.encoding_trouble) throw encoding_error(options.config.input.file, *report.encoding_trouble);
  if (!options.quiet) print_message(check_lines(options, report));
  const std::string check = input_command(Command::check, options);
  if (options.config.input.strict) refuse_rejected(report, check);
  confirm_findings(report.findings, options, check);
  if (report.findings.damaged_rows > 0) input.accept_findings();
}

}  // namespace

ExitCode run_update(const Options& options) {
  wonder::forbid_core_dumps();
  Credentials credentials = load_credentials(options.config.auth);
  if (options.dry_run) return run_dry(options, credentials);
  if (!options.start_anew) refuse_unfinished_run(options.config);
  require_place_for_run(options.config);

  ConsoleOutputs outputs(options);
  Input input = open_input(options, std::move(credentials));
  check_first(input, options);
  confirm(input.plan(), options);
  // Another process may have started a run of this file since, or at this moment.
  std::function<void()> before_start;
  if (!options.start_anew) before_start = [&options] { refuse_unfinished_run(options.config); };
  return run_to_the_end(make_update(std::move(input), std::move(before_start)), options, outputs);
}

Input open_input(const Options& options, Credentials credentials) {
  Input input(options.config, std::move(credentials));
  if (!options.quiet) print_message(opening_text(options, input.plan()));
  return input;
}

Summary run_watched(Job job, const Options& options, ConsoleOutputs& outputs) {
  Summary summary = run_beside_terminal(std::move(job), options, outputs);
  // A run that is resumed has its settings from its run.json, not from here.
  const std::string check = options.command == Command::update ? input_command(Command::check, options) : std::string();
  const std::string text =
      options.quiet ? closing_line(summary) : closing_text(summary, RunOrigin(options.config, check));
  print_message(text);
  return summary;
}

ExitCode run_to_the_end(Job job, const Options& options, ConsoleOutputs& outputs) {
  const Summary summary = run_watched(std::move(job), options, outputs);
  if (options.json) print_result(to_json(summary), summary.stop_cause);
  return summary.exit_code;
}

}  // namespace amend::cli
