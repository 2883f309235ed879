// Every option of the program once: name, place in --help, meaning, and how its text becomes a setting. Layer 5.
//
// The command line, the environment and --config all use this table, so that they cannot differ.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "cli/option/options.hpp"

namespace amend::cli {

enum class Arity : std::uint8_t { flag, once, many };

/// A set of commands.
class CommandSet {
 public:
  constexpr CommandSet() noexcept = default;
  constexpr CommandSet(std::initializer_list<Command> commands) noexcept {
    for (const Command command : commands) bits_ |= bit(command);
  }
  static constexpr CommandSet all() noexcept {
    CommandSet every;
    every.bits_ = ~0U;
    return every;
  }
  friend constexpr CommandSet operator|(CommandSet left, CommandSet right) noexcept {
    left.bits_ |= right.bits_;
    return left;
  }
  constexpr bool contains(Command command) const noexcept { return (bits_ & bit(command)) != 0; }

 private:
  static constexpr unsigned bit(Command command) noexcept { return 1U << static_cast<unsigned>(command); }

  unsigned bits_ = 0;
};

struct OptionEntry {
  std::string_view name;  ///< without the dashes
  CommandSet takers;      ///< the commands that take it
  CommandSet everyday;    ///< the takers whose --help shows it; --help-all shows all options
  Arity arity;
  std::string_view group;   ///< its heading in --help
  std::string_view value;   ///< name of the value in --help; empty for a flag
  const char* environment;  ///< variable with the value when the option is not given; nullptr: none
  std::string_view description;
  void (*apply)(Options& options, std::string_view option, const std::string& value);  ///< throws ConfigError
};

/// All options but --config, in the order of --help.
std::span<const OptionEntry> option_table() noexcept;

/// The option is about the address of the API or the credentials. `check` accepts it and does not need it.
bool is_about_api(const OptionEntry& entry) noexcept;

/// The option describes the input and its columns. It belongs to a file, not to a run: --save-config writes it.
bool describes_input(const OptionEntry& entry) noexcept;

}  // namespace amend::cli
