#include "cli/command/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <string_view>

#include "amend/run/run_directory.hpp"
#include "amend/run/run_status.hpp"
#include "cli/command/closing.hpp"
#include "cli/command/runs.hpp"
#include "cli/option/units.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "row/shell_path.hpp"
#include "run/run_place.hpp"

namespace amend::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t errors_listed = 10;

std::string headline(const RunView& view) {
  if (!view.unreadable().empty()) return "unknown: there may be a later retry that cannot be read";
  if (view.damaged()) return "damaged: a results log was changed, cut or removed";
  if (status_exit_code(view) == ExitCode::success) return "done: every row succeeded";
  if (!view.unsent() || !view.runs().back().summary) return "not finished: stopped early, or still running";
  return *view.unsent() == 0 ? "done with errors: some rows did not succeed" : "not finished: some rows have no result";
}

std::string stop_reason(const RunHead& run) { return run.summary ? run.summary->stop_reason : std::string(); }

std::string run_lines(const RunView& view) {
  std::string out;
  for (const RunHead& run : view.runs()) {
    std::string text = fmt::format("{}, {}: {} records", printable(run.directory), printable(run.record.started_at, 40),
                                   show_count(run.log.records));
    if (!run.record.parent.empty()) text += ", a retry";
    if (!run.summary) text += ", has not ended";
    out += line(out.empty() ? "runs" : "", text);
    if (const std::string reason = stop_reason(run); !reason.empty())
      out += line("", "  stopped early: " + printable(reason));
    if (run.log.torn_bytes > 0)
      out += line("", fmt::format("  the last {} bytes of results.ndjson are an incomplete record and are not counted: "
                                  "amend is writing it now, or a crash cut it",
                                  show_count(run.log.torn_bytes)));
    if (run.log.damaged_at)
      out +=
          line("", run.log.damage == LogDamage::lost
                       ? "  results.ndjson is missing: no record of this run is counted"
                       : fmt::format("  results.ndjson {}: the records after that are not counted", describe(run.log)));
  }
  for (const std::string& retry : view.unreadable())
    out +=
        line("", fmt::format("{}: its run.json is damaged or missing. This may be a later retry of these rows. Restore "
                             "run.json, or move the directory away if it belongs to another input file",
                             printable(retry)));
  return out;
}

std::string rows_line(const RunView& view) {
  const auto all = view.rows_in_all();
  std::string text = all ? fmt::format("{} in the input", show_count(*all)) : "input not read to its end";
  for (const Status status : all_statuses) {
    const auto rows = view.rows(status);
    if (rows > 0 || status == Status::success) text += fmt::format(", {} {}", show_count(rows), to_string(status));
  }
  const auto unsent = view.unsent();
  if (!unsent) return text + ", number of unsent rows not known";
  return *unsent > 0 ? text + fmt::format(", {} unsent", show_count(*unsent)) : text;
}

// The run's file of rows with which amend can be called; "" when it has no such file.
std::string file_of(const RunHead& run, std::string_view stem) {
  for (const std::string_view extension : {".csv", ".ndjson"}) {
    const std::string path = fmt::format("{}/{}{}", run.directory, stem, extension);
    if (std::error_code error; std::filesystem::exists(path, error)) return path;
  }
  return {};
}

// When a run has retries, the next retry sends its unsent rows.
std::optional<std::uint64_t> unsent_of(const RunHead& last) {
  const auto all = last.summary ? last.summary->rows_in_input() : std::nullopt;
  return all ? std::optional(*all - std::min(*all, last.log.records)) : std::nullopt;
}

// A process that writes to a damaged chain does not repair it: its locks do not count.
RunStatus status_in(const RunView& view, const RunHead& run) {
  RunFacts facts = facts_of(run.directory, run.record, run.summary);
  facts.is_damaged = view.damaged();
  facts.is_held = facts.is_held && !facts.is_damaged;
  return status_of(facts);
}

RunStanding standing_of(const RunView& view, const RunHead& run) {
  RunStanding out;
  out.status = status_in(view, run);
  out.cause = run.stop_cause();
  out.task = run.record.config.task;
  out.directory = run.directory;
  const bool once = view.runs().front().record.input.path == "-";
  out.input = once ? "-" : run.record.config.input.file;
  out.unsent = unsent_of(run);
  describe(out, run.record.config);
  return out;
}

std::vector<NextCommand> after_reconciliation(const RunView& view) {
  const RunHead& run = view.asked();
  if (!run.record.config.reconcile.apply || undone_by(run.directory)) return {};
  RunStanding standing = standing_of(view, run);
  standing.to_retry = standing.unsent == 0 ? 1 : 0;  // some row is not well
  return next_commands(standing);
}

// Searches beside the run, and in the default folder of runs.
std::optional<ListedRun> run_that_sent_again(const std::string& file, const std::string& directory) {
  auto found = run_that_sent(file, place_of_run(directory).parent_path().string());
  return found ? std::move(found) : run_that_sent(file, "amend-runs");
}

std::string unless_sent(const std::string& file, const std::string& directory) {
  return file.empty() || run_that_sent_again(file, directory) ? std::string() : file;
}

std::vector<NextCommand> after_update(const RunView& view) {
  const RunHead& last = view.runs().back();
  RunStanding standing = standing_of(view, last);
  if (standing.input == "-") standing.failed_file = unless_sent(file_of(last, "failed"), last.directory);
  if (standing.input == "-") standing.unknown_file = unless_sent(file_of(last, "unknown"), last.directory);
  standing.to_retry = view.rows(Status::failed) + view.rows(Status::unknown);
  if (standing.unsent == 0) standing.to_retry += view.unsent().value_or(1);
  std::vector<NextCommand> out = next_commands(standing);
  const bool ended = standing.status == RunStatus::finished || standing.status == RunStatus::stopped;
  const bool over = ended && standing.cause != StopCause::guard;
  for (const RunHead& run : view.runs()) {
    const std::string file = over ? file_of(run, "rejected") : std::string();
    if (file.empty()) continue;
    const auto sent = run_that_sent_again(file, run.directory);
    if (!sent) out.push_back(rejected_command(standing, file));
    if (sent && sent->not_well() > 0)
      out.emplace_back("amend status " + shell_path(sent->directory),
                       "this run sent the repaired rows; some did not succeed");
  }
  return out;
}

json::object run_json_of(const RunHead& run) {
  return json::object{
      {"run", whole(run.directory)},
      {"parent", run.record.parent.empty() ? json::value() : json::value(json::string(whole(run.record.parent)))},
      {"started_at", whole(run.record.started_at)},
      {"ended", run.summary.has_value()},
      {"records", run.log.records},
      {"stop_reason", stop_reason(run).empty() ? json::value() : json::value(json::string(whole(stop_reason(run))))},
      {"torn_bytes", run.log.torn_bytes},
      {"damaged_at", run.log.damaged_at ? json::value(*run.log.damaged_at) : json::value()}};
}

json::object rows_json(const RunView& view) {
  const auto number = [](std::optional<std::uint64_t> n) { return n ? json::value(*n) : json::value(); };
  json::object rows{{"total", number(view.rows_in_all())}};
  for (const Status status : all_statuses) rows[to_string(status)] = view.rows(status);
  rows["unsent"] = number(view.unsent());
  return rows;
}

json::array errors_json(const ErrorTally& errors) {
  json::array out;
  for (const ErrorCount& error : errors.worst(errors_listed)) {
    out.push_back(json::object{
        {"code", whole(error.code)},
        {"count", error.count},
        {"example",
         json::object{
             {"row", error.row}, {"line", error.line}, {"id", whole(error.id)}, {"error", whole(error.text)}}}});
  }
  return out;
}

}  // namespace

ErrorTally errors_of(const RunView& view) {
  ErrorTally errors;
  view.for_each_final([&](const FinalRecord& row) {
    if (has_succeeded(row.record.status)) return;
    const RecordText text(row.record.text);
    errors.record(Reason(text.error_code, text.error, Origin::run), Position(row.record.row, text.line, 0), text.id);
  });
  return errors;
}

ExitCode status_exit_code(const RunView& view) noexcept {
  const auto all = view.rows_in_all();
  if (view.damaged()) return ExitCode::input;
  const bool well = all && view.rows_succeeded() == *all;
  return well ? ExitCode::success : ExitCode::some_rows_failed;
}

std::vector<std::string> commands_left(const RunView& view) {
  std::vector<std::string> commands;
  if (!view.damaged() && status_exit_code(view) == ExitCode::success) return commands;
  const bool updates = !view.asked().record.config.does().has_plan;
  for (const NextCommand& next : updates ? after_update(view) : after_reconciliation(view))
    commands.push_back(shown(next));
  return commands;
}

std::string status_text(const RunView& view, const ErrorTally& errors) {
  const std::string& input = view.runs().front().record.input.path;
  std::string out = headline(view) + "\n" + run_lines(view);
  out += line("input", input == "-" ? "standard input" : printable(input));
  out += line("rows", rows_line(view));
  out += error_lines(errors.worst(errors_listed), "--json");
  const std::vector<std::string> commands = commands_left(view);
  for (const std::string& command : commands) out += line(&command == &commands.front() ? "next" : "", command);
  if (status_exit_code(view) == ExitCode::success) out += line("next", "none: the run is complete");
  return out;
}

std::string status_json(const RunView& view, const ErrorTally& errors) {
  json::array runs;
  for (const RunHead& run : view.runs()) runs.push_back(run_json_of(run));
  json::array next;
  for (const std::string& command : commands_left(view)) next.emplace_back(command);
  json::array unreadable;
  for (const std::string& retry : view.unreadable()) unreadable.emplace_back(whole(retry));
  const json::object out{{"run", whole(view.asked().directory)},
                         {"input", whole(view.runs().front().record.input.path)},
                         {"runs", std::move(runs)},
                         {"unreadable", std::move(unreadable)},
                         {"rows", rows_json(view)},
                         {"errors", errors_json(errors)},
                         {"next", std::move(next)},
                         {"exit_code", static_cast<int>(status_exit_code(view))}};
  return json::serialize(out) + "\n";
}

ExitCode run_status(const Options& options) {
  const RunView view(options.run);
  const ErrorTally errors = errors_of(view);
  if (options.json) {
    print(status_json(view, errors));
  } else if (!options.quiet) {
    print(status_text(view, errors));
  }
  return status_exit_code(view);
}

}  // namespace amend::cli
