// Every command of the program once: its name, what it takes, what it does. Layer 5. For --help, completion and man
// pages alike.
#pragma once

#include <span>
#include <string_view>

#include "cli/options.hpp"

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
  constexpr CommandEntry(Command command_, std::string_view name_, std::string_view summary_, std::string_view footer_,
                         std::span<const Argument> arguments_) noexcept
      : command(command_), name(name_), summary(summary_), footer(footer_), arguments(arguments_) {}

  Command command;
  std::string_view name;
  std::string_view summary;  ///< one sentence, without a full stop
  std::string_view footer;   ///< rules, exit codes, examples
  std::span<const Argument> arguments;
};

/// In the order of --help.
std::span<const CommandEntry> command_table() noexcept;

const CommandEntry& entry_of(Command command) noexcept;

}  // namespace amend::cli
