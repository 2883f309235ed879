#include "cli/option/option_rules.hpp"

#include <fmt/format.h>

#include "amend/error.hpp"
#include "cli/command/bench.hpp"
#include "cli/option/command_table.hpp"
#include "row/shell_path.hpp"

namespace amend::cli {
namespace {

std::string watch_without_status(const Options& options) {
  if (!options.watch || options.control == "status") return {};
  return "--watch needs the action status: amend control RUN status --watch";
}

std::string export_without_format(const Options& options) {
  return options.csv ? std::string() : "export needs --csv: CSV is the only format";
}

std::string export_as_csv(const Options& options) {
  return fmt::format("amend export {} --csv", shell_path(options.run));
}

// These outputs show how rows are sent. If amend ignored them, the operator would wait for them in vain.
std::string outputs_without_apply(const Options& options) {
  const Config& config = options.config;
  const char* option = options.dashboard               ? "--dashboard"
                       : options.metrics_listen        ? "--metrics-listen"
                       : !options.metrics_file.empty() ? "--metrics-file"
                                                       : nullptr;
  if (!option || config.sends()) return {};
  return fmt::format("{} needs --apply: without --apply amend sends no rows", option);
}

std::string load_on_foreign_host(const Options& options) {
  const std::vector<std::string> hosts = options.owns_api ? std::vector<std::string>() : hosts_to_type(options);
  if (hosts.empty()) return {};
  return fmt::format(
      "bench would send load to {}, which is not this machine. If you own this API, add --yes-i-own-this-api, and type "
      "the name of the host when amend asks for it",
      fmt::join(hosts, " and "));
}

constexpr OptionRule rules[] = {
    {CommandSet{Command::control}, watch_without_status},
    {CommandSet{Command::export_log}, export_without_format, export_as_csv},
    {CommandSet{Command::reconcile}, outputs_without_apply},
    {CommandSet{Command::bench}, load_on_foreign_host},
};

bool sends(Command command) {
  const CommandEntry::Kind kind = entry_of(command).kind;
  return kind == CommandEntry::Kind::sends || kind == CommandEntry::Kind::follows_run;
}

}  // namespace

std::span<const OptionRule> option_rules() noexcept { return rules; }

void require_option_rules(const Options& options) {
  if (options.command == Command::check) validate_input(options.config);
  if (sends(options.command)) validate(options.config);
  for (const OptionRule& rule : rules) {
    if (!rule.commands.contains(options.command)) continue;
    const std::string refusal = rule.refusal(options);
    if (!refusal.empty()) throw ConfigError(refusal, ExitCode::usage, rule.next ? rule.next(options) : std::string());
  }
  if (options.command == Command::bench) validate(options.benchmark, options.config.load);
}

void refuse_unused_outputs(const Options& options) {
  if (const std::string refusal = outputs_without_apply(options); !refusal.empty()) throw ConfigError(refusal);
}

}  // namespace amend::cli
