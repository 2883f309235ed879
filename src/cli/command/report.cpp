#include "cli/command/report.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "amend/report/page.hpp"
#include "amend/report/reading.hpp"
#include "amend/run/sink.hpp"
#include "cli/command/runs.hpp"
#include "cli/text/atomic_file.hpp"
#include "cli/text/output.hpp"
#include "report/page/bench_page.hpp"
#include "run/run_place.hpp"

namespace amend::cli {
namespace {

namespace fs = std::filesystem;

void refuse_unwritable(const std::string& path) {
  refuse_irreplaceable("--out", path, "a report of amend", report::is_page);
}

// The same commands as in `amend runs`.
std::vector<std::string> commands_after(const std::string& run) {
  const fs::path place = place_of_run(run);
  try {
    const auto is_it = [&](const ListedRun& listed) {
      return fs::path(listed.directory).filename() == place.filename();
    };
    for (ListedRun& listed : list_runs(place.parent_path().string(), is_it)) {
      listed.directory = run;
      const std::string command = next_command(listed);
      return command.empty() ? std::vector<std::string>() : std::vector<std::string>{command};
    }
  } catch (const ConfigError&) {
    // The folder cannot be listed, so no command is suggested.
  }
  return {};
}

// nullopt: it is not a benchmark.
std::optional<std::string> bench_json_in(const std::string& run) {
  std::ifstream file(run + "/bench.json", std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void deliver(const Options& options, const std::string& path, const std::string& page) {
  // The page names customers, so only the owner may read it.
  if (const auto error = replace_file(path, page, 0600)) throw DurabilityError(path, "cannot write", error.value());
  if (options.json) {
    const boost::json::object out{{"report", printable(path, 4 * path.size() + 4)}, {"bytes", page.size()}};
    print(boost::json::serialize(out) + "\n");
  } else if (!options.quiet) {
    print(printable(path, 4 * path.size() + 4) + "\n");
  }
}

}  // namespace

ExitCode run_report(const Options& options) {
  std::string run = options.run;
  while (run.size() > 1 && run.back() == '/') run.pop_back();
  const std::string path = options.export_file.empty() ? run + "/report.html" : options.export_file;
  // Refuses a path before a long read. When the run itself is missing, that is the error to report.
  std::error_code error;
  if (fs::is_directory(run, error)) refuse_unwritable(path);
  if (const auto bench = bench_json_in(run)) {
    deliver(options, path, report::render_bench_page(*bench, run));
    return ExitCode::success;
  }
  const auto values = options.config.reconcile.show_values ? report::Values::shown : report::Values::hidden;
  report::RunPicture picture = report::picture_of(run, values);
  picture.next = commands_after(run);
  deliver(options, path, report::render_page(picture));
  return picture.log_was_changed ? ExitCode::input : ExitCode::success;
}

}  // namespace amend::cli
