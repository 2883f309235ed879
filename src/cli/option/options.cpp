#include "cli/option/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "amend/error.hpp"
#include "amend/reconciliation.hpp"
#include "amend/run/summary.hpp"
#include "cli/command/bench.hpp"
#include "cli/monitor/control_request.hpp"
#include "cli/option/command_table.hpp"
#include "cli/option/config_file.hpp"
#include "cli/option/option_rules.hpp"
#include "cli/option/option_table.hpp"
#include "cli/option/suggestion.hpp"
#include "cli/option/typed_command.hpp"
#include "cli/version.hpp"
#include "transport/target.hpp"

namespace amend::cli {
namespace {

using Kind = CommandEntry::Kind;

std::string dashed(std::string_view name) { return "--" + std::string(name); }

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

  // A value under [update] replaces the same option at the top of the file.
  void take(const ConfigItem& item, Command command) {
    const auto entry = std::ranges::find(option_table(), std::string_view(item.name), &OptionEntry::name);
    const bool for_a_command =
        std::ranges::find(command_table(), item.section, &CommandEntry::name) != command_table().end();
    if (entry == option_table().end() || !(item.section.empty() || for_a_command)) {
      const std::string name = item.section.empty() ? item.name : item.section + "." + item.name;
      std::vector<std::string_view> names;
      for (const OptionEntry& option : option_table()) names.push_back(option.name);
      const std::string near =
          entry == option_table().end() ? suggestion(item.name, names) : suggested_command(item.section);
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

// A closed loop, unless there is --rate. finish_bench chooses the connections, which depend on other options.
void prepare_bench(Config& config) {
  config.load.rate.interval = std::chrono::nanoseconds(0);
  config.load.connections = 0;
  config.load.pipeline = 1;
}

// Reads change nothing, so they need no canary.
void finish_reconcile(Config& config) {
  if (!config.sends()) config.load.canary = CanaryMode::off;
}

std::string_view value_of(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const char* value = environment(name); value && *value) return value;
  return {};
}

// HTTPS_PROXY is for all programs of the operator, so amend uses it only for other machines, as those programs do.
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

/// The value of each option: from the command line, else the environment, else the --config file.
class SettingSources {
 public:
  SettingSources(const TypedCommand& typed, const Environment& environment)
      : typed_(typed), environment_(environment), file_(typed.config_file, typed.command) {}

  void apply_to(Options& options) const {
    for (const OptionEntry& entry : option_table())
      if (entry.takers.contains(typed_.command)) apply(options, entry);
  }

 private:
  void apply(Options& options, const OptionEntry& entry) const {
    if (const std::vector<std::string>* given = typed_.find(entry)) {
      if (entry.arity == Arity::once && given->size() > 1) throw ConfigError(dashed(entry.name) + " is given twice");
      return apply_all(options, entry, *given, "");
    }
    // A mistake elsewhere must not prevent the check of the input.
    if (typed_.command == Command::check && is_about_api(entry)) return;
    if (const char* value = variable(entry); value && *value)
      return apply_all(options, entry, {value}, fmt::format(" (from the variable {})", entry.environment));
    if (const auto* values = file_.find(entry.name)) apply_from_file(options, entry, *values);
  }

  // A command that follows a run has the settings of that run instead.
  const char* variable(const OptionEntry& entry) const {
    const bool follows = entry_of(typed_.command).kind == Kind::follows_run;
    return entry.environment && !follows ? environment_(entry.environment) : nullptr;
  }

  void apply_from_file(Options& options, const OptionEntry& entry, const std::vector<std::string>& values) const {
    const std::string file = printable(typed_.config_file);
    if (entry.name == "yes-i-own-this-api")
      throw ConfigError(
          "give yes-i-own-this-api on the command line, with each command, and remove it from the config file (" +
          file + ")");
    // The text of the key in the environment also has precedence over the file.
    const bool has_key_text = !value_of(environment_, {"WONDER_PRIVATE_KEY"}).empty();
    if (entry.name == "private-key" && has_key_text) return;
    apply_all(options, entry, values, fmt::format(" (from {})", file));
  }

  const TypedCommand& typed_;
  const Environment& environment_;
  ConfigFile file_;
};

Config config_of_run(Command command, const std::string& run) {
  if (command == Command::verify) return verify_config(run);
  if (command == Command::undo) return undo_config(run);
  return read_run(run).config;
}

Options options_of_words(const TypedCommand& typed) {
  Options options;
  options.command = typed.command;
  const std::string word = typed.word();
  const Kind kind = entry_of(typed.command).kind;
  if (kind == Kind::follows_run) options.config = config_of_run(typed.command, word);
  if (typed.command == Command::resume) {
    options.config.run_directory = word;
  } else if (kind == Kind::follows_run || kind == Kind::shows_run) {
    options.run = word;
    options.config.run_directory.clear();
  } else if (kind == Kind::shows_program) {
    options.word = word;
  } else {
    options.config.input.file = word;
  }
  if (typed.command == Command::reconcile) options.config = reconcile_config(std::move(options.config));
  if (typed.command == Command::bench) prepare_bench(options.config);
  if (typed.command == Command::control) options.control = typed.action();
  options.config.version = program_version;
  return options;
}

Options merge(const TypedCommand& typed, const Environment& environment) {
  Options options = options_of_words(typed);
  const std::vector<std::string> header_names = std::exchange(options.config.auth.headers, {});
  SettingSources(typed, environment).apply_to(options);
  if (options.config.auth.headers.empty() && !header_names.empty())
    throw ConfigError("--header: give \"" + printable(header_names.front(), 60) +
                      "\" again: a run saves only the names of headers, not their values");
  finish_reconcile(options.config);
  const Kind kind = entry_of(typed.command).kind;
  const Environment none = [](const char*) -> const char* { return nullptr; };
  if (kind == Kind::sends || kind == Kind::follows_run)
    take_proxy(options.config, kind == Kind::follows_run ? none : environment);
  if (typed.command == Command::control) parse_control_request(options.control);  // throws when there is no such action
  if (typed.command == Command::bench) finish_bench(options);
  return options;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments, const Environment& environment) {
  CommandLine out;
  const TypedCommand typed = read_words(arguments);
  out.text = typed.text;
  if (!out.text.empty()) return out;
  out.options = merge(typed, environment);
  require_option_rules(out.options);
  return out;
}

}  // namespace amend::cli
