#include "cli/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "amend/error.hpp"
#include "amend/reporter/summary.hpp"
#include "amend/row/closest_name.hpp"
#include "amend/transport/target.hpp"
#include "cli/bench.hpp"
#include "cli/command_table.hpp"
#include "cli/config_file.hpp"
#include "cli/control_request.hpp"
#include "cli/help_texts.hpp"
#include "cli/option_table.hpp"
#include "cli/version.hpp"

namespace amend::cli {
namespace {

constexpr std::size_t help_left = 32;
constexpr std::size_t help_right = 66;

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

std::string dashed(std::string_view name) { return "--" + std::string(name); }

// Needs no setting of a run: looks at what one has left, or asks one that goes on.
bool only_looks(Command command) {
  return command == Command::status || command == Command::runs || command == Command::control ||
         command == Command::export_log || command == Command::report;
}

// Is about the program itself.
bool only_tells(Command command) {
  return command == Command::explain || command == Command::completion || command == Command::man;
}

// Takes the options of a run for its own.
bool follows_a_run(Command command) {
  return command == Command::resume || command == Command::retry || command == Command::verify ||
         command == Command::undo;
}

bool names_a_run(Command command) { return follows_a_run(command) || only_looks(command); }

// " (did you mean update?)"; empty when no name is near.
std::string meant(std::string_view typed, std::span<const std::string_view> names, std::string_view before = "") {
  const std::string_view name = closest_name(typed, names);
  return name.empty() ? std::string() : fmt::format(" (did you mean {}{}?)", before, name);
}

std::string meant_command(std::string_view typed) {
  std::vector<std::string_view> names{"help"};
  for (const CommandEntry& entry : command_table()) names.push_back(entry.name);
  return meant(typed, names);
}

std::string meant_option(std::string_view typed, std::string_view command) {
  const auto entry = std::ranges::find(command_table(), command, &CommandEntry::name);
  std::vector<std::string_view> names{"help"};
  if (entry == command_table().end()) {
    names.emplace_back("version");
  } else {
    names.emplace_back("config");
    for (const OptionEntry& option : option_table())
      if (option.takers.contains(entry->command)) names.push_back(option.name);
  }
  return typed.starts_with("--") ? meant(typed.substr(2), names, "--") : std::string();
}

/// One subcommand's options as texts, before they mean anything.
class Form {
 public:
  Form(CLI::App& root, const CommandEntry& entry)
      : command_(entry.command),
        app_(root.add_subcommand(std::string(entry.name), std::string(entry.summary))),
        words_(entry.arguments.size()) {
    app_->footer(std::string(entry.footer));
    app_->get_formatter()->column_width(help_left);
    for (std::size_t i = 0; i < entry.arguments.size(); ++i) {
      const Argument& argument = entry.arguments[i];
      app_->add_option(std::string(argument.name), words_[i], std::string(argument.description))
          ->required(argument.need == Argument::Need::required)
          ->type_name("");
    }
    for (const OptionEntry& option : option_table()) {
      if (option.takers.contains(command_)) add(option);
    }
    if (only_tells(command_)) return;
    app_->add_option("--config", config_file_,
                     wrapped("TOML or INI file with any of these options, without the dashes"))
        ->type_name("FILE")
        ->group("Output");
  }

  Command command() const { return command_; }
  const CLI::App& app() const { return *app_; }
  /// The first word that is no option: FILE, RUN, CODE; empty when there is none.
  std::string file() const { return words_.empty() ? std::string() : words_[0]; }
  /// "rate 50/s"
  std::string action() const { return words_[2].empty() ? words_[1] : words_[1] + " " + words_[2]; }
  const std::string& config_file() const { return config_file_; }
  bool given(const OptionEntry& entry) const {
    return values_.contains(&entry) && values_.at(&entry).first->count() > 0;
  }
  std::vector<std::string> values(const OptionEntry& entry) const { return values_.at(&entry).first->results(); }

 private:
  void add(const OptionEntry& entry) {
    auto& [option, texts] = values_[&entry];
    std::string description(entry.description);
    if (entry.environment) description += fmt::format(" [env {}]", entry.environment);
    if (entry.arity == Arity::flag) {
      const std::string text = wrapped(description);
      option = app_->add_flag(dashed(entry.name), text);
    } else {
      option = app_->add_option(dashed(entry.name), texts, wrapped(description))
                   ->type_name(std::string(entry.value))
                   ->expected(1)
                   ->allow_extra_args(false)
                   ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    option->group(std::string(entry.group));
  }

  Command command_;
  CLI::App* app_;
  std::deque<std::string> words_;
  std::string config_file_;
  std::map<const OptionEntry*, std::pair<CLI::Option*, std::vector<std::string>>> values_;
};

/// The --config file: option name → values.
class ConfigFile {
 public:
  ConfigFile(const std::string& path, Command command) {
    if (path.empty()) return;
    if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
      throw ConfigError(fmt::format("--config: there is no file \"{}\"", printable(path)));
    }
    try {
      for (const ConfigItem& item : parse_config(read(path))) take(item, command);
    } catch (const ConfigError& error) {
      throw ConfigError(fmt::format("--config: {}: {}", printable(path), error.what()));
    }
  }

  const std::vector<std::string>* find(std::string_view name) const {
    const auto at = values_.find(name);
    return at == values_.end() ? nullptr : &at->second;
  }

 private:
  static std::string read(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw ConfigError("is a directory");
    std::ifstream file(path, std::ios::binary);
    if (!file) throw ConfigError("cannot be read");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  // What stands below [update] hides what stands on top.
  void take(const ConfigItem& item, Command command) {
    const auto entry = std::ranges::find(option_table(), std::string_view(item.name), &OptionEntry::name);
    const bool for_a_command =
        std::ranges::find(command_table(), item.section, &CommandEntry::name) != command_table().end();
    if (entry == option_table().end() || !(item.section.empty() || for_a_command)) {
      const std::string name = item.section.empty() ? item.name : item.section + "." + item.name;
      std::vector<std::string_view> names;
      for (const OptionEntry& option : option_table()) names.push_back(option.name);
      const std::string near = entry == option_table().end() ? meant(item.name, names) : meant_command(item.section);
      throw ConfigError(
          fmt::format("unknown option \"{}\"{}; see amend {} --help", printable(name), near, name_of(command)));
    }
    if (for_a_command && item.section != name_of(command)) return;
    if (entry->arity != Arity::many && item.values.size() != 1) {
      throw ConfigError(fmt::format("{} takes one value, got {}", item.name, item.values.size()));
    }
    values_[item.name] = item.values;
  }

  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

bool flag_value(std::string_view option, std::string_view text) {
  if (text == "true" || text == "on" || text == "yes" || text == "1") return true;
  if (text == "false" || text == "off" || text == "no" || text == "0") return false;
  throw ConfigError(fmt::format("{} takes true or false, got \"{}\"", option, printable(text, 60)));
}

void note_setting(Options& options, const OptionEntry& entry, const std::vector<std::string>& values) {
  if (!describes_input(entry) || values.empty()) return;
  if (entry.arity != Arity::flag) {
    options.input_settings.emplace_back(std::string(entry.name), values);
  } else if (flag_value(dashed(entry.name), values.back())) {
    options.input_settings.emplace_back(std::string(entry.name), std::vector<std::string>{"true"});
  }
}

void apply_all(Options& options, const OptionEntry& entry, const std::vector<std::string>& values,
               const std::string& from) {
  const std::string option = dashed(entry.name);
  try {
    for (const std::string& value : values) {
      if (entry.arity == Arity::flag && !flag_value(option, value)) continue;
      if (value.empty()) throw ConfigError(option + " needs a value, got an empty one");
      entry.apply(options, option, value);
    }
    note_setting(options, entry, values);
  } catch (const ConfigError& error) {
    throw ConfigError(error.what() + from, error.exit_code());
  }
}

void set_control(Options& options, const std::string& action) {
  options.control = action;
  const ControlRequest request = parse_control_request(action);
  if (options.watch && request.action != ControlRequest::Action::status)
    throw ConfigError("--watch goes with status: amend control RUN status --watch");
}

void prepare_reconcile(Config& config) {
  config.task = Task::reconcile;
  config.mapping.form = RowForm::partial;
  config.input.duplicates = Duplicates::last;
}

// As the run was, but for what concerns its writing.
void prepare_verify(Config& config, const std::string& run) {
  config.task = Task::verify;
  config.reconcile.apply = false;
  config.reconcile.of_run = run;
  config.reconcile.look_up = LookUp::automatic;
  config.reconcile.company_name = CompanyName::never;
  config.reconcile.show_missing = false;
  config.reconcile.baseline.clear();
  if (config.input.duplicates == Duplicates::order) config.input.duplicates = Duplicates::last;
}

void prepare_undo(Config& config, const std::string& run) {
  config.task = Task::undo;
  config.reconcile = ReconcileConfig();
  config.reconcile.apply = true;
  config.reconcile.recheck = Recheck::yes;
  config.reconcile.of_run = run;
  config.input = InputConfig();
  config.input.file = run + "/rollback.ndjson";
  config.input.format = Format::ndjson;
  config.input.duplicates = Duplicates::last;
  config.mapping = MappingConfig();
  config.mapping.form = RowForm::partial;
  config.pace.canary = CanaryMode::on;
}

// As fast as answers come, unless a rate is asked for; connections by what is asked for (finish_bench).
void prepare_bench(Config& config) {
  config.pace.rate.interval = std::chrono::nanoseconds(0);
  config.pace.connections = 0;
  config.pace.pipeline = 1;
}

// Reads change nothing: the first need not speak for the others.
void finish_reconcile(Config& config) {
  if (config.task != Task::update && !config.reconcile.apply) config.pace.canary = CanaryMode::off;
}

std::string_view value_of(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const char* value = environment(name); value && *value) return value;
  return {};
}

// As other programs have it: the variable is for all of them, so it is not for this machine.
void take_proxy(Config& config, const Environment& environment) {
  std::string& proxy = config.target.proxy;
  if (proxy == "none") {
    proxy.clear();
    return;
  }
  if (!proxy.empty() || config.target.url.empty()) return;
  const Target target = parse_target(config.target);
  if (!target.tls || target.loopback ||
      is_exempt_from_proxy(target.host, value_of(environment, {"NO_PROXY", "no_proxy"})))
    return;
  proxy = value_of(environment, {"HTTPS_PROXY", "https_proxy"});
  try {
    parse_target(config.target);
  } catch (const ConfigError& error) {
    throw ConfigError(std::string(error.what()) + " (from the variable HTTPS_PROXY)");
  }
}

Options merge(const Form& form, const Environment& environment) {
  Options options;
  options.command = form.command();
  const bool follows = follows_a_run(form.command());
  if (follows) options.config = read_run(form.file()).config;
  if (form.command() == Command::resume) {
    options.config.run_directory = form.file();
  } else if (names_a_run(form.command())) {
    options.run = form.file();
    options.config.run_directory.clear();
  } else if (only_tells(form.command())) {
    options.word = form.file();
  } else {
    options.config.input.file = form.file();
  }
  if (form.command() == Command::reconcile) prepare_reconcile(options.config);
  if (form.command() == Command::bench) prepare_bench(options.config);
  if (form.command() == Command::verify) prepare_verify(options.config, form.file());
  if (form.command() == Command::undo) prepare_undo(options.config, form.file());
  options.config.version = program_version;
  const std::vector<std::string> header_names = std::exchange(options.config.auth.headers, {});
  const ConfigFile file(form.config_file(), form.command());
  for (const OptionEntry& entry : option_table()) {
    if (!entry.takers.contains(form.command())) continue;
    const bool needless = form.command() == Command::check && is_about_api(entry);
    if (needless && !form.given(entry)) continue;  // nothing wrong elsewhere keeps the input from being checked
    const char* variable = entry.environment && !follows ? environment(entry.environment) : nullptr;
    if (form.given(entry)) {
      if (entry.arity == Arity::once && form.values(entry).size() > 1) {
        throw ConfigError(dashed(entry.name) + " was given twice");
      }
      apply_all(options, entry, form.values(entry), "");
    } else if (variable && *variable) {
      apply_all(options, entry, {variable}, fmt::format(" (from the variable {})", entry.environment));
    } else if (const auto* values = file.find(entry.name)) {
      if (entry.name == "yes-i-own-this-api")
        throw ConfigError("yes-i-own-this-api is for the command line only: it is to be said each time (from " +
                          printable(form.config_file()) + ")");
      const bool text_in_environment = entry.name == "private-key" && environment("WONDER_PRIVATE_KEY") &&
                                       *environment("WONDER_PRIVATE_KEY") != '\0';
      if (text_in_environment) continue;  // the environment stands above the file, in this form too
      apply_all(options, entry, *values, fmt::format(" (from {})", printable(form.config_file())));
    }
  }
  if (options.config.auth.headers.empty() && !header_names.empty())
    throw ConfigError("--header: give \"" + printable(header_names.front(), 60) +
                      "\" again: a run keeps only the names of further headers");
  finish_reconcile(options.config);
  const bool sends = !only_looks(form.command()) && !only_tells(form.command()) && form.command() != Command::check;
  const Environment none = [](const char*) -> const char* { return nullptr; };
  if (sends) take_proxy(options.config, follows ? none : environment);
  if (form.command() == Command::control) set_control(options, form.action());
  if (form.command() == Command::bench) finish_bench(options);
  return options;
}

// "name a command: update, check or ping"
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
  if (entry->command == Command::control) return "name the run, and what it is to do: amend control" + words;
  if (first == "FILE") return "name the input: amend " + command + words + " (- for standard input)";
  return fmt::format("{}: amend {}{}", first == "RUN" ? "name the directory of the run" : "a word is missing", command,
                     words);
}

// CLI11's own sentences, made into ours: one line that begins with the option. What follows a '=' is never repeated:
// it may be a secret.
std::string say(const CLI::ParseError& error, const CLI::App& root) {
  const auto chosen = root.get_subcommands();
  const std::string help = chosen.empty() ? "amend --help" : fmt::format("amend {} --help", chosen.front()->get_name());
  const auto extras = root.remaining(true);
  const auto option = std::ranges::find_if(extras, [](const std::string& extra) { return extra.starts_with('-'); });
  if (option != extras.end()) {
    const std::string name = option->substr(0, option->find('='));
    const std::string near = meant_option(name, chosen.empty() ? std::string() : chosen.front()->get_name());
    return fmt::format("unknown option {}{}; see {}", printable(name, 60), near, help);
  }
  if (!extras.empty() && chosen.empty())
    return fmt::format("unknown command {}{}; see {}", printable(extras.front(), 60), meant_command(extras.front()),
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

// `amend help COMMAND` is `amend COMMAND --help`.
std::vector<std::string> without_help_command(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front() != "help") return arguments;
  std::vector<std::string> out(arguments.begin() + 1, arguments.end());
  if (!out.empty() && !out.front().starts_with('-') &&
      std::ranges::find(command_table(), std::string_view(out.front()), &CommandEntry::name) == command_table().end())
    throw ConfigError(
        fmt::format("unknown command {}{}; see amend --help", printable(out.front(), 60), meant_command(out.front())));
  out.emplace_back("--help");
  return out;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& given, const Environment& environment) {
  const std::vector<std::string> arguments = without_help_command(given);
  CLI::App root("amend brings customer records up to date through Wonder's payment API: one signed PUT per row.",
                "amend");
  root.set_version_flag("--version", fmt::format("amend {}", program_version), "Show the version");
  root.footer(std::string(root_footer));
  root.get_formatter()->column_width(help_left);
  root.require_subcommand(1);
  std::deque<Form> forms;
  for (const CommandEntry& entry : command_table()) forms.emplace_back(root, entry);

  CommandLine out;
  try {
    root.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    const auto chosen = root.get_subcommands();
    out.text = chosen.empty() ? root.help() : chosen.front()->help("amend");
    return out;
  } catch (const CLI::CallForVersion& version) {
    out.text = std::string(version.what()) + "\n";
    return out;
  } catch (const CLI::ParseError& error) {
    throw ConfigError(say(error, root));
  }
  const auto form = std::ranges::find_if(forms, [](const Form& f) { return f.app().parsed(); });
  out.options = merge(*form, environment);
  if (only_looks(out.options.command) || only_tells(out.options.command)) return out;
  if (out.options.command == Command::check) {
    validate_input(out.options.config);
  } else {
    validate(out.options.config);
  }
  return out;
}

}  // namespace amend::cli
