// The command line as a value: option over environment over --config file over default. Layer 5.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/benchmark/benchmark.hpp"
#include "amend/config.hpp"
#include "amend/pipeline.hpp"
#include "cli/units.hpp"

namespace amend::cli {

enum class Command : std::uint8_t {
  update,
  check,
  reconcile,
  verify,
  undo,
  resume,
  retry,
  status,
  runs,
  control,
  export_log,
  report,
  explain,
  ping,
  bench,
  help,
  version,
  completion,
  man,
};
/// "update", "check", …: as it is typed (command_table.hpp).
std::string_view name_of(Command command) noexcept;

enum class ProgressForm : std::uint8_t { automatic, bar, plain, none };

/// An option that was given, by whatever way, in the texts it was given as.
class Setting {
 public:
  Setting() = default;
  Setting(std::string name_, std::vector<std::string> values_) : name(std::move(name_)), values(std::move(values_)) {}
  friend bool operator==(const Setting&, const Setting&) = default;

  std::string name;                 ///< without the dashes
  std::vector<std::string> values;  ///< "true" for a flag
};

/// What the person asked for.
class Options {
 public:
  Options() = default;

  Command command = Command::update;
  Config config;
  ProgressForm progress = ProgressForm::automatic;
  std::vector<Setting> input_settings;  ///< those that describe the input and its columns
  std::string save_config;              ///< file to write them to; empty: none
  std::string run;  ///< directory that retry, verify, undo, status, control, export and report look at; folder of runs
  RetryChoice retry;         ///< what retry sends
  std::string export_file;   ///< file for what export and report write; empty: stdout, the run directory
  std::string word;          ///< the code of explain, the shell of completion, the command of man and help
  std::string control;       ///< what control asks of the run, as parse_control_request takes it
  std::string metrics_file;  ///< empty: none
  std::optional<ListenAddress> metrics_listen;
  std::optional<ListenAddress> dashboard;
  BenchmarkConfig benchmark;
  std::vector<std::string> versus;  ///< settings of side B: "pipeline=16"
  bool owns_api = false;            ///< bench: the person says that the API may be loaded
  bool watch = false;               ///< control status: again and again
  bool csv = false;                 ///< export as CSV
  bool skip_check = false;
  bool start_anew = false;      ///< although an unfinished run of the input exists
  bool accept_changed = false;  ///< resume under options that make other requests
  bool dry_run = false;
  bool yes = false;
  bool json = false;
  bool quiet = false;
};

/// Options, or a text to show instead (--help, --version), after which the program ends with exit code 0.
class CommandLine {
 public:
  CommandLine() = default;

  Options options;
  std::string text;  ///< not empty: print this to stdout and end
};

/// The value of an environment variable; nullptr when it is not set.
using Environment = std::function<const char*(const char* name)>;

/// Reads `arguments` (without the program's name). Opens no file but that of --config, and for `resume` and `retry` the
/// run's run.json: its options are the defaults then, and the environment is not asked for others.
/// Throws ConfigError, one line that names the option and its bounds.
CommandLine parse_command_line(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace amend::cli
