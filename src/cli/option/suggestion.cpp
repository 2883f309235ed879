#include "cli/option/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/option/command_table.hpp"
#include "cli/option/option_table.hpp"
#include "cli/text/help_topics.hpp"
#include "row/closest_name.hpp"

namespace amend::cli {
namespace {

std::vector<std::string_view> names_of_commands() {
  std::vector<std::string_view> names;
  for (const CommandEntry& entry : command_table()) names.push_back(entry.name);
  return names;
}

}  // namespace

std::string suggestion(std::string_view typed, std::span<const std::string_view> names, std::string_view before) {
  const std::string_view name = closest_name(typed, names);
  return name.empty() ? std::string() : fmt::format(" (did you mean {}{}?)", before, name);
}

std::string suggested_command(std::string_view typed) { return suggestion(typed, names_of_commands()); }

std::string suggested_topic(std::string_view typed) {
  std::vector<std::string_view> names = names_of_commands();
  for (const HelpTopic& topic : help_topics()) names.push_back(topic.name);
  return suggestion(typed, names);
}

std::string suggested_option(std::string_view typed, std::string_view command) {
  const auto entry = std::ranges::find(command_table(), command, &CommandEntry::name);
  std::vector<std::string_view> names{"help", "help-all"};
  if (entry == command_table().end()) {
    names.emplace_back("version");
  } else {
    names.emplace_back("config");
    for (const OptionEntry& option : option_table())
      if (option.takers.contains(entry->command)) names.push_back(option.name);
  }
  return typed.starts_with("--") ? suggestion(typed.substr(2), names, "--") : std::string();
}

}  // namespace amend::cli
