#include "run/run_place.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>

#include "amend/error.hpp"
#include "amend/row/selection.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/run_directory.hpp"
#include "row/shell_path.hpp"
#include "run/json_reading.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 20> names{result_log_name,   "failed.csv",   "failed.ndjson",   "rejected.csv",
                                                 "rejected.ndjson", "unsent.csv",   "unsent.ndjson",   "unknown.csv",
                                                 "unknown.ndjson",  "plan.ndjson",  "rollback.ndjson", "summary.json",
                                                 "run.json",        selection_name, "timeline.ndjson", "report.html",
                                                 undone_name,       "bench.json",   "latency.hlog",    "latency.hgrm"};

bool is_empty_file(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0;
}

bool is_selection(const std::string& path) {
  try {
    static_cast<void>(parse_selection(content_of(path), path));
    return true;
  } catch (const InputError&) {
    return false;
  }
}

// Of a start that was killed before its run.json. It sent no request.
bool is_left_over(const std::string& directory, std::string_view name) {
  const std::string path = fmt::format("{}/{}", directory, name);
  if (name == result_log_name) return is_empty_file(path);
  return name == selection_name && is_selection(path);
}

bool is_left_over_draft(std::string_view name, const std::string& draft) {
  struct stat info {};
  return (name == "run.json" || name == selection_name) && ::lstat(draft.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

// run.json comes first: it decides what can be done with the directory.
std::optional<std::string> file_of_a_run(const std::string& directory) {
  if (exists(directory + "/run.json")) return "run.json";
  for (const std::string_view name : names) {
    if (exists(fmt::format("{}/{}", directory, name)) && !is_left_over(directory, name)) return std::string(name);
    const std::string draft = fmt::format("{}/{}.tmp", directory, name);
    if (exists(draft) && !is_left_over_draft(name, draft)) return fmt::format("{}.tmp", name);
  }
  return std::nullopt;
}

[[noreturn]] void refuse_holding(const std::string& directory, const std::string& name) {
  const std::string shown = printable(directory);
  const std::string quoted = shell_path(directory);
  if (name == "run.json")
    throw ConfigError(
        fmt::format("--run: {} already contains a run (run.json). Continue that run with `amend resume {}`, or name "
                    "a new directory",
                    shown, quoted),
        ExitCode::usage, "amend status " + quoted);
  throw ConfigError(
      fmt::format("--run: {} contains {}, and a new run would replace this file. "
                  "Name a new directory",
                  shown, name));
}

bool is_inside(const fs::path& file, const fs::path& directory) {
  const auto [end, in_file] = std::ranges::mismatch(directory, file);
  return end == directory.end();
}

// By its name, and by the target of a link of that name.
bool is_inside_of(const std::string& file, const std::string& directory) {
  std::error_code error;
  const fs::path place = fs::canonical(directory, error);
  if (error) return false;
  const fs::path named = fs::absolute(file, error).lexically_normal();
  const fs::path folder = fs::weakly_canonical(named.parent_path(), error);
  return is_inside(folder, place) || is_inside(fs::weakly_canonical(named, error), place);
}

}  // namespace

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

fs::path place_of_run(const std::string& directory) {
  const fs::path place = fs::absolute(directory).lexically_normal();
  return place.has_filename() ? place : place.parent_path();
}

std::span<const std::string_view> run_file_names() noexcept { return names; }

std::vector<std::string*> paths_read(Config& config) {
  return {
      &config.input.file,         &config.reconcile.baseline, &config.reconcile.of_run,      &config.target.ca_file,
      &config.target.client_cert, &config.target.client_key,  &config.auth.private_key_file, &config.auth.bearer_file,
      &config.auth.header_file};
}

void refuse_files_of_a_run(const std::string& directory) {
  if (const auto name = file_of_a_run(directory)) refuse_holding(directory, *name);
}

void refuse_used_directory(const std::string& directory) {
  if (file_of_a_run(directory) && RunDirectory::is_held(directory)) throw directory_in_use(directory);
  refuse_files_of_a_run(directory);
}

void require_place_for_run(const Config& config) {
  const std::string& directory = config.run_directory;
  if (directory.empty() || !exists(directory)) return;
  refuse_used_directory(directory);
  Config named = config;
  for (const std::string* path : paths_read(named)) {
    if (path->empty() || *path == "-" || !is_inside_of(*path, directory)) continue;
    throw ConfigError(fmt::format("--run: {} contains {}, which this run reads: name a separate directory for the run",
                                  printable(directory), printable(*path)));
  }
}

}  // namespace amend
