// Every option of the program once: name, place in --help, meaning, and how its text becomes a setting. Layer 5.
//
// The command line, the environment and --config all go through this table, so that they cannot differ.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cli/options.hpp"

namespace amend::cli {

enum class Arity : std::uint8_t { flag, once, many };

/// Which commands take an option.
enum class Takers : std::uint8_t { update, ping, both };

struct OptionEntry {
  std::string_view name;  ///< without the dashes
  Takers takers;
  Arity arity;
  std::string_view group;   ///< heading in --help
  std::string_view value;   ///< what stands for the value in --help; empty for a flag
  const char* environment;  ///< variable read when the option is not given; nullptr: none
  std::string_view description;
  void (*apply)(Options& options, std::string_view option, const std::string& value);  ///< throws ConfigError
};

/// In the order of --help. `config` itself is not among them.
std::span<const OptionEntry> option_table() noexcept;

bool takes(Command command, const OptionEntry& entry) noexcept;

}  // namespace amend::cli
