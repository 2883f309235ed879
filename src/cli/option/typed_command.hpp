// The words of the command line by their place: the command, its arguments, the texts of its options. Layer 5.
//
// Only this file uses CLI11.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/option/option_table.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

class TypedCommand {
 public:
  TypedCommand() = default;

  /// The first word that is not an option: FILE, RUN, CODE. Empty: there is no such word.
  std::string word() const { return words.empty() ? std::string() : words[0]; }
  /// For example "rate 50/s".
  std::string action() const { return words[2].empty() ? words[1] : words[1] + " " + words[2]; }
  /// nullptr: the option was not given.
  const std::vector<std::string>* find(const OptionEntry& entry) const {
    const auto at = values.find(&entry);
    return at == values.end() ? nullptr : &at->second;
  }

  Command command = Command::update;
  std::vector<std::string> words;  ///< one per argument of the command; empty: not given
  std::string config_file;
  std::map<const OptionEntry*, std::vector<std::string>> values;  ///< a flag's value is "true", unless one was given
  std::string text;                                               ///< not empty: print it instead (help or the version)
};

/// Throws ConfigError, with one line that names the word.
TypedCommand read_words(const std::vector<std::string>& arguments);

}  // namespace amend::cli
