#include "cli/command/runs.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <filesystem>
#include <set>

#include "amend/run/result_log.hpp"
#include "amend/run/run_directory.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "row/shell_path.hpp"
#include "run/json_reading.hpp"

namespace amend::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

// The spelling in --json.
std::string_view name_of(RunStatus status) noexcept {
  return status == RunStatus::compared ? "report" : to_string(status);
}

std::string_view name_of(Task task) noexcept {
  return std::ranges::find(task_spellings, task, &std::pair<std::string_view, Task>::second)->first;
}

json::object object_in_file(const fs::path& path) { return object_in(content_of(path.string())); }

std::optional<ListedRun> read_benchmark(const fs::path& place) {
  const json::object bench = object_in_file(place / "bench.json");
  if (!text_in(bench, "form").starts_with("amend-bench/")) return std::nullopt;
  ListedRun run;
  run.directory = place.string();
  run.status = RunStatus::measured;
  run.record.started_at = text_in(bench, "started_at");
  run.stop_reason = text_in(bench, "stop_reason");
  const json::value* sides = bench.if_contains("sides");
  if (sides && sides->is_array() && !sides->get_array().empty() && sides->get_array().front().is_object())
    run.record.input.path = text_in(sides->get_array().front().get_object(), "url");
  return run;
}

std::optional<ListedRun> read_listed(const fs::path& place) {
  ListedRun run;
  run.directory = place.string();
  try {
    run.record = read_run(run.directory);
  } catch (const ConfigError&) {
    std::error_code error;
    if (!fs::is_regular_file(place / "run.json", error)) return read_benchmark(place);  // or it is no run
    run.status = RunStatus::damaged;
    return run;
  }
  run.summary = read_summary(run.directory);
  if (run.summary) run.stop_reason = run.summary->stop_reason;
  run.status = status_of(facts_of(run.directory, run.record, run.summary));
  run.undone = undone_by(run.directory).has_value();
  return run;
}

std::string_view task_of(const ListedRun& run) noexcept {
  return run.status == RunStatus::measured ? std::string_view("bench") : name_of(run.record.config.task);
}

std::string rows_text(const ListedRun& run) {
  if (!run.summary) return "rows unknown";
  std::string text = plural(run.summary->rows_ended(), "row");
  if (run.not_well() > 0) text += fmt::format(", {} not successful", show_count(*run.not_well()));
  if (run.unsent() > 0) text += fmt::format(", {} unsent", show_count(*run.unsent()));
  return text;
}

RunStanding standing_of(const ListedRun& run) {
  RunStanding out;
  out.status = run.status;
  out.replaced = run.retried || run.undone;
  out.cause = run.summary ? run.summary->stop_cause : StopCause::none;
  out.task = run.record.config.task;
  out.directory = run.directory;
  out.input = run.record.input.path;
  out.unsent = run.unsent();
  describe(out, run.record.config);
  return out;
}

json::object object_of(const ListedRun& run) {
  const auto count = [](const std::optional<std::uint64_t>& n) { return n ? json::value(*n) : json::value(); };
  const std::string command = next_command(run);
  return {{"run", printable(run.directory, 4096)},
          {"task", task_of(run)},
          {"started_at", run.record.started_at},
          {"input", printable(run.record.input.path, 4096)},
          {"state", name_of(run.status)},
          {"stop_reason", run.stop_reason.empty() ? json::value() : json::value(printable(run.stop_reason))},
          {"rows", count(run.summary ? std::optional(run.summary->rows_ended()) : std::nullopt)},
          {"not_well", count(run.not_well())},
          {"unsent", count(run.unsent())},
          {"next", command.empty() ? json::value() : json::value(command)}};
}

}  // namespace

std::optional<std::uint64_t> ListedRun::not_well() const {
  return summary ? std::optional(summary->rows_ended() - summary->rows_succeeded()) : std::nullopt;
}

std::vector<ListedRun> list_runs(const std::string& folder) {
  return list_runs(folder, [](const ListedRun&) { return true; });
}

std::vector<ListedRun> list_runs(const std::string& folder, const std::function<bool(const ListedRun&)>& wanted) {
  std::vector<ListedRun> runs;
  std::set<std::string> retried;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    auto run = read_listed(at->path());
    if (!run) continue;
    if (!run->record.parent.empty()) retried.insert(fs::path(run->record.parent).filename().string());
    if (wanted(*run)) runs.push_back(std::move(*run));
  }
  if (error) throw ConfigError(printable(folder) + ": " + error.message() + "; name the folder that contains the runs");
  for (ListedRun& run : runs) run.retried = retried.contains(fs::path(run.directory).filename().string());
  std::ranges::sort(runs, [](const ListedRun& a, const ListedRun& b) {
    return std::pair(b.record.started_at, b.directory) < std::pair(a.record.started_at, a.directory);
  });
  return runs;
}

bool is_same_input(const InputIdentity& then, const std::string& input) {
  struct stat now {};
  if (::stat(input.c_str(), &now) != 0) return false;
  const auto modified = std::chrono::seconds(now.st_mtim.tv_sec) + std::chrono::nanoseconds(now.st_mtim.tv_nsec);
  return then.inode == now.st_ino && then.device == now.st_dev && then.modified == modified &&
         then.size == static_cast<std::uint64_t>(now.st_size);
}

std::optional<ListedRun> run_that_sent(const std::string& file, const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return std::nullopt;
  for (ListedRun& run : list_runs(folder)) {
    const bool whole = run.status == RunStatus::finished && !run.record.config.does().has_plan;
    if (whole && is_same_input(run.record.input, file)) return std::move(run);
  }
  return std::nullopt;
}

// Suggests one command per run. `status` shows what summary.json does not have.
std::string next_command(const ListedRun& run) {
  if (run.status == RunStatus::measured) return "amend report " + shell_path(run.directory);
  const std::string status = "amend status " + shell_path(run.directory);
  const RunStanding standing = standing_of(run);
  const bool is_running = run.status == RunStatus::running;
  if (!is_running && (standing.replaced || run.status == RunStatus::compared)) return {};
  if (run.record.started_at.empty()) return status;  // nothing of it can be read
  const auto commands = next_commands(standing);
  if (!commands.empty()) return commands.back().command;  // the first may only look
  const bool ended = run.status == RunStatus::finished || run.status == RunStatus::stopped;
  const bool well = ended && run.unsent() == 0 && run.not_well() == 0;
  return well ? std::string() : status;
}

std::string runs_text(const std::string& folder, const std::vector<ListedRun>& runs) {
  if (runs.empty()) return printable(folder) + ": no runs\n";
  std::string out;
  for (const ListedRun& run : runs) {
    const bool measured = run.status == RunStatus::measured;
    out += fmt::format("{}  {}, {}, {}{}\n", printable(run.directory, 4096), printable(run.record.started_at, 40),
                       task_of(run), name_of(run.status), measured ? "" : ": " + rows_text(run));
    out += line(measured ? "target" : "input", printable(run.record.input.path, 200));
    if (!run.stop_reason.empty()) out += line("stopped", printable(run.stop_reason));
    if (const std::string command = next_command(run); !command.empty()) out += line("next", command);
  }
  return out;
}

ExitCode run_runs(const Options& options) {
  const std::string folder = options.run.empty() ? "amend-runs" : options.run;
  const auto runs = list_runs(folder);
  if (!options.json) {
    print(runs_text(folder, runs));
    return ExitCode::success;
  }
  json::array all;
  for (const ListedRun& run : runs) all.push_back(object_of(run));
  print(json::serialize(all) + "\n");
  return ExitCode::success;
}

}  // namespace amend::cli
