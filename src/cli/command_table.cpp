#include "cli/command_table.hpp"

#include <algorithm>
#include <array>

#include "cli/help_texts.hpp"

namespace amend::cli {
namespace {

using Need = Argument::Need;
using Kind = Argument::Kind;

constexpr Argument file{"FILE", Need::required, Kind::file, "CSV with a header, or NDJSON; - reads standard input"};
constexpr std::array input{file};
constexpr std::array rows_to_send{
    Argument("FILE", Need::optional, Kind::file, "Rows to send, as for update (default: made-up customers)")};
constexpr std::array run_to_resume{
    Argument("RUN", Need::required, Kind::directory, "Directory of the run to go on with")};
constexpr std::array run_to_retry{Argument("RUN", Need::required, Kind::directory, "Directory of the run to retry")};
constexpr std::array run_to_verify{Argument("RUN", Need::required, Kind::directory, "Directory of the run to verify")};
constexpr std::array run_to_undo{
    Argument("RUN", Need::required, Kind::directory, "Directory of the reconciliation to take back")};
constexpr std::array run_to_see{Argument("RUN", Need::required, Kind::directory, "Directory of the run")};
constexpr std::array run_to_control{
    Argument("RUN", Need::required, Kind::directory, "Directory of the run"),
    Argument("ACTION", Need::required, Kind::word, "pause, resume, rate, connections, status or drain"),
    Argument("VALUE", Need::optional, Kind::word, "Of rate (50/s, auto, ...) and of connections (8)")};
constexpr std::array folder{
    Argument("FOLDER", Need::optional, Kind::directory, "Where the runs lie (default: amend-runs)")};
constexpr std::array code{
    Argument("CODE", Need::optional, Kind::word, "An error_code, such as http.404 (default: all of amend's own)")};
constexpr std::array shell{Argument("SHELL", Need::required, Kind::word, "bash, zsh or fish")};
constexpr std::array page{Argument("COMMAND", Need::optional, Kind::word, "A command (default: the program)")};
constexpr std::span<const Argument> nothing;

constexpr std::array entries{
    CommandEntry(Command::update, "update", "Update each customer in FILE, and log the result of each row",
                 update_footer, input),
    CommandEntry(Command::check, "check",
                 "Read all of FILE and tell what would be sent and what rejected; sends nothing", check_footer, input),
    CommandEntry(Command::reconcile, "reconcile",
                 "Compare FILE with what the API holds, field by field; with --apply send what differs",
                 reconcile_footer, input),
    CommandEntry(Command::verify, "verify",
                 "Read back what a run was to make true, and tell what differs by now; changes nothing", verify_footer,
                 run_to_verify),
    CommandEntry(Command::undo, "undo", "Give customers back what a reconciliation has overwritten", undo_footer,
                 run_to_undo),
    CommandEntry(Command::resume, "resume", "Go on with a run that stopped: sends the rows that have no result",
                 resume_footer, run_to_resume),
    CommandEntry(Command::retry, "retry", "Send once more the rows of a run that did not succeed, as a new run",
                 retry_footer, run_to_retry),
    CommandEntry(Command::status, "status",
                 "Tell what has become of the rows of a run and of its retries; sends nothing", status_footer,
                 run_to_see),
    CommandEntry(Command::runs, "runs", "List the runs in a folder, how they stand, and the next command", runs_footer,
                 folder),
    CommandEntry(Command::control, "control",
                 "Ask a run that goes on how it is, or make it pause, go on, change pace, stop", control_footer,
                 run_to_control),
    CommandEntry(Command::export_log, "export", "Write the log of a run as CSV for a spreadsheet", export_footer,
                 run_to_see),
    CommandEntry(Command::report, "report", "Make one HTML page of what a run was asked and what happened",
                 report_footer, run_to_see),
    CommandEntry(Command::explain, "explain", "Tell what an error_code means, and what to do", explain_footer, code),
    CommandEntry(Command::ping, "ping", "Check credentials, clock, TLS and latency with one signed echo", ping_footer,
                 nothing),
    CommandEntry(Command::bench, "bench", "Measure what an API sustains: rates, latencies, errors", bench_footer,
                 rows_to_send),
    CommandEntry(Command::completion, "completion", "Print the completion of commands and options for a shell",
                 completion_footer, shell),
    CommandEntry(Command::man, "man", "Print a manual page, as man(1) reads it", man_footer, page),
};

}  // namespace

std::span<const CommandEntry> command_table() noexcept { return entries; }

const CommandEntry& entry_of(Command command) noexcept {
  return *std::ranges::find(entries, command, &CommandEntry::command);
}

std::string_view name_of(Command command) noexcept { return entry_of(command).name; }

}  // namespace amend::cli
