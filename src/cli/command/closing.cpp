#include "cli/command/closing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "amend/wonder/customer_schema.hpp"
#include "cli/option/units.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/report_line.hpp"
#include "row/shell_path.hpp"

namespace amend::cli {
namespace {

std::string show_ms(std::chrono::nanoseconds duration) {
  const double ms = static_cast<double>(duration.count()) / 1e6;
  if (ms < 10) return fmt::format("{:.1f} ms", ms);
  return show_duration(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
}

std::string reconcile_headline(const Summary& summary) {
  if (std::ranges::any_of(summary.drift, [](std::uint64_t rows) { return rows > 0; }))
    return "done: the API accepted every row, but its responses show values that differ from the sent values (drift)";
  return properties_of(summary.task).restores ? "done: the previous values are restored"
                                              : "done: the API matches every compared row";
}

std::string headline(const Summary& summary) {
  if (summary.exit_code == ExitCode::success && properties_of(summary.task).has_plan)
    return reconcile_headline(summary);
  if (summary.exit_code == ExitCode::success) return "done: every row succeeded";
  if (summary.exit_code == ExitCode::some_rows_failed) return "done with errors: some rows did not succeed";
  const auto code = static_cast<int>(summary.exit_code);
  if (summary.stop_reason.empty()) return fmt::format("stopped early (exit code {})", code);
  return fmt::format("stopped early (exit code {}): {}", code, printable(summary.stop_reason));
}

std::string rows_line(const Summary& summary) {
  std::string text = fmt::format("{} read", show_count(summary.rows_read));
  for (const Status status : all_statuses) {
    const auto rows = summary.rows(status);
    if (rows > 0 || status == Status::success) text += fmt::format(", {} {}", show_count(rows), to_string(status));
  }
  if (!summary.unsent)
    return text + (summary.input == "-"
                       ? ", number of unsent rows not known (the rest of standard input was not read)"
                       : ", number of unsent rows not known (the input has changed or cannot be read)");
  if (*summary.unsent > 0) text += fmt::format(", {} unsent", show_count(*summary.unsent));
  return text;
}

std::string time_line(const Summary& summary) {
  const double seconds = static_cast<double>(summary.elapsed.count()) / 1e9;
  std::uint64_t ended = 0;
  for (const auto rows : summary.rows_by_status) ended += rows;
  const double rate = seconds > 0 ? static_cast<double>(ended) / seconds : 0;
  const std::string throttled =
      summary.throttled > 0 ? fmt::format(", {} responses 429", show_count(summary.throttled)) : std::string();
  return fmt::format("{}, {:.1f} rows/s; {} attempts, {} retries{}, {} connections",
                     show_duration(std::chrono::duration_cast<std::chrono::milliseconds>(summary.elapsed)), rate,
                     show_count(summary.attempts), show_count(summary.retries), throttled,
                     show_count(summary.connections));
}

std::string file_lines(const Summary& summary) {
  std::string out;
  for (const std::string& file : summary.files) {
    out += line(out.empty() ? "files" : "", printable(summary.run_directory + "/" + file));
  }
  return out;
}

std::string find_file(const Summary& summary, std::string_view stem) {
  for (const std::string& file : summary.files) {
    if (file.starts_with(stem) && file.substr(stem.size()).starts_with('.')) return summary.run_directory + "/" + file;
  }
  return {};
}

RunStanding standing_of(const Summary& summary, const RunOrigin& origin) {
  const std::uint64_t failed = summary.rows(Status::failed) + summary.rows(Status::unknown);
  const bool finished = summary.exit_code == ExitCode::some_rows_failed;
  RunStanding run;
  run.cause = summary.stop_cause;
  run.task = summary.task;
  run.directory = summary.run_directory;
  run.input = summary.input;
  run.unsent = summary.unsent;
  run.to_retry = !properties_of(summary.task).has_plan ? failed - std::min(failed, summary.overtaken)
                 : finished                            ? 1
                                                       : 0;
  run.rejected_file = find_file(summary, "rejected");
  run.failed_file = find_file(summary, "failed");
  run.unknown_file = find_file(summary, "unknown");
  run.check = origin.check;
  if (origin.config) describe(run, *origin.config);
  return run;
}

// A reconciliation has already read the values that it overwrote.
std::string commands_of_reconciliation(const Summary& summary) {
  const std::string run = shell_path(summary.run_directory);
  std::string out = fmt::format("amend verify {}   # reads the customers back\n", run);
  if (summary.rows(Status::success) + summary.rows(Status::unknown) > 0)
    out += fmt::format("amend undo {}   # restores the previous values\n", run);
  return out;
}

std::string drift_lines(const Summary& summary) {
  std::string text;
  for (std::size_t i = 0; i < summary.drift.size(); ++i)
    if (summary.drift[i] > 0)
      text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", wonder::customer_fields()[i].name,
                          plural(summary.drift[i], "row"));
  if (text.empty()) return text;
  return line("drift", text + ": the response shows a value that differs from the sent value (see results.ndjson)") +
         line(
             "",
             "  if the API stores values in another form, each `reconcile --apply` finds this drift and sends the rows "
             "again") +
         line(
             "",
             "  -> write these values in the file as the API shows them, or use --ignore-case FIELD or --ignore-space");
}

std::string damage_lines(const Summary& summary) {
  if (summary.findings.damaged_rows == 0) return {};
  std::string out = line(
      "damage", plural(summary.findings.damaged_rows, "row") + (summary.findings.damaged_rows == 1 ? " has" : " have") +
                    " values that look damaged: the input was not checked, or you accepted these values");
  for (const FieldFinding& finding : summary.findings.fields)
    if (finding.degree == Degree::damage)
      out += line("", fmt::format("{}, {}", finding_text(finding), where(finding.first.front())));
  return out;
}

}  // namespace

std::string ending(const Summary& summary) {
  const auto code = static_cast<int>(summary.exit_code);
  const std::string how = headline(summary);
  const std::string with_code = how.starts_with("done") ? fmt::format("{} (exit code {})", how, code) : how;
  return fmt::format("{}; rows: {}", with_code, rows_line(summary));
}

std::string error_lines(std::span<const ErrorCount> errors, std::string_view where) {
  constexpr std::size_t errors_shown = 5;
  std::string out;
  for (const ErrorCount& error : errors.first(std::min(errors_shown, errors.size()))) {
    out += line(out.empty() ? "errors" : "",
                fmt::format("{} x {}, e.g. row {}, line {}: {}", show_count(error.count), printable(error.code, 80),
                            error.row, error.line, printable(error.text, 160)));
    const OwnCode* own = find_own_code(error.code);
    out += line(
        "", own ? fmt::format("  -> {}", own->remedy) : fmt::format("  -> amend explain {}", shell_quoted(error.code)));
  }
  if (errors.size() > errors_shown)
    out += line("", fmt::format("and {} more codes: see {}. amend explain CODE explains a code",
                                errors.size() - errors_shown, where));
  return out;
}

std::string next_commands(const Summary& summary, const RunOrigin& origin) {
  std::string out;
  for (const NextCommand& next : next_commands(standing_of(summary, origin))) out += shown(next) + "\n";
  const bool reads_back = properties_of(summary.task).has_plan && summary.stop_cause != StopCause::guard;
  return reads_back ? out + commands_of_reconciliation(summary) : out;
}

std::string closing_text(const Summary& summary, const RunOrigin& origin) {
  std::string out = headline(summary) + "\n";
  out += line("rows", rows_line(summary));
  out += line("time", time_line(summary));
  if (summary.service.max.count() > 0) {
    out += line("latency", fmt::format("p50 {}, p99 {}, longest {}", show_ms(summary.service.p50),
                                       show_ms(summary.service.p99), show_ms(summary.service.max)));
  }
  out += drift_lines(summary);
  out += damage_lines(summary);
  for (const std::string& notice : summary.notices) out += line("notice", printable(notice));
  out += error_lines(summary.errors, "summary.json");
  out += file_lines(summary);
  if (const std::uint64_t rows = summary.overtaken + summary.overtaken_rejected; rows > 0)
    out += line("", fmt::format("the retry files leave out {}, because a later row of the same customer succeeded",
                                plural(rows, "row")));
  std::string commands = next_commands(summary, origin);
  if (summary.stop_cause == StopCause::guard)
    return out + line("next", "repair the ids of the input before you send its rows again");
  if (commands.empty()) {
    return summary.exit_code == ExitCode::success ? out + line("next", "none: the run is complete") : out;
  }
  bool first = true;
  while (!commands.empty()) {
    const auto end = commands.find('\n');
    out += line(first ? "next" : "", commands.substr(0, end));
    commands.erase(0, end + 1);
    first = false;
  }
  return out;
}

std::string closing_line(const Summary& summary) {
  if (summary.exit_code == ExitCode::success) return {};
  const std::string rows =
      fmt::format("{} of {} rows succeeded", show_count(summary.rows(Status::success)), show_count(summary.rows_read));
  const std::string where = summary.run_directory.empty() ? "" : ": amend status " + shell_path(summary.run_directory);
  const std::string why = summary.stop_reason.empty() ? "" : printable(summary.stop_reason) + "; ";
  return fmt::format("amend: {}{}{}\n", why, rows, where);
}

}  // namespace amend::cli
