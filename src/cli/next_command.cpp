#include "cli/next_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "amend/error.hpp"
#include "amend/reader/mapper.hpp"
#include "cli/option_table.hpp"

namespace amend::cli {
namespace {

constexpr std::size_t path_bytes_max = 4096;  // Linux: PATH_MAX

std::string quoted(std::string_view word) { return shell_quoted(printable(word, path_bytes_max)); }

bool can_be_resumed(const RunStanding& run) {
  if (run.input == "-" || run.directory.empty()) return false;
  return run.life == RunStanding::Life::killed || run.cause == StopCause::not_durable || run.unsent.value_or(1) > 0;
}

// Requests may have no record: only a resumption finds out which.
bool must_be_resumed(const RunStanding& run) {
  return run.life == RunStanding::Life::killed || run.cause == StopCause::not_durable || run.cause == StopCause::defect;
}

std::string_view resume_comment(StopCause cause) {
  switch (cause) {
    case StopCause::not_durable: return "once results can be written again (space on the disk, rights)";
    case StopCause::input_failed: return "once the input is as it was";
    default:
      return is_about_connection(cause) ? "the rows without a result, once ping says ok" : "the rows without a result";
  }
}

std::vector<NextCommand> looks_before(const RunStanding& run) {
  if (run.cause == StopCause::defect && !run.directory.empty())
    return {{"amend status " + quoted(run.directory), "what is recorded; the directory is kept as it is"}};
  if (run.cause == StopCause::strict && !run.check.empty()) return {{run.check, "shows the rows that are rejected"}};
  if (is_about_connection(run.cause) && !run.ping.empty()) return {{run.ping, "tries the connection alone"}};
  return {};
}

void add_file(std::vector<NextCommand>& out, const std::string& file, std::string_view comment) {
  if (!file.empty()) out.emplace_back("amend update " + quoted(file), std::string(comment));
}

// The log cannot be relied on, the API can.
std::vector<NextCommand> after_damage(const RunStanding& run) {
  if (run.input == "-") return {};
  return {
      {"amend reconcile " + quoted(run.input), "with the same options: what the API holds otherwise; sends nothing"}};
}

void add_what_was_sent(std::vector<NextCommand>& out, const RunStanding& run) {
  if (run.task == Task::reconcile && run.to_retry > 0 && !must_be_resumed(run))
    out.emplace_back(fmt::format("amend reconcile {} --apply", quoted(run.input)),
                     "with the same options: what is right by now is left alone");
  if (run.task != Task::update) return;  // reconciling again does what a retry would do
  if (run.input != "-" && run.to_retry > 0 && !must_be_resumed(run))
    out.emplace_back("amend retry " + quoted(run.directory), "failed and unknown rows, once the cause is gone");
  if (run.input == "-") {
    // Standard input is gone: its rows are in the files only.
    add_file(out, run.failed_file, "with the same options, once the cause is gone");
    add_file(out, run.unknown_file, "with the same options: an update may be sent twice");
  }
  if (!run.rejected_file.empty()) out.push_back(rejected_command(run.rejected_file));
}

// User information in it would be a secret.
bool can_be_shown(std::string_view url) { return url.find('@') == std::string_view::npos; }

void add_option(std::string& out, std::string_view option, std::string_view value) {
  if (!value.empty()) out += fmt::format(" --{} {}", option, quoted(value));
}

std::string directory_of(const Options& options) {
  return options.run.empty() ? options.config.run_directory : options.run;
}

// The setting replaces the one that was at fault: of the same option, and for --map of the same field.
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
  using Life = RunStanding::Life;
  if (run.life == Life::goes_on) return {{fmt::format("amend control {} status --watch", quoted(run.directory)), ""}};
  if (run.life == Life::settled) return {};
  if (run.life == Life::damaged) return after_damage(run);
  // The ids of that file may name the wrong customers: nothing of it is to be sent again as it is.
  if (run.cause == StopCause::guard) return {};
  std::vector<NextCommand> out = looks_before(run);
  if (can_be_resumed(run))
    out.emplace_back("amend resume " + quoted(run.directory), std::string(resume_comment(run.cause)));
  add_what_was_sent(out, run);
  return out;
}

NextCommand rejected_command(const std::string& file) {
  return {"amend update " + quoted(file), "with the same options, once the rows are repaired"};
}

std::string ping_command(const Config& config) {
  const TargetConfig& target = config.target;
  const AuthConfig& auth = config.auth;
  std::string out = "amend ping";
  if (can_be_shown(target.url)) add_option(out, "url", target.url);
  if (auth.kind != Auth::wonder)
    add_option(out, "auth",
               std::ranges::find(auth_spellings, auth.kind, [](const auto& s) { return s.second; })->first);
  if (auth.kind == Auth::wonder) add_option(out, "app-id", auth.app_id);
  if (auth.kind == Auth::wonder) add_option(out, "private-key", auth.private_key_file);
  if (auth.kind == Auth::bearer) add_option(out, "bearer-file", auth.bearer_file);
  add_option(out, "header-file", auth.header_file);
  add_option(out, "ca-file", target.ca_file);
  add_option(out, "client-cert", target.client_cert);
  add_option(out, "client-key", target.client_key);
  if (can_be_shown(target.proxy)) add_option(out, "proxy", target.proxy);
  return target.ipv4_only ? out + " --ipv4" : out;
}

std::string input_command(Command command, const Options& options) {
  std::string out = fmt::format("amend {} {}", name_of(command), quoted(options.config.input.file));
  if (!options.save_config.empty()) return out + " --config " + quoted(options.save_config);
  for (const Setting& setting : options.input_settings) {
    for (const std::string& value : setting.values) {
      out += " --" + setting.name;
      if (value != "true") out += " " + quoted(value);
    }
  }
  return out;
}

std::string command_after(const std::exception& error, ExitCode code, const Options& options) {
  if (const auto* refused = dynamic_cast<const MappingError*>(&error)) return command_with(*refused, options);
  if (const auto* refused = dynamic_cast<const ConfigError*>(&error); refused && !refused->next().empty())
    return refused->next();
  const std::string directory = directory_of(options);
  if (code == ExitCode::broken_invariant) return directory.empty() ? "amend runs" : "amend status " + quoted(directory);
  if (directory.empty()) return {};
  if (code == ExitCode::input && begins_with_a_run(options.command)) return "amend status " + quoted(directory);
  if (code == ExitCode::not_durable && options.command == Command::resume) return "amend resume " + quoted(directory);
  return {};
}

}  // namespace amend::cli
