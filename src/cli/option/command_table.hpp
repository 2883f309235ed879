// Every command of the program once: its name, what it takes, the function that runs it. Layer 5. main, --help,
// completion and man pages use this table.
#pragma once

#include <span>
#include <string_view>

#include "amend/error.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// A word that is not an option.
class Argument {
 public:
  enum class Need : std::uint8_t { required, optional };
  /// What a shell offers for it.
  enum class Kind : std::uint8_t { file, directory, word };

  constexpr Argument(std::string_view name_, Need need_, Kind kind_, std::string_view description_) noexcept
      : name(name_), need(need_), kind(kind_), description(description_) {}

  std::string_view name;  ///< "FILE"
  Need need;
  Kind kind;
  std::string_view description;
};

class CommandEntry {
 public:
  enum class Kind : std::uint8_t {
    sends,         ///< requests to the API, by its own options
    reads_file,    ///< needs no API
    follows_run,   ///< sends requests, by the options of an earlier run
    shows_run,     ///< reads what a run left, or asks a running one; needs no options of the run
    shows_program  ///< is about amend itself; takes no --config
  };

  constexpr CommandEntry(Command command_, std::string_view name_, Kind kind_, ExitCode (*run_)(const Options& options),
                         std::string_view summary_, std::string_view footer_,
                         std::span<const Argument> arguments_) noexcept
      : command(command_),
        name(name_),
        kind(kind_),
        run(run_),
        summary(summary_),
        footer(footer_),
        arguments(arguments_) {}

  Command command;
  std::string_view name;
  Kind kind;
  ExitCode (*run)(const Options& options);
  std::string_view summary;  ///< one sentence, without a full stop
  std::string_view footer;   ///< rules, exit codes, examples
  std::span<const Argument> arguments;
};

/// In the order of --help.
std::span<const CommandEntry> command_table() noexcept;

const CommandEntry& entry_of(Command command) noexcept;

}  // namespace amend::cli
