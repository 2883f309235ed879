#include "cli/resume.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "amend/pipeline.hpp"
#include "amend/reporter/result_log.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/summary.hpp"
#include "amend/wonder/secret_file.hpp"
#include "amend/worker/signer.hpp"
#include "cli/closing.hpp"
#include "cli/confirm.hpp"
#include "cli/opening.hpp"
#include "cli/preflight_text.hpp"
#include "cli/reconcile.hpp"
#include "cli/units.hpp"
#include "cli/update.hpp"

namespace amend::cli {
namespace {

namespace fs = std::filesystem;

constexpr int directories_max = 1000;

std::string resume_lines(const ResumeReport& report) {
  std::string out = fmt::format("  resume    {} rows have a result, {} are left\n", show_count(report.rows_recorded),
                                show_count(report.rows_left));
  if (report.torn_bytes > 0)
    out += fmt::format("            {} bytes behind the last whole record of results.ndjson were torn: cut off\n",
                       show_count(report.torn_bytes));
  return out;
}

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Every row of the input had its final record when the run ended.
bool is_finished(const fs::path& run) {
  boost::json::error_code error;
  const auto summary = boost::json::parse(content_of(run / "summary.json"), error);
  if (error || !summary.is_object()) return false;
  const auto* rows = summary.get_object().if_contains("rows");
  const auto* unsent = rows && rows->is_object() ? rows->get_object().if_contains("unsent") : nullptr;
  return unsent && unsent->is_int64() && unsent->get_int64() == 0;
}

// A file that was written anew since is another input.
bool is_same_input(const InputIdentity& then, const std::string& input) {
  struct stat now {};
  if (::stat(input.c_str(), &now) != 0) return false;
  const auto modified = std::chrono::seconds(now.st_mtim.tv_sec) + std::chrono::nanoseconds(now.st_mtim.tv_nsec);
  return then.inode == now.st_ino && then.device == now.st_dev && then.modified == modified &&
         then.size == static_cast<std::uint64_t>(now.st_size);
}

std::optional<RunRecord> record_of(const fs::path& run) {
  try {
    return read_run(run.string());
  } catch (const ConfigError&) {
    return std::nullopt;  // no run, or one of another version
  }
}

// Unfinished runs of the file in `folder`; one that was retried since is not: the retry stands for it.
std::vector<fs::path> unfinished_runs(const fs::path& folder, const std::string& file) {
  std::vector<fs::path> found;
  std::vector<fs::path> retried;
  std::error_code error;
  int seen = 0;
  for (fs::directory_iterator at(folder, error), end; !error && at != end && seen < directories_max;
       at.increment(error)) {
    ++seen;
    const auto record = record_of(at->path());
    if (!record || record->config.task != Task::update || !is_same_input(record->input, file)) continue;
    if (!record->parent.empty()) retried.push_back(fs::path(record->parent).filename());
    if (!is_finished(at->path())) found.push_back(at->path());
  }
  std::erase_if(found, [&](const fs::path& run) { return std::ranges::count(retried, run.filename()) > 0; });
  return found;
}

// Nothing was sent yet.
ExitCode begin_anew(Options options) {
  if (options.config.task != Task::undo) return run_reconcile(options);
  options.run = options.config.reconcile.of_run;
  return run_undo(options);
}

}  // namespace

ExitCode run_resume(const Options& given) {
  Options options = given;
  const bool reconciles = options.config.task != Task::update;
  if (reconciles && !fs::exists(fs::path(options.config.run_directory) / result_log_name)) return begin_anew(options);
  // Nobody goes on with what is being taken back.
  std::optional<RunDirectory> undone;
  if (options.config.task == Task::undo) undone.emplace(options.config.reconcile.of_run, Opening::resume);
  // The plan is not fresh any more.
  if (reconciles) options.config.reconcile.recheck = Recheck::yes;
  wonder::forbid_core_dumps();
  Pipeline pipeline(options.config, load_credentials(options.config.auth));
  if (!options.quiet) std::fputs(opening_text(options, pipeline.plan()).c_str(), stderr);
  const ResumeReport report =
      pipeline.recover(options.accept_changed ? ChangedOptions::accept : ChangedOptions::refuse);
  const std::string deadline = deadline_line(options.config, report.rows_left, std::chrono::system_clock::now());
  if (!options.quiet) std::fputs((resume_lines(report) + deadline).c_str(), stderr);
  if (report.rows_left > 0) confirm(pipeline.plan(), options);
  return run_to_the_end(pipeline, options);
}

void refuse_unfinished_run(const Config& config) {
  std::error_code error;
  if (!fs::is_regular_file(config.input.file, error)) return;
  const fs::path parent =
      config.run_directory.empty() ? fs::path("amend-runs") : fs::absolute(config.run_directory).parent_path();
  for (const fs::path& unfinished : unfinished_runs(parent, config.input.file)) {
    if (!config.run_directory.empty() && fs::equivalent(unfinished, config.run_directory, error)) continue;
    const std::string run =
        printable(config.run_directory.empty() ? "amend-runs/" + unfinished.filename().string() : unfinished.string());
    throw ConfigError(
        fmt::format("{} holds an unfinished run of this file: `amend resume {}` goes on with it, --new "
                    "starts anew",
                    run, shell_quoted(run)));
  }
}

}  // namespace amend::cli
