#include "cli/option/option_rules.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "amend/error.hpp"

namespace cli = amend::cli;
using amend::ConfigError;
using cli::Command;
using cli::Options;

namespace {

Options good(Command command) {
  Options options;
  options.command = command;
  options.config.target.url = "https://api.example";
  options.config.auth.kind = amend::Auth::none;
  options.owns_api = true;
  options.csv = true;
  options.run = "runs/a b";
  options.control = "status";
  if (command != Command::reconcile) return options;
  options.config.task = amend::Task::reconcile;
  options.config.input.duplicates = amend::Duplicates::last;
  return options;
}

struct Case {
  Command command;
  void (*spoil)(Options&);
  const char* refusal;
  const char* next;
};

const std::vector<Case> cases{
    {Command::control,
     [](Options& o) {
       o.control = "pause";
       o.watch = true;
     },
     "--watch needs the action status: amend control RUN status --watch", ""},
    {Command::export_log, [](Options& o) { o.csv = false; }, "export needs --csv: CSV is the only format",
     "amend export 'runs/a b' --csv"},
    {Command::reconcile, [](Options& o) { o.dashboard.emplace("127.0.0.1", 0); },
     "--dashboard needs --apply: without --apply amend sends no rows", ""},
    {Command::reconcile, [](Options& o) { o.metrics_listen.emplace("127.0.0.1", 0); },
     "--metrics-listen needs --apply: without --apply amend sends no rows", ""},
    {Command::reconcile, [](Options& o) { o.metrics_file = "m.prom"; },
     "--metrics-file needs --apply: without --apply amend sends no rows", ""},
    {Command::bench, [](Options& o) { o.owns_api = false; },
     "bench would send load to api.example, which is not this machine. If you own this API, add --yes-i-own-this-api, "
     "and type the name of the host when amend asks for it",
     ""},
    // The rules of the library, one for each way to check them.
    {Command::update, [](Options& o) { o.config.target.client_cert = "c"; }, "--client-cert needs --client-key", ""},
    {Command::check, [](Options& o) { o.config.input.delimiter = '"'; },
     "--delimiter must be one ASCII character, but not a quote or a line break", ""},
    {Command::bench, [](Options& o) { o.benchmark.find_max = true; },
     "--find-max needs --slo, for example --slo 'p99<300ms,errors<0.1%'", ""},
};

}  // namespace

TEST_CASE("option_rules: each rule refuses in its own words, and names the command to type when there is one") {
  std::set<const cli::OptionRule*> broken;
  for (const Case& c : cases) {
    CAPTURE(c.refusal);
    Options options = good(c.command);
    CHECK_NOTHROW(cli::require_option_rules(options));
    c.spoil(options);
    try {
      cli::require_option_rules(options);
      FAIL("not refused");
    } catch (const ConfigError& error) {
      CHECK(error.what() == std::string(c.refusal));
      CHECK(error.next() == c.next);
      CHECK(error.exit_code() == amend::ExitCode::usage);
    }
    for (const cli::OptionRule& rule : cli::option_rules())
      if (rule.commands.contains(c.command) && rule.refusal(options) == c.refusal) broken.insert(&rule);
  }
  CHECK(broken.size() == cli::option_rules().size());
}

TEST_CASE("option_rules: a rule is silent about the commands that it does not apply to") {
  Options options = good(Command::ping);
  options.owns_api = options.csv = false;
  CHECK_NOTHROW(cli::require_option_rules(options));
  options.command = Command::explain;
  options.config.target.url.clear();
  CHECK_NOTHROW(cli::require_option_rules(options));
}

TEST_CASE("option_rules: the command line is checked by them") {
  const std::vector<std::string> words{"export", "runs/a"};
  CHECK_THROWS_WITH_AS(cli::parse_command_line(words, [](const char*) -> const char* { return nullptr; }),
                       "export needs --csv: CSV is the only format", ConfigError);
}
