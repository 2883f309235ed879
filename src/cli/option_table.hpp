// Every option of the program once: name, place in --help, meaning, and how its text becomes a setting. Layer 5.
//
// The command line, the environment and --config all go through this table, so that they cannot differ.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.hpp"

namespace amend::cli {

enum class Arity : std::uint8_t { flag, once, many };

/// Which commands take an option.
class CommandSet {
 public:
  constexpr CommandSet(std::initializer_list<Command> commands) noexcept {
    for (const Command command : commands) bits_ |= bit(command);
  }
  constexpr bool contains(Command command) const noexcept { return (bits_ & bit(command)) != 0; }

 private:
  static constexpr unsigned bit(Command command) noexcept { return 1U << static_cast<unsigned>(command); }

  unsigned bits_ = 0;
};

struct OptionEntry {
  std::string_view name;  ///< without the dashes
  CommandSet takers;
  Arity arity;
  std::string_view group;   ///< heading in --help
  std::string_view value;   ///< what stands for the value in --help; empty for a flag
  const char* environment;  ///< variable read when the option is not given; nullptr: none
  std::string_view description;
  void (*apply)(Options& options, std::string_view option, const std::string& value);  ///< throws ConfigError
};

/// In the order of --help. `config` itself is not among them.
std::span<const OptionEntry> option_table() noexcept;

/// Where the API is and who asks: `check` takes such an option from the command line, and needs none.
bool is_about_api(const OptionEntry& entry) noexcept;

/// Says what the input is and how it maps, and so belongs to a file rather than to a run: what --save-config writes.
bool describes_input(const OptionEntry& entry) noexcept;

}  // namespace amend::cli
