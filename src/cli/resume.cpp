#include "cli/resume.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "amend/pipeline.hpp"
#include "amend/reporter/summary.hpp"
#include "amend/wonder/secret_file.hpp"
#include "amend/worker/signer.hpp"
#include "cli/closing.hpp"
#include "cli/confirm.hpp"
#include "cli/opening.hpp"
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

bool is_run_of(const fs::path& run, const std::string& input) {
  try {
    return is_same_input(read_run(run.string()).input, input);
  } catch (const ConfigError&) {
    return false;  // no run, or one of another version
  }
}

}  // namespace

ExitCode run_resume(const Options& options) {
  wonder::forbid_core_dumps();
  Pipeline pipeline(options.config, load_credentials(options.config.auth));
  if (!options.quiet) std::fputs(opening_text(options, pipeline.plan()).c_str(), stderr);
  const ResumeReport report =
      pipeline.recover(options.accept_changed ? ChangedOptions::accept : ChangedOptions::refuse);
  if (!options.quiet) std::fputs(resume_lines(report).c_str(), stderr);
  if (report.rows_left > 0) confirm(pipeline.plan(), options);
  return run_to_the_end(pipeline, options);
}

void refuse_unfinished_run(const Config& config) {
  std::error_code error;
  if (!fs::is_regular_file(config.input.file, error)) return;
  const fs::path parent =
      config.run_directory.empty() ? fs::path("amend-runs") : fs::absolute(config.run_directory).parent_path();
  int seen = 0;
  for (fs::directory_iterator at(parent, error), end; !error && at != end && seen < directories_max;
       at.increment(error)) {
    ++seen;
    if (!config.run_directory.empty() && fs::equivalent(at->path(), config.run_directory, error)) continue;
    if (!is_run_of(at->path(), config.input.file) || is_finished(at->path())) continue;
    const std::string run =
        printable(config.run_directory.empty() ? "amend-runs/" + at->path().filename().string() : at->path().string());
    throw ConfigError(
        fmt::format("{} holds an unfinished run of this file: `amend resume {}` goes on with it, --new "
                    "starts anew",
                    run, shell_quoted(run)));
  }
}

}  // namespace amend::cli
