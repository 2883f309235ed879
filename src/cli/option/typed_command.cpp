#include "cli/option/typed_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <string_view>
#include <utility>

#include "amend/error.hpp"
#include "cli/option/command_table.hpp"
#include "cli/option/suggestion.hpp"
#include "cli/text/help_texts.hpp"
#include "cli/text/help_topics.hpp"
#include "cli/version.hpp"

namespace amend::cli {
namespace {

// Help is 80 columns wide.
constexpr std::size_t help_left = 30;
constexpr std::size_t help_right = 50;
constexpr std::size_t names_left = 14;  // of commands and topics

std::string wrapped(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find(' '), text.size());
    if (column != 0 && column + 1 + length > help_right) {
      out += '\n';
      column = 0;
    } else if (column != 0) {
      out += ' ';
      ++column;
    }
    out += text.substr(0, length);
    column += length;
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return out;
}

// CLI11 writes two blank lines between groups.
std::string with_single_blank_lines(std::string text) {
  for (std::size_t at = text.find("\n\n\n"); at != std::string::npos; at = text.find("\n\n\n", at)) text.erase(at, 1);
  return text;
}

// The texts begin on a line of their own.
std::string without_line_end(std::string_view footer) { return std::string(footer.substr(footer.starts_with('\n'))); }

/// The options of one command as texts.
class Form {
 public:
  Form(CLI::App& root, const CommandEntry& entry)
      : entry_(entry),
        app_(root.add_subcommand(std::string(entry.name), std::string(entry.summary))),
        words_(entry.arguments.size()) {
    app_->group("Commands");
    for (std::size_t i = 0; i < entry.arguments.size(); ++i) {
      const Argument& argument = entry.arguments[i];
      app_->add_option(std::string(argument.name), words_[i], wrapped(argument.description))
          ->required(argument.need == Argument::Need::required)
          ->type_name("");
    }
    for (const OptionEntry& option : option_table()) {
      if (option.takers.contains(entry.command)) add(option);
    }
    if (entry.kind == CommandEntry::Kind::shows_program) return;
    app_->add_option("--config", config_file_,
                     wrapped("TOML file with options (write their names without the leading --)"))
        ->type_name("FILE")
        ->group("Output");
  }

  const CLI::App& app() const { return *app_; }

  std::string all_help() {
    app_->footer(without_line_end(entry_.footer));
    app_->get_formatter()->column_width(help_left);
    return with_single_blank_lines(app_->help("amend"));
  }

  /// Hides the options that few operators need.
  std::string everyday_help() {
    std::size_t hidden = 0;
    for (auto& [entry, value] : values_) {
      if (entry->everyday.contains(entry_.command)) continue;
      value.first->group("");
      ++hidden;
    }
    std::string help = all_help();
    if (hidden == 0) return help;
    const std::string more = fmt::format("{} more options: amend {} --help-all\n\n", hidden, entry_.name);
    return help.insert(help.size() - without_line_end(entry_.footer).size() - 1, more);
  }

  TypedCommand typed() const {
    TypedCommand out;
    out.command = entry_.command;
    out.words.assign(words_.begin(), words_.end());
    out.config_file = config_file_;
    for (const auto& [entry, value] : values_)
      if (value.first->count() > 0) out.values[entry] = value.first->results();
    return out;
  }

 private:
  void add(const OptionEntry& entry) {
    auto& [option, texts] = values_[&entry];
    const std::string name = "--" + std::string(entry.name);
    std::string description(entry.description);
    if (entry.environment) description += fmt::format(" [env {}]", entry.environment);
    if (entry.arity == Arity::flag) {
      const std::string text = wrapped(description);
      option = app_->add_flag(name, text);
    } else {
      option = app_->add_option(name, texts, wrapped(description))
                   ->type_name(std::string(entry.value))
                   ->expected(1)
                   ->allow_extra_args(false)
                   ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    option->group(std::string(entry.group));
  }

  const CommandEntry& entry_;
  CLI::App* app_;
  std::deque<std::string> words_;
  std::string config_file_;
  std::map<const OptionEntry*, std::pair<CLI::Option*, std::vector<std::string>>> values_;
};

// "name a command: update, check or ping".
std::string name_a_command() {
  std::string names;
  const auto commands = command_table();
  for (const CommandEntry& entry : commands) {
    if (!names.empty()) names += &entry == &commands.back() ? " or " : ", ";
    names += entry.name;
  }
  return "name a command: " + names;
}

std::string name_arguments(const std::string& command) {
  const auto entry = std::ranges::find(command_table(), std::string_view(command), &CommandEntry::name);
  std::string words;
  for (const Argument& argument : entry->arguments)
    if (argument.need == Argument::Need::required) words.append(" ").append(argument.name);
  const std::string_view first = entry->arguments.front().name;
  if (entry->command == Command::control) return "name the run and the action: amend control" + words;
  if (first == "FILE") return "name the input: amend " + command + words + " (- for standard input)";
  return fmt::format("{}: amend {}{}", first == "RUN" ? "name the directory of the run" : "an argument is missing",
                     command, words);
}

// Turns CLI11's messages into one line that begins with the option. The text after '=' is never repeated, because it
// may be a secret.
std::string say(const CLI::ParseError& error, const CLI::App& root) {
  const auto chosen = root.get_subcommands();
  const std::string help = chosen.empty() ? "amend --help" : fmt::format("amend {} --help", chosen.front()->get_name());
  const auto extras = root.remaining(true);
  const auto option = std::ranges::find_if(extras, [](const std::string& extra) { return extra.starts_with('-'); });
  if (option != extras.end()) {
    const std::string name = option->substr(0, option->find('='));
    const std::string near = suggested_option(name, chosen.empty() ? std::string() : chosen.front()->get_name());
    return fmt::format("unknown option {}{}; see {}", printable(name, 60), near, help);
  }
  if (!extras.empty() && chosen.empty())
    return fmt::format("unknown command {}{}; see {}", printable(extras.front(), 60), suggested_command(extras.front()),
                       help);
  if (!extras.empty()) return fmt::format("unexpected argument {}; see {}", printable(extras.front(), 60), help);
  const std::string text = error.what();
  const auto colon = text.find(':');
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) && text.starts_with("--") && colon != std::string::npos) {
    return fmt::format("{} needs a value; see {}", text.substr(0, colon), help);
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error))
    return fmt::format("{}; see {}", chosen.empty() ? name_a_command() : name_arguments(chosen.front()->get_name()),
                       help);
  return fmt::format("{}; see {}", printable(text), help);
}

std::string program_help(CLI::App& root) {
  root.footer(without_line_end(program_footer()));
  root.get_formatter()->column_width(names_left);
  return with_single_blank_lines(root.help());
}

bool is_command(std::string_view name) {
  return std::ranges::find(command_table(), name, &CommandEntry::name) != command_table().end();
}

// `amend help NAME`: prints a command's --help, a topic's text, or both when both have the name.
TypedCommand help_about(std::vector<std::string> arguments) {
  const std::string name = arguments[1];
  const HelpTopic* topic = find_topic(name);
  TypedCommand out;
  if (is_command(name)) {
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
    out = read_words(arguments);
    if (topic != nullptr) out.text.append("\n\n");
  } else if (topic == nullptr) {
    throw ConfigError(
        fmt::format("unknown help topic {}{}; see amend help", printable(name, 60), suggested_topic(name)));
  } else if (arguments.size() > 2) {
    throw ConfigError(fmt::format("unexpected argument {}; see amend help", printable(arguments[2], 60)));
  }
  if (topic != nullptr) out.text.append(topic->text);
  return out;
}

TypedCommand text_only(std::string text) {
  TypedCommand out;
  out.text = std::move(text);
  return out;
}

}  // namespace

TypedCommand read_words(const std::vector<std::string>& arguments) {
  const bool for_help = !arguments.empty() && arguments.front() == "help";
  if (for_help && arguments.size() == 1) return read_words({"--help"});
  if (for_help && !arguments[1].starts_with('-')) return help_about(arguments);

  CLI::App root("amend updates customers through Wonder's payment API: one signed PUT per row.", "amend");
  root.set_version_flag("--version", fmt::format("amend {}", program_version), "Show the version");
  root.set_help_flag("-h,--help", "Show the everyday options");
  root.set_help_all_flag("--help-all", "Show all options");
  root.get_formatter()->label("Positionals", "Arguments");
  root.get_formatter()->label("REQUIRED", "(required)");
  root.get_formatter()->label("SUBCOMMAND", "COMMAND");
  root.require_subcommand(1);
  std::deque<Form> forms;
  for (const CommandEntry& entry : command_table()) forms.emplace_back(root, entry);
  const auto form = [&] { return std::ranges::find_if(forms, [](const Form& f) { return f.app().parsed(); }); };

  try {
    root.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForAllHelp&) {
    return text_only(form() == forms.end() ? program_help(root) : form()->all_help());
  } catch (const CLI::CallForHelp&) {
    return text_only(form() == forms.end() ? program_help(root) : form()->everyday_help());
  } catch (const CLI::CallForVersion& version) {
    return text_only(std::string(version.what()) + "\n");
  } catch (const CLI::ParseError& error) {
    throw ConfigError(say(error, root));
  }
  return form()->typed();
}

}  // namespace amend::cli
