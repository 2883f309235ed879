#include "cli/shell/completion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "cli/option/command_table.hpp"
#include "cli/option/option_table.hpp"
#include "cli/text/help_topics.hpp"
#include "cli/text/output.hpp"

namespace amend::cli {
namespace {

constexpr std::array control_actions{"pause", "resume", "rate", "connections", "status", "drain"};
constexpr std::array shells{"bash", "zsh", "fish"};

bool takes_file(const OptionEntry& option) noexcept { return option.value == "FILE" || option.value == "PATH"; }
bool takes_directory(const OptionEntry& option) noexcept { return option.value == "DIR"; }

template <class Words>
std::string joined(const Words& words) {
  std::string out;
  for (const auto& word : words) out.append(out.empty() ? "" : " ").append(word);
  return out;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const CommandEntry& entry : command_table()) names.emplace_back(entry.name);
  return names;
}

// A topic may have the name of a command.
std::vector<std::string> names_with_help() {
  std::vector<std::string> names = command_names();
  for (const HelpTopic& topic : help_topics())
    if (std::ranges::find(names, topic.name) == names.end()) names.emplace_back(topic.name);
  return names;
}

std::vector<std::string> option_names(Command command) {
  std::vector<std::string> names{"--help", "--help-all"};
  for (const OptionEntry& option : option_table())
    if (option.takers.contains(command)) names.push_back("--" + std::string(option.name));
  return names;
}

// The words that a command's arguments are limited to. Empty: files or directories.
std::string words_of(const CommandEntry& entry) {
  if (entry.command == Command::control) return joined(control_actions);
  if (entry.command == Command::completion) return joined(shells);
  if (entry.command == Command::man) return joined(command_names());
  if (entry.command == Command::help) return joined(names_with_help());
  if (entry.command != Command::explain) return {};
  std::vector<std::string> codes;
  for (const OwnCode& own : own_codes())
    if (own.name.find('*') == std::string_view::npos) codes.emplace_back(own.name);
  return joined(codes);
}

bool names_directory(const CommandEntry& entry) noexcept {
  return !entry.arguments.empty() && entry.arguments.front().kind == Argument::Kind::directory;
}
bool names_file(const CommandEntry& entry) noexcept {
  return !entry.arguments.empty() && entry.arguments.front().kind == Argument::Kind::file;
}

std::string valued_options(bool (*is_wanted)(const OptionEntry&) noexcept) {
  std::vector<std::string> names;
  for (const OptionEntry& option : option_table())
    if (is_wanted(option)) names.push_back("--" + std::string(option.name));
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : "|").append(name);
  return out;
}

std::string bash_script() {
  std::string cases;
  for (const CommandEntry& entry : command_table()) {
    std::string words = "files=; directories=; words=''";
    if (names_file(entry)) words = "files=yes; directories=; words=''";
    if (names_directory(entry)) words = fmt::format("files=; directories=yes; words='{}'", words_of(entry));
    if (!names_file(entry) && !names_directory(entry))
      words = fmt::format("files=; directories=; words='{}'", words_of(entry));
    cases += fmt::format("    {}) options='{}'; {} ;;\n", entry.name, joined(option_names(entry.command)), words);
  }
  return fmt::format(R"(# Completion of amend for bash: amend completion bash
_amend() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}} command= options= files= directories= words=
  [ "$COMP_CWORD" -gt 1 ] && command=${{COMP_WORDS[1]}}
  case $previous in
    --config|{}) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    {}) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
  esac
  case $command in
    '') mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- "$current"); return ;;
{}    *) return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options --config" -- "$current")
    return
  fi
  mapfile -t COMPREPLY < <(
    [ -n "$words" ] && compgen -W "$words" -- "$current"
    [ -n "$files" ] && compgen -f -- "$current"
    [ -n "$directories" ] && compgen -d -- "$current"
  )
}}
complete -o filenames -F _amend amend
)",
                     valued_options(takes_file), valued_options(takes_directory), joined(command_names()), cases);
}

// The text in single quotes, as zsh and fish read it.
std::string shell_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// _arguments interprets brackets and colons itself.
std::string zsh_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_option(const OptionEntry& option) {
  const std::string_view action = takes_file(option) ? "_files" : takes_directory(option) ? "_files -/" : " ";
  const std::string value =
      option.value.empty() ? std::string() : fmt::format(":{}:{}", zsh_text(option.value), action);
  const std::string_view many = option.arity == Arity::many ? "*" : "";
  return shell_word(fmt::format("{}--{}[{}]{}", many, option.name, zsh_text(option.description), value));
}

std::string zsh_arguments(const CommandEntry& entry) {
  std::string out;
  for (const Argument& argument : entry.arguments) {
    std::string action = argument.kind == Argument::Kind::file        ? "_files"
                         : argument.kind == Argument::Kind::directory ? "_files -/"
                                                                      : "(" + words_of(entry) + ")";
    if (argument.name == "VALUE") action = " ";
    const std::string_view colon = argument.need == Argument::Need::required ? ":" : "::";
    out += " \\\n        " + shell_word(fmt::format("{}{}:{}", colon, argument.name, action));
  }
  return out;
}

std::string zsh_script() {
  std::string names;
  std::string cases;
  for (const CommandEntry& entry : command_table()) {
    names += fmt::format("    {}\n", shell_word(fmt::format("{}:{}", entry.name, zsh_text(entry.summary))));
    cases += fmt::format(
        "    {})\n      _arguments '--help[Show the everyday options]' '--help-all[Show all options]' '--config[A file "
        "with options]:FILE:_files'",
        entry.name);
    for (const OptionEntry& option : option_table())
      if (option.takers.contains(entry.command)) cases += " \\\n        " + zsh_option(option);
    cases += zsh_arguments(entry) + " ;;\n";
  }
  return fmt::format(R"(#compdef amend
# Completion of amend for zsh: amend completion zsh
_amend() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = "_amend" ]; then _amend "$@"; else compdef _amend amend; fi
)",
                     names, cases);
}

std::string fish_script() {
  std::string out = "# Completion of amend for fish: amend completion fish\ncomplete -c amend -f\n";
  for (const CommandEntry& entry : command_table()) {
    out +=
        fmt::format("complete -c amend -n __fish_use_subcommand -a {} -d {}\n", entry.name, shell_word(entry.summary));
    const std::string here = fmt::format("complete -c amend -n '__fish_seen_subcommand_from {}'", entry.name);
    if (names_file(entry)) out += here + " -F\n";
    if (names_directory(entry)) out += here + " -a '(__fish_complete_directories)'\n";
    if (const std::string words = words_of(entry); !words.empty()) out += fmt::format("{} -a '{}'\n", here, words);
    for (const OptionEntry& option : option_table()) {
      if (!option.takers.contains(entry.command)) continue;
      const std::string_view value = option.value.empty()                            ? ""
                                     : takes_file(option) || takes_directory(option) ? " -r -F"
                                                                                     : " -x";
      out += fmt::format("{} -l {}{} -d {}\n", here, option.name, value, shell_word(option.description));
    }
  }
  return out;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return bash_script();
  if (shell == "zsh") return zsh_script();
  if (shell == "fish") return fish_script();
  throw ConfigError("amend completion takes bash, zsh or fish, got \"" + printable(shell, 40) + "\"");
}

ExitCode run_completion(const Options& options) {
  print(completion_script(options.word));
  return ExitCode::success;
}

}  // namespace amend::cli
