#include "cli/command/program.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/run/sink.hpp"
#include "cli/monitor/control_request.hpp"
#include "cli/monitor/descriptor_limit.hpp"
#include "cli/option/command_table.hpp"
#include "cli/option/options.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "cli/text/terminal.hpp"

namespace amend::cli {
namespace {

const char* environment(const char* name) { return std::getenv(name); }

ExitCode run(const CommandLine& line) {
  if (line.text.empty()) return entry_of(line.options.command).run(line.options);
  print(line.text);
  return ExitCode::success;
}

// A script that asked for JSON gets JSON, even when its arguments are wrong.
bool controls_as_json(const std::vector<std::string>& arguments) {
  return !arguments.empty() && arguments.front() == "control" &&
         std::ranges::find(arguments, "--json") != arguments.end();
}

// The remedy is the same for every file that could not be opened.
ExitCode complain_of_descriptors(const std::exception& error) {
  print_message(std::string("amend: ") + error.what() + ": " + descriptor_remedy + "\n");
  return ExitCode::stopped_resumable;
}

// Prints one line about the error, and one with the command to type.
ExitCode complain(const std::exception& error, ExitCode code, const Options& options) {
  if (lacks_descriptors(error)) return complain_of_descriptors(error);
  print_message(std::string("amend: ") + error.what() + "\n");
  if (code == ExitCode::broken_invariant)
    print_message("amend: this is a defect of amend; the run directory, if there is one, is kept as it is\n");
  const std::string next = command_after(error, code, options);
  if (!next.empty()) print_message(line("next", next));
  return code;
}

ExitCode guarded_run(const std::vector<std::string>& arguments) {
  CommandLine line;
  ExitCode code = ExitCode::success;
  try {
    line = parse_command_line(arguments, environment);
    if (line.text.empty()) require_descriptors(line.options);
    code = run(line);
    require_all_printed();
    return code;
  } catch (const ConfigError& error) {
    if (controls_as_json(arguments)) print(control_refusal(error.what()));
    return complain(error, error.exit_code(), line.options);
  } catch (const InputError& error) {
    return complain(error, ExitCode::input, line.options);
  } catch (const DurabilityError& error) {
    // The result of the run is more important than the failed output.
    return complain(error, code == ExitCode::success ? ExitCode::not_durable : code, line.options);
  } catch (const ThreadError& error) {
    return complain(error, ExitCode::stopped_resumable, line.options);
  } catch (const std::exception& error) {
    return complain(error, ExitCode::broken_invariant, line.options);
  }
}

// A file that is opened later would get the number of a closed standard stream, and messages would be written into it.
void keep_standard_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // Write-only for stdin, so that reading it still fails. open() returns the lowest free number, which is this one.
    if (::open("/dev/null", (descriptor == 0 ? O_WRONLY : O_RDWR)) != descriptor)
      std::_Exit(static_cast<int>(ExitCode::usage));
  }
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  keep_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file limit becomes a write error, exit 6
  exit_on_signals();
  const ExitCode code = guarded_run(arguments);
  drain_messages(patience_with_readers);
  return static_cast<int>(code);
}

}  // namespace amend::cli
