#include "cli/text/next_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "amend/error.hpp"
#include "amend/reader/encoding_check.hpp"
#include "cli/option/option_table.hpp"
#include "cli/option/units.hpp"
#include "cli/text/options_as_text.hpp"
#include "reader/json/json_error.hpp"
#include "reader/mapping/mapper.hpp"
#include "row/shell_path.hpp"

namespace amend::cli {
namespace {

bool can_be_resumed(const RunStanding& run) {
  if (run.input == "-" || run.directory.empty()) return false;
  return run.status == RunStatus::killed || run.cause == StopCause::not_durable || run.unsent.value_or(1) > 0;
}

// Requests may have no record, and only `resume` finds out which.
bool must_be_resumed(const RunStanding& run) {
  return run.status == RunStatus::killed || run.cause == StopCause::not_durable || run.cause == StopCause::defect;
}

std::string_view resume_comment(StopCause cause) {
  switch (cause) {
    case StopCause::not_durable: return "after results can be written again (disk space, permissions)";
    case StopCause::input_failed: return "after the input is restored";
    default:
      return is_about_connection(cause) ? "after ping reports ok: sends the rows without a result"
                                        : "the rows without a result";
  }
}

std::vector<NextCommand> looks_before(const RunStanding& run) {
  if (run.cause == StopCause::defect && !run.directory.empty())
    return {{"amend status " + shell_path(run.directory), "shows what is recorded; the directory is not changed"}};
  if (run.cause == StopCause::strict && !run.check.empty()) return {{run.check, "shows the rows that are rejected"}};
  if (is_about_connection(run.cause) && !run.ping.empty()) return {{run.ping, "tests only the connection"}};
  return {};
}

// Adds what the command cannot show.
std::string with_headers(const RunStanding& run, std::string_view comment) {
  return (run.headers.empty() ? "" : "add " + run.headers + "; ") + std::string(comment);
}

NextCommand feed_command(const RunStanding& run, const std::string& file, std::string_view comment) {
  return {"amend update " + shell_path(file) + run.feed_options, with_headers(run, comment)};
}

// The operator accepted the rows of the run, so the command accepts them too.
NextCommand feed_again_command(const RunStanding& run, const std::string& file, std::string_view comment) {
  NextCommand out = feed_command(run, file, comment);
  if (run.accepts_findings) out.command += " --accept-findings";
  return out;
}

std::string reconcile_command(const RunStanding& run) {
  return run.reconcile.empty() ? "amend reconcile " + shell_path(run.input) : run.reconcile;
}

// The log is not reliable, but the API is.
std::vector<NextCommand> after_damage(const RunStanding& run) {
  if (run.input == "-") return {};
  return {{reconcile_command(run), "shows where the API differs from the file; sends nothing"}};
}

void add_what_was_sent(std::vector<NextCommand>& out, const RunStanding& run) {
  if (properties_of(run.task).compares_file && run.to_retry > 0 && !must_be_resumed(run))
    out.emplace_back(reconcile_command(run) + " --apply", "rows that already match are skipped");
  if (properties_of(run.task).has_plan) return;  // reconciling again does what a retry would do
  if (run.input != "-" && run.to_retry > 0 && !must_be_resumed(run))
    out.emplace_back("amend retry " + shell_path(run.directory),
                     with_headers(run, "after the cause is removed: retries failed and unknown rows"));
  if (run.input == "-") {
    // Standard input cannot be read again: its rows are only in the files.
    if (!run.failed_file.empty()) out.push_back(feed_again_command(run, run.failed_file, "after the cause is removed"));
    if (!run.unknown_file.empty())
      out.push_back(feed_again_command(run, run.unknown_file, "an update may be sent twice"));
  }
  if (!run.rejected_file.empty()) out.push_back(rejected_command(run, run.rejected_file));
}

std::string directory_of(const Options& options) {
  return options.run.empty() ? options.config.run_directory : options.run;
}

// Replaces the wrong setting: of the same option, and for --map of the same field.
std::string command_with(const MappingError& error, Options options) {
  const auto& [name, value] = error.setting();
  const auto entry = std::ranges::find(option_table(), std::string_view(name), &OptionEntry::name);
  const bool sends_rows = options.command == Command::update || options.command == Command::check;
  if (!sends_rows || entry == option_table().end() || !entry->takers.contains(Command::check)) return {};
  const std::string field = value.substr(0, value.find('=') + 1);
  for (Setting& setting : options.input_settings)
    if (setting.name == name)
      std::erase_if(setting.values, [&](const auto& other) { return other.starts_with(field); });
  options.input_settings.emplace_back(name, std::vector<std::string>{value});
  options.save_config.clear();
  return input_command(Command::check, options);
}

// Replaces the wrong setting by `setting`.
void replace_setting(Options& options, const std::string& name, const std::string& value) {
  std::erase_if(options.input_settings, [&](const Setting& setting) { return setting.name == name; });
  if (!value.empty()) options.input_settings.emplace_back(name, std::vector<std::string>{value});
  options.save_config.clear();
}

// The command checks the filter's output, because the file itself cannot be checked.
std::string command_with_lines(const JsonShapeError& error, Options options) {
  const bool reads_input = options.command == Command::update || options.command == Command::check;
  if (!reads_input || options.config.input.file == "-") return {};
  const std::string lines = command_for_lines(options.config.input.file, error.filter());
  replace_setting(options, "format", makes_csv(error.filter()) ? "csv" : "ndjson");
  options.config.input.file = "-";
  return lines + " | " + input_command(Command::check, options);
}

bool begins_with_a_run(Command command) noexcept {
  return command == Command::resume || command == Command::retry || command == Command::verify;
}

}  // namespace

bool is_about_connection(StopCause cause) noexcept {
  return cause == StopCause::credentials || cause == StopCause::gateway || cause == StopCause::tls ||
         cause == StopCause::wrong_host || cause == StopCause::outage;
}

std::string shown(const NextCommand& next) {
  return next.comment.empty() ? next.command : next.command + "   # " + next.comment;
}

std::vector<NextCommand> next_commands(const RunStanding& run) {
  if (run.status == RunStatus::running)
    return {{fmt::format("amend control {} status --watch", shell_path(run.directory)), ""}};
  if (run.replaced || run.status == RunStatus::compared) return {};
  if (run.status == RunStatus::damaged || run.cause == StopCause::log_lost) return after_damage(run);
  // The ids of that file may name the wrong customers: nothing of it is to be sent again as it is.
  if (run.cause == StopCause::guard) return {};
  std::vector<NextCommand> out = looks_before(run);
  if (can_be_resumed(run))
    out.emplace_back("amend resume " + shell_path(run.directory), with_headers(run, resume_comment(run.cause)));
  add_what_was_sent(out, run);
  return out;
}

NextCommand rejected_command(const RunStanding& run, const std::string& file) {
  return feed_command(run, file, "after you repair the rows");
}

void describe(RunStanding& run, const Config& config) {
  const std::string mapping = mapping_options(config.mapping);
  const std::string connection = connection_options(config);
  run.ping = ping_command(config);
  run.headers = header_names(config.auth);
  run.feed_options = connection + mapping;
  run.accepts_findings = config.input.accept_findings;
  if (config.load.rate.interval != RateSetting().interval || config.load.rate.mode != RateMode::fixed)
    run.feed_options += option_text("rate", show_rate(config.load.rate));
  MappingConfig compared = config.mapping;
  compared.guard_column.clear();  // `reconcile` does not accept it
  run.reconcile = "amend reconcile " + shell_path(config.input.file) + connection + input_options(config.input) +
                  mapping_options(compared) + reconcile_options(config.reconcile);
}

std::string ping_command(const Config& config) { return "amend ping" + connection_options(config); }

std::string input_command(Command command, const Options& options) {
  std::string out = fmt::format("amend {} {}", name_of(command), shell_path(options.config.input.file));
  if (!options.save_config.empty()) return out + path_option_text("config", options.save_config);
  for (const Setting& setting : options.input_settings) {
    for (const std::string& value : setting.values)
      out += value == "true" ? " --" + setting.name : option_text(setting.name, value);
  }
  return out;
}

std::string command_with_encoding(Options options, const std::string& encoding) {
  replace_setting(options, "encoding", encoding);
  if (options.command != Command::reconcile) return input_command(Command::check, options);
  return input_command(Command::reconcile, options) + connection_options(options.config) +
         reconcile_options(options.config.reconcile);
}

std::string command_after(const std::exception& error, ExitCode code, const Options& options) {
  if (const auto* refused = dynamic_cast<const MappingError*>(&error)) return command_with(*refused, options);
  if (const auto* refused = dynamic_cast<const JsonShapeError*>(&error)) return command_with_lines(*refused, options);
  if (const auto* refused = dynamic_cast<const EncodingError*>(&error))
    return command_with_encoding(options, refused->likely());
  if (const auto* refused = dynamic_cast<const ConfigError*>(&error); refused && !refused->next().empty())
    return refused->next();
  const std::string directory = directory_of(options);
  if (code == ExitCode::broken_invariant)
    return directory.empty() ? "amend runs" : "amend status " + shell_path(directory);
  if (directory.empty()) return {};
  if (code == ExitCode::input && begins_with_a_run(options.command)) return "amend status " + shell_path(directory);
  if (code == ExitCode::not_durable && options.command == Command::resume)
    return "amend resume " + shell_path(directory);
  return {};
}

}  // namespace amend::cli
