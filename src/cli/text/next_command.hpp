// The commands to type next: one rule for the closing text, `status`, `runs` and errors. Pure. Layer 5.
//
// A command names files and the AppID, but never a secret, and is quoted for a POSIX shell. It omits what it cannot
// name (user information in a URL).
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "amend/row/stop_cause.hpp"
#include "amend/run/run_status.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

class NextCommand {
 public:
  NextCommand() = default;
  NextCommand(std::string command_, std::string comment_)
      : command(std::move(command_)), comment(std::move(comment_)) {}

  std::string command;
  std::string comment;  ///< its purpose, or what must be done before
};

/// "amend resume DIR   # the rows without a result"
std::string shown(const NextCommand& next);

/// What decides the next command of a run.
class RunStanding {
 public:
  RunStanding() = default;

  RunStatus status = RunStatus::finished;
  bool replaced = false;  ///< another run has replaced it: a retry, an undo
  StopCause cause = StopCause::none;
  Task task{};
  std::string directory;
  std::string input;                        ///< "-": standard input
  std::optional<std::uint64_t> unsent = 0;  ///< rows that `resume` would send; nullopt: unknown
  std::uint64_t to_retry = 0;               ///< rows that failed or are unknown, without a later run for them
  std::string rejected_file;                ///< these three: rows of the run as input; empty: none
  std::string failed_file;
  std::string unknown_file;
  std::string check;              ///< the command that checks the input as the run did; empty: unknown
  std::string ping;               ///< the command that tests only the connection; empty: unknown
  std::string reconcile;          ///< the command that compares the input with the API; empty: unknown
  std::string feed_options;       ///< with which `amend update` sends the rows of a retry file as the run did
  bool accepts_findings = false;  ///< --accept-findings: for its rows, not for repaired ones
  std::string headers;            ///< of --header, whose values no command shows: the operator must add them
};

/// In the order in which to type them. Empty: no row is left, or the next step is not certain.
std::vector<NextCommand> next_commands(const RunStanding& run);

/// Sets the commands and options of `run` that depend on its configuration: ping, reconcile, feed_options, headers.
void describe(RunStanding& run, const Config& config);

/// The command that sends `file` of rejected rows of the run.
NextCommand rejected_command(const RunStanding& run, const std::string& file);

/// `amend ping` to the API of `config`, with its connection and its credentials.
std::string ping_command(const Config& config);

/// `amend check` or `update` of the input, with the settings that describe it.
std::string input_command(Command command, const Options& options);

/// The command of `options` with this encoding of the input; empty: without --encoding.
std::string command_with_encoding(Options options, const std::string& encoding);

/// Whether `amend ping` can test the cause alone.
bool is_about_connection(StopCause cause) noexcept;

/// The command to type after `error` ended the command of `options`; empty: unknown.
std::string command_after(const std::exception& error, ExitCode code, const Options& options);

}  // namespace amend::cli
