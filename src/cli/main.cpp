// `amend`: reads the command line, runs one command, and turns what it threw into one line and an exit code.
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/reporter/sink.hpp"
#include "cli/bench.hpp"
#include "cli/check.hpp"
#include "cli/completion.hpp"
#include "cli/control.hpp"
#include "cli/control_request.hpp"
#include "cli/descriptor_limit.hpp"
#include "cli/explain.hpp"
#include "cli/export.hpp"
#include "cli/man.hpp"
#include "cli/next_command.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/ping.hpp"
#include "cli/reconcile.hpp"
#include "cli/report.hpp"
#include "cli/report_line.hpp"
#include "cli/resume.hpp"
#include "cli/retry.hpp"
#include "cli/runs.hpp"
#include "cli/status.hpp"
#include "cli/terminal.hpp"
#include "cli/update.hpp"
#include "cli/version_text.hpp"

namespace {

using amend::ExitCode;

const char* environment(const char* name) { return std::getenv(name); }

ExitCode run(const amend::cli::CommandLine& line) {
  if (!line.text.empty()) {
    amend::cli::print(line.text);
    return ExitCode::success;
  }
  switch (line.options.command) {
    case amend::cli::Command::update: return amend::cli::run_update(line.options);
    case amend::cli::Command::resume: return amend::cli::run_resume(line.options);
    case amend::cli::Command::retry: return amend::cli::run_retry(line.options);
    case amend::cli::Command::status: return amend::cli::run_status(line.options);
    case amend::cli::Command::control: return amend::cli::run_control(line.options);
    case amend::cli::Command::export_log: return amend::cli::run_export(line.options);
    case amend::cli::Command::report: return amend::cli::run_report(line.options);
    case amend::cli::Command::check: return amend::cli::run_check(line.options);
    case amend::cli::Command::reconcile:
    case amend::cli::Command::verify: return amend::cli::run_reconcile(line.options);
    case amend::cli::Command::undo: return amend::cli::run_undo(line.options);
    case amend::cli::Command::runs: return amend::cli::run_runs(line.options);
    case amend::cli::Command::explain: return amend::cli::run_explain(line.options);
    case amend::cli::Command::version: return amend::cli::run_version(line.options);
    case amend::cli::Command::completion: return amend::cli::run_completion(line.options);
    case amend::cli::Command::man: return amend::cli::run_man(line.options);
    case amend::cli::Command::bench: return amend::cli::run_bench(line.options);
    case amend::cli::Command::ping: return amend::cli::run_ping(line.options);
    case amend::cli::Command::help: break;  // its text was printed above
  }
  return ExitCode::broken_invariant;
}

// A script that asked for JSON gets JSON, also when its words were not understood.
bool controls_as_json(const std::vector<std::string>& arguments) {
  return !arguments.empty() && arguments.front() == "control" &&
         std::ranges::find(arguments, "--json") != arguments.end();
}

// Whatever could not be opened: the remedy is the same.
ExitCode complain_of_descriptors(const std::exception& error) {
  amend::cli::print_message(std::string("amend: ") + error.what() + ": " + amend::cli::descriptor_remedy + "\n");
  return ExitCode::stopped_resumable;
}

// One line about what happened, one about what to type.
ExitCode complain(const std::exception& error, ExitCode code, const amend::cli::Options& options) {
  if (amend::cli::lacks_descriptors(error)) return complain_of_descriptors(error);
  amend::cli::print_message(std::string("amend: ") + error.what() + "\n");
  if (code == ExitCode::broken_invariant)
    amend::cli::print_message(
        "amend: this is a defect of amend; the run directory, if there is one, is kept as it is\n");
  const std::string next = amend::cli::command_after(error, code, options);
  if (!next.empty()) amend::cli::print_message(amend::cli::line("next", next));
  return code;
}

ExitCode guarded_run(const std::vector<std::string>& arguments) {
  amend::cli::CommandLine line;
  ExitCode code = ExitCode::success;
  try {
    line = amend::cli::parse_command_line(arguments, environment);
    if (line.text.empty()) amend::cli::require_descriptors(line.options);
    code = run(line);
    amend::cli::require_all_printed();
    return code;
  } catch (const amend::ConfigError& error) {
    if (controls_as_json(arguments)) amend::cli::print(amend::cli::control_refusal(error.what()));
    return complain(error, error.exit_code(), line.options);
  } catch (const amend::InputError& error) {
    return complain(error, ExitCode::input, line.options);
  } catch (const amend::DurabilityError& error) {
    // What the run itself has come to counts more than that it could not be printed.
    return complain(error, code == ExitCode::success ? ExitCode::not_durable : code, line.options);
  } catch (const amend::ThreadError& error) {
    return complain(error, ExitCode::stopped_resumable, line.options);
  } catch (const std::exception& error) {
    return complain(error, ExitCode::broken_invariant, line.options);
  }
}

// A standard stream that is closed would have its number given to the next file, and messages would go into it.
void keep_standard_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // Write-only for stdin: reading it is still an error. The lowest free number is this one.
    if (::open("/dev/null", (descriptor == 0 ? O_WRONLY : O_RDWR)) != descriptor)
      std::_Exit(static_cast<int>(ExitCode::usage));
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file limit is a write error, exit 6
  amend::cli::exit_on_signals();
  const ExitCode code = guarded_run(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  amend::cli::drain_messages(amend::cli::patience_with_readers);
  return static_cast<int>(code);
}
