#include "cli/report.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "amend/report/bench_page.hpp"
#include "amend/report/page.hpp"
#include "amend/report/reading.hpp"
#include "amend/reporter/sink.hpp"
#include "cli/runs.hpp"

namespace amend::cli {
namespace {

namespace fs = std::filesystem;

int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

void refuse_unwritable(const std::string& path) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!fs::is_directory(folder.empty() ? "." : folder, error))
    throw ConfigError(fmt::format("--out: the folder of {} does not exist", printable(path)));
  if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    throw ConfigError(fmt::format("--out: {} is no regular file", printable(path)));
}

// Beside it first: whoever reads it never sees half a page. It names customers: nobody else may read it.
void replace_file(const std::string& path, std::string_view text) {
  const std::string draft = fmt::format("{}.{}.tmp", path, ::getpid());
  ::unlink(draft.c_str());
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (descriptor < 0) throw DurabilityError(path, "cannot create the file", errno);
  int error = write_all(descriptor, text);
  if (::close(descriptor) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error == 0 && ::rename(draft.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return;
  ::unlink(draft.c_str());
  throw DurabilityError(path, "cannot write", error);
}

// As `amend runs` tells it.
std::vector<std::string> commands_after(const std::string& run) {
  const fs::path place = fs::absolute(run + "/").lexically_normal().parent_path();
  try {
    for (ListedRun& listed : list_runs(place.parent_path().string())) {
      if (fs::path(listed.directory).filename() != place.filename()) continue;
      listed.directory = run;
      const std::string command = next_command(listed);
      return command.empty() ? std::vector<std::string>() : std::vector<std::string>{command};
    }
  } catch (const ConfigError&) {
    // The folder cannot be listed: nothing is suggested.
  }
  return {};
}

// nullopt: it is no benchmark.
std::optional<std::string> bench_json_in(const std::string& run) {
  std::ifstream file(run + "/bench.json", std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void deliver(const Options& options, const std::string& path, const std::string& page) {
  replace_file(path, page);
  if (options.json) {
    const boost::json::object out{{"report", printable(path, 4 * path.size() + 4)}, {"bytes", page.size()}};
    std::fputs((boost::json::serialize(out) + "\n").c_str(), stdout);
  } else if (!options.quiet) {
    std::fputs((printable(path, 4 * path.size() + 4) + "\n").c_str(), stdout);
  }
}

}  // namespace

ExitCode run_report(const Options& options) {
  std::string run = options.run;
  while (run.size() > 1 && run.back() == '/') run.pop_back();
  const std::string path = options.export_file.empty() ? run + "/report.html" : options.export_file;
  if (const auto bench = bench_json_in(run)) {
    refuse_unwritable(path);
    deliver(options, path, report::render_bench_page(*bench, run));
    return ExitCode::success;
  }
  const auto values = options.config.reconcile.show_values ? report::Values::shown : report::Values::hidden;
  report::RunPicture picture = report::picture_of(run, values);
  refuse_unwritable(path);
  picture.next = commands_after(run);
  deliver(options, path, report::render_page(picture));
  return picture.log_was_changed ? ExitCode::input : ExitCode::success;
}

}  // namespace amend::cli
