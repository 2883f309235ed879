// The command line as a value. Precedence: option, environment variable, --config file, default. Layer 5.
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
#include "amend/job.hpp"
#include "cli/option/units.hpp"

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
/// The name as typed: "update", "check", … (command_table.hpp).
std::string_view name_of(Command command) noexcept;

enum class ProgressForm : std::uint8_t { automatic, bar, plain, none };

/// An option with the texts it was given as, on the command line, in the environment or in a file.
class Setting {
 public:
  Setting() = default;
  Setting(std::string name_, std::vector<std::string> values_) : name(std::move(name_)), values(std::move(values_)) {}
  friend bool operator==(const Setting&, const Setting&) = default;

  std::string name;                 ///< without the dashes
  std::vector<std::string> values;  ///< "true" for a flag
};

/// What the operator asked for.
class Options {
 public:
  Options() = default;

  Command command = Command::update;
  Config config;
  ProgressForm progress = ProgressForm::automatic;
  std::vector<Setting> input_settings;  ///< the options that describe the input and its columns
  std::string save_config;              ///< file for the input settings; empty: none
  std::string run;                      ///< run directory of a command that follows or shows a run; folder of `runs`
  RetryChoice retry;                    ///< which rows retry sends
  std::string export_file;              ///< output of export and report; empty: stdout, the run directory
  std::string word;                     ///< error code, shell, command or topic of a command that shows the program
  std::string control;                  ///< request of control, as parse_control_request takes it
  std::string metrics_file;             ///< empty: none
  std::optional<ListenAddress> metrics_listen;
  std::optional<ListenAddress> dashboard;
  BenchmarkConfig benchmark;
  std::vector<std::string> versus;  ///< settings of side B: "pipeline=16"
  bool owns_api = false;            ///< bench: the operator allows load on the API
  bool watch = false;               ///< control status: repeat it each second
  bool csv = false;                 ///< export as CSV
  bool skip_check = false;
  bool start_anew = false;      ///< start although the input has an unfinished run
  bool accept_changed = false;  ///< resume although options that change requests differ
  bool dry_run = false;
  bool yes = false;
  bool json = false;
  bool quiet = false;

  ChangedOptions changed() const noexcept { return accept_changed ? ChangedOptions::accept : ChangedOptions::refuse; }
};

/// Options, or a text to print instead (--help, --version).
class CommandLine {
 public:
  CommandLine() = default;

  Options options;
  std::string text;  ///< not empty: print it to stdout and exit with 0
};

/// The value of an environment variable; nullptr when it is not set.
using Environment = std::function<const char*(const char* name)>;

/// Reads `arguments` (without the program's name) and checks the rules about options. It opens the --config file. For a
/// command that follows a run it also opens run.json, whose options are the defaults, and ignores the environment.
///
/// Errors. ConfigError: one line that names the option and its bounds.
CommandLine parse_command_line(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace amend::cli
