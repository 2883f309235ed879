#include "cli/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "amend/error.hpp"
#include "amend/reporter/summary.hpp"
#include "amend/transport/target.hpp"
#include "cli/bench.hpp"
#include "cli/command_table.hpp"
#include "cli/config_file.hpp"
#include "cli/control_request.hpp"
#include "cli/option_table.hpp"
#include "cli/suggestion.hpp"
#include "cli/typed_command.hpp"
#include "cli/version.hpp"

namespace amend::cli {
namespace {

std::string dashed(std::string_view name) { return "--" + std::string(name); }

// Needs no setting of a run: looks at what one has left, or asks one that goes on.
bool only_looks(Command command) {
  return command == Command::status || command == Command::runs || command == Command::control ||
         command == Command::export_log || command == Command::report;
}

// Takes the options of a run for its own.
bool follows_a_run(Command command) {
  return command == Command::resume || command == Command::retry || command == Command::verify ||
         command == Command::undo;
}

bool names_a_run(Command command) { return follows_a_run(command) || only_looks(command); }

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

void set_control(Options& options, const std::string& action) {
  options.control = action;
  const ControlRequest request = parse_control_request(action);
  if (options.watch && request.action != ControlRequest::Action::status)
    throw ConfigError("--watch needs the action status: amend control RUN status --watch");
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

Options merge(const TypedCommand& typed, const Environment& environment) {
  Options options;
  options.command = typed.command;
  const bool follows = follows_a_run(typed.command);
  if (follows) options.config = read_run(typed.word()).config;
  if (typed.command == Command::resume) {
    options.config.run_directory = typed.word();
  } else if (names_a_run(typed.command)) {
    options.run = typed.word();
    options.config.run_directory.clear();
  } else if (only_tells(typed.command)) {
    options.word = typed.word();
  } else {
    options.config.input.file = typed.word();
  }
  if (typed.command == Command::reconcile) prepare_reconcile(options.config);
  if (typed.command == Command::bench) prepare_bench(options.config);
  if (typed.command == Command::verify) prepare_verify(options.config, typed.word());
  if (typed.command == Command::undo) prepare_undo(options.config, typed.word());
  options.config.version = program_version;
  const std::vector<std::string> header_names = std::exchange(options.config.auth.headers, {});
  const ConfigFile file(typed.config_file, typed.command);
  for (const OptionEntry& entry : option_table()) {
    if (!entry.takers.contains(typed.command)) continue;
    const bool needless = typed.command == Command::check && is_about_api(entry);
    const std::vector<std::string>* given = typed.find(entry);
    if (needless && !given) continue;  // a mistake elsewhere must not prevent the check of the input
    const char* variable = entry.environment && !follows ? environment(entry.environment) : nullptr;
    if (given) {
      if (entry.arity == Arity::once && given->size() > 1) {
        throw ConfigError(dashed(entry.name) + " is given twice");
      }
      apply_all(options, entry, *given, "");
    } else if (variable && *variable) {
      apply_all(options, entry, {variable}, fmt::format(" (from the variable {})", entry.environment));
    } else if (const auto* values = file.find(entry.name)) {
      if (entry.name == "yes-i-own-this-api")
        throw ConfigError(
            "give yes-i-own-this-api on the command line, with each command, and remove it from the config file (" +
            printable(typed.config_file) + ")");
      const bool text_in_environment = entry.name == "private-key" && environment("WONDER_PRIVATE_KEY") &&
                                       *environment("WONDER_PRIVATE_KEY") != '\0';
      if (text_in_environment) continue;  // the environment stands above the file, in this form too
      apply_all(options, entry, *values, fmt::format(" (from {})", printable(typed.config_file)));
    }
  }
  if (options.config.auth.headers.empty() && !header_names.empty())
    throw ConfigError("--header: give \"" + printable(header_names.front(), 60) +
                      "\" again: a run saves only the names of headers, not their values");
  finish_reconcile(options.config);
  const bool sends = !only_looks(typed.command) && !only_tells(typed.command) && typed.command != Command::check;
  const Environment none = [](const char*) -> const char* { return nullptr; };
  if (sends) take_proxy(options.config, follows ? none : environment);
  if (typed.command == Command::control) set_control(options, typed.action());
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
  if (only_looks(out.options.command) || only_tells(out.options.command)) return out;
  if (out.options.command == Command::check) {
    validate_input(out.options.config);
  } else {
    validate(out.options.config);
  }
  return out;
}

}  // namespace amend::cli
