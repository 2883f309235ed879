// The command line as a value: option over environment over --config file over default. Layer 5.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "amend/config.hpp"

namespace amend::cli {

enum class Command : std::uint8_t { update, ping };
enum class ProgressForm : std::uint8_t { automatic, bar, plain, none };

/// What the person asked for.
class Options {
 public:
  Options() = default;

  Command command = Command::update;
  Config config;
  ProgressForm progress = ProgressForm::automatic;
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

/// Reads `arguments` (without the program's name). Opens no file but that of --config.
/// Throws ConfigError, one line that names the option and its bounds.
CommandLine parse_command_line(const std::vector<std::string>& arguments, const Environment& environment);

}  // namespace amend::cli
