#include "cli/option/command_table.hpp"

#include <algorithm>
#include <array>

#include "cli/command/bench.hpp"
#include "cli/command/check.hpp"
#include "cli/command/control.hpp"
#include "cli/command/explain.hpp"
#include "cli/command/export.hpp"
#include "cli/command/ping.hpp"
#include "cli/command/reconcile.hpp"
#include "cli/command/report.hpp"
#include "cli/command/resume.hpp"
#include "cli/command/retry.hpp"
#include "cli/command/runs.hpp"
#include "cli/command/status.hpp"
#include "cli/command/update.hpp"
#include "cli/shell/completion.hpp"
#include "cli/shell/man.hpp"
#include "cli/text/help_texts.hpp"
#include "cli/text/version_text.hpp"

namespace amend::cli {
namespace {

using Need = Argument::Need;
using Kind = CommandEntry::Kind;
using Takes = Argument::Kind;

constexpr Argument file{"FILE", Need::required, Takes::file, "CSV with a header line, or NDJSON; - for standard input"};
constexpr std::array input{file};
constexpr std::array rows_to_send{
    Argument("FILE", Need::optional, Takes::file, "Rows to send, as for update (default: generated customers)")};
constexpr std::array run_to_resume{
    Argument("RUN", Need::required, Takes::directory, "Directory of the run to continue")};
constexpr std::array run_to_retry{Argument("RUN", Need::required, Takes::directory, "Directory of the run to retry")};
constexpr std::array run_to_verify{Argument("RUN", Need::required, Takes::directory, "Directory of the run to verify")};
constexpr std::array run_to_undo{
    Argument("RUN", Need::required, Takes::directory, "Directory of the reconcile run to undo")};
constexpr std::array run_to_see{Argument("RUN", Need::required, Takes::directory, "Directory of the run")};
constexpr std::array run_to_control{
    Argument("RUN", Need::required, Takes::directory, "Directory of the run"),
    Argument("ACTION", Need::required, Takes::word, "pause, resume, rate, connections, status or drain"),
    Argument("VALUE", Need::optional, Takes::word,
             "For rate: a rate such as 50/s or auto. For connections: a number such as 8")};
constexpr std::array folder{
    Argument("FOLDER", Need::optional, Takes::directory, "Folder that contains run directories (default: amend-runs)")};
constexpr std::array code{
    Argument("CODE", Need::optional, Takes::word, "An error_code, for example http.404 (default: all codes of amend)")};
constexpr std::array shell{Argument("SHELL", Need::required, Takes::word, "bash, zsh or fish")};
constexpr std::array page{
    Argument("COMMAND", Need::optional, Takes::word, "Command whose manual page to print (default: amend itself)")};
constexpr std::array topic{Argument("TOPIC", Need::optional, Takes::word, "A command or a topic (default: list them)")};
constexpr std::span<const Argument> nothing;

// The command line already contains the text: nothing is left to run.
ExitCode show_help(const Options&) { return ExitCode::success; }

constexpr std::array entries{
    CommandEntry(Command::update, "update", Kind::sends, run_update,
                 "Update each customer in FILE; log the result of each row", update_footer, input),
    CommandEntry(Command::check, "check", Kind::reads_file, run_check,
                 "Read all of FILE and report what would be rejected. Sends nothing", check_footer, input),
    CommandEntry(Command::reconcile, "reconcile", Kind::sends, run_reconcile,
                 "Compare FILE with the API; --apply sends what differs", reconcile_footer, input),
    CommandEntry(Command::verify, "verify", Kind::follows_run, run_reconcile,
                 "Read back the customers of a run and report what differs", verify_footer, run_to_verify),
    CommandEntry(Command::undo, "undo", Kind::follows_run, run_reconcile,
                 "Restore what a reconcile run has overwritten", undo_footer, run_to_undo),
    CommandEntry(Command::resume, "resume", Kind::follows_run, run_resume,
                 "Continue a run that stopped: send the rows without a result", resume_footer, run_to_resume),
    CommandEntry(Command::retry, "retry", Kind::follows_run, run_retry,
                 "Retry the rows that did not succeed, as a new run", retry_footer, run_to_retry),
    CommandEntry(Command::status, "status", Kind::shows_run, run_status,
                 "Count the rows of a run and of its retries. Sends nothing", status_footer, run_to_see),
    CommandEntry(Command::runs, "runs", Kind::shows_run, run_runs,
                 "List the runs in a folder, with the next command for each", runs_footer, folder),
    CommandEntry(Command::control, "control", Kind::shows_run, run_control,
                 "Query or control a running job: status, pause, rate, drain, ...", control_footer, run_to_control),
    CommandEntry(Command::export_log, "export", Kind::shows_run, run_export,
                 "Write the log of a run as CSV for a spreadsheet", export_footer, run_to_see),
    CommandEntry(Command::report, "report", Kind::shows_run, run_report, "Write one HTML page about a run",
                 report_footer, run_to_see),
    CommandEntry(Command::explain, "explain", Kind::shows_program, run_explain,
                 "Show what an error_code means and what to do", explain_footer, code),
    CommandEntry(Command::ping, "ping", Kind::sends, run_ping,
                 "Check credentials, clock, TLS and latency with one signed echo", ping_footer, nothing),
    CommandEntry(Command::bench, "bench", Kind::sends, run_bench, "Measure an API: rates, latencies, errors",
                 bench_footer, rows_to_send),
    CommandEntry(Command::help, "help", Kind::shows_program, show_help, "Show a command's options, or a topic",
                 help_footer, topic),
    CommandEntry(Command::version, "version", Kind::shows_program, run_version,
                 "Show the version, the commit, the compiler and the libraries", version_footer, nothing),
    CommandEntry(Command::completion, "completion", Kind::shows_program, run_completion,
                 "Print a script that completes commands and options in a shell", completion_footer, shell),
    CommandEntry(Command::man, "man", Kind::shows_program, run_man, "Print a manual page in the format of man(1)",
                 man_footer, page),
};

}  // namespace

std::span<const CommandEntry> command_table() noexcept { return entries; }

const CommandEntry& entry_of(Command command) noexcept {
  return *std::ranges::find(entries, command, &CommandEntry::command);
}

std::string_view name_of(Command command) noexcept { return entry_of(command).name; }

}  // namespace amend::cli
