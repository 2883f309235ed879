// What to type next: one rule for the closing text, `status`, `runs` and errors. Pure. Layer 5.
//
// A command names files and the AppID, never a secret, and is quoted for a POSIX shell. What it cannot name (user
// information in a URL) it leaves out.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "amend/reporter/run_status.hpp"
#include "amend/row/stop_cause.hpp"
#include "cli/options.hpp"

namespace amend::cli {

class NextCommand {
 public:
  NextCommand() = default;
  NextCommand(std::string command_, std::string comment_)
      : command(std::move(command_)), comment(std::move(comment_)) {}

  std::string command;
  std::string comment;  ///< what it is for, or what must be done before
};

/// "amend resume DIR   # the rows without a result"
std::string shown(const NextCommand& next);

/// What decides the next command of a run.
class RunStanding {
 public:
  RunStanding() = default;

  RunStatus status = RunStatus::finished;
  bool settled = false;  ///< another run has replaced it: a retry, an undo
  StopCause cause = StopCause::none;
  Task task{};
  std::string directory;
  std::string input;                        ///< "-": standard input
  std::optional<std::uint64_t> unsent = 0;  ///< rows that a resumption would send; nullopt: not known
  std::uint64_t to_retry = 0;               ///< rows that failed or are unknown, and for which no other one stands
  std::string rejected_file;                ///< these three: rows of it that can be fed back; empty: none
  std::string failed_file;
  std::string unknown_file;
  std::string check;              ///< the command that looks at the input as the run did; empty: not known
  std::string ping;               ///< the command that tries the connection alone; empty: not known
  std::string reconcile;          ///< the command that compares the input with the API; empty: not known
  std::string feed_options;       ///< with which `amend update` sends the rows of a retry file as the run did
  bool accepts_findings = false;  ///< --accept-findings: of its rows, not of those that were repaired
  std::string headers;            ///< of --header, whose values no command shows: they have to be added
};

/// In the order in which to type them; empty: nothing is left to do, or nothing that can be said for certain.
std::vector<NextCommand> next_commands(const RunStanding& run);

/// Sets the commands and options of `run` that follow from its configuration: ping, reconcile, feed_options, headers.
void describe(RunStanding& run, const Config& config);

/// What sends `file` of rejected rows of the run.
NextCommand rejected_command(const RunStanding& run, const std::string& file);

/// `amend ping` to the API of `config`, with its connection and its credentials.
std::string ping_command(const Config& config);

/// `amend check` or `update` of the input, with the settings that describe it.
std::string input_command(Command command, const Options& options);

/// The command of `options` that looks at the input in this encoding; empty: in the one that its bytes show.
std::string command_with_encoding(Options options, const std::string& encoding);

/// Whether what stopped so may be tried alone, with `amend ping`.
bool is_about_connection(StopCause cause) noexcept;

/// What to type after `error` has ended the command of `options`; empty: that is not known.
std::string command_after(const std::exception& error, ExitCode code, const Options& options);

}  // namespace amend::cli
