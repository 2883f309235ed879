#include "cli/option/options.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "cli/option/command_table.hpp"
#include "cli/option/option_table.hpp"
#include "cli/option/typed_command.hpp"
#include "cli/text/help_topics.hpp"
#include "unit/cli/holds.hpp"

namespace cli = amend::cli;
using amend::ConfigError;

namespace {

using Variables = std::map<std::string, std::string>;

constexpr char app_id[] = "0f8fad5b-d9cb-469f-a165-70867728950e";

cli::CommandLine parse(const std::vector<std::string>& arguments, const Variables& variables = {}) {
  return cli::parse_command_line(arguments, [&](const char* name) -> const char* {
    const auto at = variables.find(name);
    return at == variables.end() ? nullptr : at->second.c_str();
  });
}

// `amend update customers.csv` with what is always needed, and `more`.
cli::Options update(std::vector<std::string> more, const Variables& variables = {}) {
  std::vector<std::string> arguments{"update", "customers.csv", "--url", "https://api.example", "--app-id", app_id};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return parse(arguments, variables).options;
}

std::string complaint(const std::vector<std::string>& arguments, const Variables& variables = {}) {
  try {
    parse(arguments, variables);
  } catch (const ConfigError& error) {
    CHECK(error.exit_code() == amend::ExitCode::usage);
    return error.what();
  }
  return "";
}

std::string update_complaint(std::vector<std::string> more) {
  std::vector<std::string> arguments{"update", "customers.csv", "--url", "https://api.example", "--app-id", app_id};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return complaint(arguments);
}

class ConfigText {
 public:
  explicit ConfigText(const std::string& text)
      : path_(
            (std::filesystem::temp_directory_path() / ("amend-options-test-" + std::to_string(::getpid()))).string()) {
    std::ofstream(path_) << text;
  }
  ~ConfigText() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("options: --help-all of a command shows every option it takes, under its group, with its variable") {
  for (const cli::CommandEntry& known : cli::command_table()) {
    const cli::Command command = known.command;
    const std::string help = parse({std::string(known.name), "--help-all"}).text;
    for (const cli::OptionEntry& entry : cli::option_table()) {
      CAPTURE(entry.name);
      const std::string option =
          "  --" + std::string(entry.name) + (entry.value.empty() ? " " : " " + std::string(entry.value));
      CHECK(holds(help, option) == entry.takers.contains(command));
      if (!entry.takers.contains(command)) continue;
      CHECK(entry.description.size() > 10);
      CHECK(holds(help, entry.description.substr(0, 20)));
      CHECK(holds(help, "\n" + std::string(entry.group) + ":\n"));
      if (entry.environment) CHECK(holds(help, entry.environment));
    }
    CHECK(holds(help, "--config FILE") != (known.kind == cli::CommandEntry::Kind::shows_program));
    CHECK(holds(help, "Examples:\n  amend "));
  }
}

TEST_CASE("options: --help of a command shows at most 20 everyday options, on 80 columns") {
  for (const cli::CommandEntry& known : cli::command_table()) {
    const std::string name(known.name);
    CAPTURE(name);
    const std::string help = parse({name, "--help"}).text;
    std::istringstream lines(help);
    int options = 0;
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(line.size() <= 80);
      if (line.starts_with("  --") || line.starts_with("  -h,--help")) ++options;
    }
    CHECK(options >= 2);
    CHECK(options <= 20);
    const std::string all = parse({name, "--help-all"}).text;
    CHECK(all.size() >= help.size() - 60);
    CHECK(holds(help, "more options: amend " + name + " --help-all") == (all.size() > help.size()));
  }
}

TEST_CASE("options: what somebody types first is among the everyday options of update") {
  const std::string help = parse({"update", "--help"}).text;
  for (const char* option : {"--url", "--app-id", "--private-key", "--dry-run", "--limit", "--rate", "--yes", "--run",
                             "--map", "--deadline", "--config"}) {
    CAPTURE(option);
    CHECK(holds(help, std::string("  ") + option + " "));
  }
  CHECK_FALSE(holds(help, "--stall"));
}

TEST_CASE("help: of a command is its --help, of a topic its text, of a name of both both") {
  CHECK(parse({"help", "update"}).text == parse({"update", "--help"}).text);
  CHECK(parse({"help", "update", "--help-all"}).text == parse({"update", "--help-all"}).text);
  CHECK(parse({"help"}).text == parse({"--help"}).text);
  CHECK(parse({"help", "retries"}).text.starts_with("# "));
  const std::string both = parse({"help", "reconcile"}).text;
  CHECK(both.starts_with(parse({"reconcile", "--help"}).text));
  CHECK(both.ends_with(cli::find_topic("reconcile")->text));
}

TEST_CASE("help: lists each topic with its title") {
  const std::string help = parse({"help"}).text;
  for (const char* topic : {"bench", "input", "limits", "metrics", "outages", "rate", "reconcile", "retries",
                            "run-directory", "security"}) {
    CAPTURE(topic);
    REQUIRE(cli::find_topic(topic) != nullptr);
    CHECK(holds(help, "\n  " + std::string(topic) + " "));
    CHECK(holds(help, std::string(cli::title_of(*cli::find_topic(topic))) + "\n"));
  }
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
}

TEST_CASE("options: --help names the commands that exist, and the exit codes") {
  const std::string help = parse({"--help"}).text;
  for (const char* part : {"update", "check", "reconcile", "resume", "retry", "status", "export", "ping", "--version",
                           "amend check customers.csv", "Examples:", "Exit codes: 0", "130/143"}) {
    CAPTURE(part);
    CHECK(holds(help, part));
  }
  CHECK(parse({"--version"}).text.starts_with("amend "));
}

TEST_CASE("options: every option sets its part of the configuration") {
  using amend::Config;
  using namespace std::chrono_literals;
  struct Case {
    std::vector<std::string> arguments;
    bool (*holds)(const cli::Options&);
  };
  const std::vector<Case> cases{
      {{"--ca-file", "ca.pem"}, [](auto& o) { return o.config.target.ca_file == "ca.pem"; }},
      {{"--client-cert", "c", "--client-key", "k"},
       [](auto& o) { return o.config.target.client_cert == "c" && o.config.target.client_key == "k"; }},
      {{"--ipv4"}, [](auto& o) { return o.config.target.ipv4_only; }},
      {{"--allow-http"}, [](auto& o) { return o.config.target.allow_plain_http; }},
      {{"--auth", "none"}, [](auto& o) { return o.config.auth.kind == amend::Auth::none; }},
      {{"--auth", "bearer", "--bearer-file", "t"}, [](auto& o) { return o.config.auth.bearer_file == "t"; }},
      {{"--private-key", "key.pem"}, [](auto& o) { return o.config.auth.private_key_file == "key.pem"; }},
      {{"--header-file", "h"}, [](auto& o) { return o.config.auth.header_file == "h"; }},
      {{"--header", "X-A: [1]", "--header", "X-B: 2"},
       [](auto& o) {
         return o.config.auth.headers == std::vector<std::string>{"X-A: [1]", "X-B: 2"};
       }},
      {{"--format", "ndjson"}, [](auto& o) { return o.config.input.format == amend::Format::ndjson; }},
      {{"--delimiter", "tab"}, [](auto& o) { return o.config.input.delimiter == '\t'; }},
      {{"--encoding", "windows-1252"}, [](auto& o) { return o.config.input.encoding == "windows-1252"; }},
      {{"--recover"}, [](auto& o) { return o.config.input.recover; }},
      {{"--duplicates", "last"}, [](auto& o) { return o.config.input.duplicates == amend::Duplicates::last; }},
      {{"--duplicates", "first"}, [](auto& o) { return o.config.input.duplicates == amend::Duplicates::first; }},
      {{"--duplicates", "reject"}, [](auto& o) { return o.config.input.duplicates == amend::Duplicates::reject; }},
      {{"--trim"}, [](auto& o) { return o.config.mapping.trim; }},
      {{"--strip-formula"}, [](auto& o) { return o.config.mapping.strip_formula; }},
      {{"--accept-findings"}, [](auto& o) { return o.config.input.accept_findings && !o.yes; }},
      {{"--null-text", "NULL", "--null-text", "\\N"},
       [](auto& o) {
         return o.config.mapping.null_texts == std::vector<std::string>{"NULL", "\\N"};
       }},
      {{"--split-phone"}, [](auto& o) { return o.config.mapping.split_phone; }},
      {{"--skip-check"}, [](auto& o) { return o.skip_check; }},
      {{"--limit", "10"}, [](auto& o) { return o.config.input.limit == 10; }},
      {{"--strict"}, [](auto& o) { return o.config.input.strict; }},
      {{"--map", "name=Full Name", "--map", "phone=Tel"},
       [](auto& o) {
         return o.config.mapping.columns.size() == 2 && o.config.mapping.columns[0].second == "Full Name";
       }},
      {{"--id-column", "Customer"}, [](auto& o) { return o.config.mapping.id_column == "Customer"; }},
      {{"--blank", "email=empty", "--blank", "name=null"},
       [](auto& o) {
         return o.config.mapping.blanks.size() == 2 && o.config.mapping.blanks[1].second == amend::Blank::null;
       }},
      {{"--guard", "reference_number=Ref"}, [](auto& o) { return o.config.mapping.guard_column == "Ref"; }},
      {{"--rate", "100/s"}, [](auto& o) { return o.config.load.rate.interval == 10ms; }},
      {{"--rate", "auto:100/s"},
       [](auto& o) {
         return o.config.load.rate.mode == amend::RateMode::adaptive && o.config.load.rate.interval == 10ms;
       }},
      {{"--metrics-file", "m.prom"}, [](auto& o) { return o.metrics_file == "m.prom"; }},
      {{"--dashboard", "[::1]:8080"}, [](auto& o) { return o.dashboard == cli::ListenAddress("::1", 8080); }},
      {{"--metrics-listen", "localhost:9464"},
       [](auto& o) { return o.metrics_listen == cli::ListenAddress("127.0.0.1", 9464); }},
      {{"--burst", "7"}, [](auto& o) { return o.config.load.burst == 7; }},
      {{"--connections", "8"}, [](auto& o) { return o.config.load.connections == 8; }},
      {{"--pipeline", "16"}, [](auto& o) { return o.config.load.pipeline == 16; }},
      {{"--workers", "2"}, [](auto& o) { return o.config.load.workers == 2; }},
      {{"--max-attempts", "1"}, [](auto& o) { return o.config.retry.attempts_max == 1; }},
      {{"--timeout", "1m"}, [](auto& o) { return o.config.deadline.response == 1min; }},
      {{"--connect-timeout", "1s"}, [](auto& o) { return o.config.deadline.connect == 1s; }},
      {{"--row-timeout", "1h"}, [](auto& o) { return o.config.deadline.row == 1h; }},
      {{"--outage-limit", "2h"}, [](auto& o) { return o.config.deadline.outage == 2h; }},
      {{"--grace", "1s"}, [](auto& o) { return o.config.deadline.grace == 1s; }},
      {{"--deadline", "8h"}, [](auto& o) { return o.config.deadline.run == 8h; }},
      {{"--deadline", "06:30"},
       [](auto& o) { return o.config.deadline.run_until == 390 && o.config.deadline.run == 0ms; }},
      {{"--max-failures", "500"},
       [](auto& o) { return o.config.failures.rows_max == 500 && o.config.failures.percent_max == 0; }},
      {{"--max-failures", "2%"},
       [](auto& o) { return o.config.failures.rows_max == 0 && o.config.failures.percent_max == 2; }},
      {{"--stall", "2m"}, [](auto& o) { return o.config.deadline.stall == 2min; }},
      {{"--durable"}, [](auto& o) { return o.config.commit == amend::Commit::batch; }},
      {{"--run", "runs/a"}, [](auto& o) { return o.config.run_directory == "runs/a"; }},
      {{"--dry-run"}, [](auto& o) { return o.dry_run; }},
      {{"--yes"}, [](auto& o) { return o.yes; }},
      {{"--progress", "plain"}, [](auto& o) { return o.progress == cli::ProgressForm::plain; }},
      {{"--json"}, [](auto& o) { return o.json; }},
      {{"--quiet"}, [](auto& o) { return o.quiet; }},
  };
  for (const Case& c : cases) {
    CAPTURE(c.arguments.front());
    CHECK_FALSE(c.holds(update({})));
    CHECK(c.holds(update(c.arguments)));
  }
  CHECK(parse({"ping", "--url", "https://a.example", "--app-id", app_id, "--echo-path", "/echo"})
            .options.config.target.echo_path == "/echo");
}

TEST_CASE("options: the flag stands above the environment, that above the file, that above the default") {
  const ConfigText file(
      "rate = \"10/s\"\nurl = \"https://file.example\"\nstrict = true\nheader = [\"X-A: 1\", \"X-B: 2 3\"]\n");
  const std::vector<std::string> base{"update", "c.csv", "--app-id", app_id, "--config", file.path()};

  const auto from_file = parse(base).options;
  CHECK(from_file.config.target.url == "https://file.example");
  CHECK(from_file.config.load.rate.interval == std::chrono::milliseconds(100));
  CHECK(from_file.config.load.burst == 1);
  CHECK(from_file.config.input.strict);
  CHECK(from_file.config.auth.headers == std::vector<std::string>{"X-A: 1", "X-B: 2 3"});

  const Variables variables{{"AMEND_URL", "https://environment.example"}};
  CHECK(parse(base, variables).options.config.target.url == "https://environment.example");

  auto with_flag = base;
  with_flag.insert(with_flag.end(), {"--url", "https://flag.example"});
  CHECK(parse(with_flag, variables).options.config.target.url == "https://flag.example");
}

TEST_CASE("options: a key's text in the environment stands above a key's file in --config") {
  const ConfigText file("private-key = \"key.pem\"\n");
  const std::vector<std::string> base{"update",   "c.csv", "--url",    "https://a.example",
                                      "--app-id", app_id,  "--config", file.path()};
  CHECK(parse(base).options.config.auth.private_key_file == "key.pem");
  CHECK(parse(base, {{"WONDER_PRIVATE_KEY", "pem"}}).options.config.auth.private_key_file.empty());
}

TEST_CASE("options: a --config file may hold a part for one command, and is refused for what it does not know") {
  const ConfigText parts("[update]\nburst = 5\n[ping]\ntimeout = \"1s\"\n");
  CHECK(update({"--config", parts.path()}).config.load.burst == 5);
  CHECK(update({"--config", parts.path()}).config.deadline.response == std::chrono::seconds(30));
  CHECK(holds(update_complaint({"--config", "no-such-file"}), "--config: there is no file \"no-such-file\""));
  {
    const ConfigText unknown("bursts = 5\n");
    CHECK(holds(update_complaint({"--config", unknown.path()}),
                "unknown option \"bursts\" (did you mean burst?); see amend update --help"));
  }
  const ConfigText bad("burst = 0\n");
  CHECK(holds(update_complaint({"--config", bad.path()}), "--burst must be between 1 and 10000, got 0 (from "));
}

TEST_CASE("options: control takes its request as words, and needs neither an address nor credentials") {
  const auto rate = parse({"control", "runs/a", "rate", "50/s"}).options;
  CHECK(rate.command == cli::Command::control);
  CHECK(rate.run == "runs/a");
  CHECK(rate.control == "rate 50/s");
  const auto status = parse({"control", "runs/a", "status", "--watch", "--json"}).options;
  CHECK(status.control == "status");
  CHECK(status.watch);
  CHECK(status.json);
}

TEST_CASE("options: a wrong command line is refused in one line that names the option") {
  struct Case {
    std::vector<std::string> arguments;
    const char* message;
  };
  const std::vector<Case> cases{
      {{},
       "name a command: update, check, reconcile, verify, undo, resume, retry, status, runs, control, export, report, "
       "explain, "
       "ping, bench, help, version, completion or man; see "
       "amend --help"},
      {{"control"}, "name the run and the action: amend control RUN ACTION; see amend control --help"},
      {{"control", "r"}, "name the run and the action: amend control RUN ACTION; see amend control --help"},
      {{"control", "r", "stop"},
       "control takes pause, resume, rate RATE, connections N, status or drain, got \"stop\""},
      {{"control", "r", "pause", "now"}, nullptr},
      {{"control", "r", "rate", "1/s", "2/s"}, "unexpected argument 2/s; see amend control --help"},
      {{"control", "r", "pause", "--watch"}, "--watch needs the action status: amend control RUN status --watch"},
      {{"status", "r", "--watch"}, "unknown option --watch; see amend status --help"},
      {{"update", "a.csv", "--metrics-listen", "0.0.0.0:1"},
       "--metrics-listen takes ADDRESS:PORT on this machine only (127.0.0.1:9464, [::1]:9464, port 0 to 65535), got "
       "\"0.0.0.0:1\""},
      {{"updat"}, "unknown command updat (did you mean update?); see amend --help"},
      {{"updat3r", "a.csv"}, "unknown command updat3r (did you mean update?); see amend --help"},
      {{"frobnicate"}, "unknown command frobnicate; see amend --help"},
      {{"update", "a.csv", "--conections=hunter2"},
       "unknown option --conections (did you mean --connections?); see amend update --help"},
      {{"control", "r", "paus"},
       "control takes pause, resume, rate RATE, connections N, status or drain, got \"paus\" (did you mean pause?)"},
      {{"--bogus"}, "unknown option --bogus; see amend --help"},
      {{"--halp"}, "unknown option --halp (did you mean --help?); see amend --help"},
      {{"--versoin"}, "unknown option --versoin (did you mean --version?); see amend --help"},
      {{"hlep"}, "unknown command hlep (did you mean help?); see amend --help"},
      {{"help", "updaet"}, "unknown help topic updaet (did you mean update?); see amend help"},
      {{"help", "retrise"}, "unknown help topic retrise (did you mean retries?); see amend help"},
      {{"help", "frobnicate"}, "unknown help topic frobnicate; see amend help"},
      {{"help", "retries", "rate"}, "unexpected argument rate; see amend help"},
      {{"version", "now"}, "unexpected argument now; see amend version --help"},
      {{"update"}, "name the input: amend update FILE (- for standard input); see amend update --help"},
      {{"update", "a.csv", "--bogus=hunter2"}, "unknown option --bogus; see amend update --help"},
      {{"update", "a.csv", "b.csv"}, "unexpected argument b.csv; see amend update --help"},
      {{"check"}, "name the input: amend check FILE (- for standard input); see amend check --help"},
      {{"check", "a.csv", "--skip-check"}, "unknown option --skip-check; see amend check --help"},
      {{"update", "a.csv", "--save-config", "b"}, "unknown option --save-config; see amend update --help"},
      {{"check", "a.csv", "--delimiter", "\""},
       "--delimiter must be one ASCII character, but not a quote or a line break"},
      {{"check", "a.csv", "--duplicates", "all"},
       "--duplicates must be one of order, last, first, reject, got \"all\""},
      {{"ping", "--rate", "3"}, "unknown option --rate; see amend ping --help"},
      {{"update", "a.csv", "--url"}, "--url needs a value; see amend update --help"},
      {{"update", "a.csv", "--url", "a", "--url", "b"}, "--url is given twice"},
      {{"update", "a.csv", "--run", ""}, "--run needs a value, got an empty one"},
      {{"update", "a.csv", "--auth", "basic"}, "--auth must be one of wonder, bearer, none, got \"basic\""},
      {{"update", "a.csv", "--guard", "id=Ref"}, "--guard takes reference_number=COLUMN, got \"id=Ref\""},
      {{"update", "a.csv", "--blank", "name=zero"}, "--blank must be one of omit, empty, null, got \"zero\""},
      {{"update", "a.csv", "--progress", "loud"}, "--progress must be one of auto, bar, plain, none, got \"loud\""},
      {{"update", "a.csv", "--burst", "-1"}, "--burst must be between 1 and 10000, got -1"},
      {{"update", "a.csv", "--deadline", "24:00"},
       "--deadline takes a time of day from 00:00 to 23:59, or a duration (8h), got \"24:00\""},
      {{"update", "a.csv", "--max-failures", "0%"}, "--max-failures must be between 1 and 100, got 0"},
      {{"update", "a.csv", "--max-failures", "0"}, nullptr},
      {{"update", "a.csv", "--strict=perhaps"}, nullptr},
  };
  for (const Case& c : cases) {
    const std::string message = complaint(c.arguments);
    CAPTURE(message);
    CHECK_FALSE(message.empty());
    if (c.message) CHECK(message == c.message);
    CHECK_FALSE(holds(message, "\n"));
    CHECK_FALSE(holds(message, "hunter2"));
  }
}

TEST_CASE("options: a flag can be switched off again, as a file may have switched it on") {
  const ConfigText file("strict = true\n");
  CHECK_FALSE(update({"--config", file.path(), "--strict=false"}).config.input.strict);
}

TEST_CASE("options: a wrong value from the environment names its variable") {
  const std::string message =
      complaint({"update", "a.csv"}, {{"AMEND_URL", "https://a.example"}, {"WONDER_APP_ID", "x"}});
  CHECK(holds(message, "--app-id must be a uuid"));
}

TEST_CASE("options: a key's text instead of its file's name is refused, and not repeated") {
  const std::string message = update_complaint({"--private-key", "-----BEGIN PRIVATE KEY-----\nMIIhunter2"});
  CHECK(holds(message, "--private-key needs a file name"));
  CHECK(holds(message, "WONDER_PRIVATE_KEY"));
  CHECK_FALSE(holds(message, "hunter2"));
}

TEST_CASE("options: a longer connect deadline leaves room for more than one first attempt") {
  using namespace std::chrono_literals;
  CHECK(update({}).config.deadline.first_connect == 15s);
  CHECK(update({"--connect-timeout", "20s"}).config.deadline.first_connect == 60s);
}

TEST_CASE("options: check needs neither an address nor credentials, and takes none from the environment or a file") {
  const ConfigText shared(
      "url = \"https://a.example\"\napp-id = \"no uuid\"\nencoding = \"gbk\"\n[check]\nrate = \"5/s\"\n");
  const auto options = parse({"check", "a.csv", "--config", shared.path(), "--save-config", "b.toml", "--trim"},
                             {{"AMEND_URL", "https://b.example"}})
                           .options;
  CHECK(options.command == cli::Command::check);
  CHECK(options.config.input.file == "a.csv");
  CHECK(options.config.input.encoding == "gbk");
  CHECK(options.config.load.rate.interval == std::chrono::milliseconds(200));
  CHECK(options.config.target.url.empty());
  CHECK(options.save_config == "b.toml");
  CHECK(options.input_settings == std::vector<cli::Setting>{{"encoding", {"gbk"}}, {"trim", {"true"}}});
}

TEST_CASE("options: what describes the input is told apart from what describes a run") {
  const auto options = update({"--limit", "3", "--strict", "--rate", "5/s", "--yes", "--map", "name=N", "--trim=false",
                               "--blank", "email=null"});
  CHECK(options.input_settings == std::vector<cli::Setting>{{"map", {"name=N"}}, {"blank", {"email=null"}}});
  for (const cli::OptionEntry& entry : cli::option_table()) {
    CAPTURE(entry.name);
    if (cli::describes_input(entry)) CHECK(entry.environment == nullptr);
  }
}

TEST_CASE("options: a --config file that is no such file is refused in one line that names its line") {
  const ConfigText broken("rate = \"5/s\"\nmap = [\"name=N\"\n");
  const std::string message = update_complaint({"--config", broken.path()});
  CHECK(holds(message, "--config: " + broken.path() + ": line "));
  CHECK_FALSE(holds(message, "\n"));
  const ConfigText unquoted("map = name=Full Name\n");
  CHECK(holds(update_complaint({"--config", unquoted.path()}), "line 1: not valid TOML, while parsing "));
}

TEST_CASE("options: those of reconcile set its part; rows may be partial, and none goes ahead of the others") {
  const auto parsed = [](std::vector<std::string> more) {
    std::vector<std::string> all{"reconcile", "crm.csv", "--url", "https://h", "--auth", "none"};
    all.insert(all.end(), more.begin(), more.end());
    return parse(all).options.config;
  };
  const amend::Config usual = parsed({});
  CHECK(usual.input.file == "crm.csv");
  CHECK(usual.mapping.form == amend::RowForm::partial);
  CHECK(usual.load.canary == amend::CanaryMode::off);
  CHECK(usual.reconcile.look_up == amend::LookUp::automatic);
  CHECK(parsed({"--look-up", "each"}).reconcile.look_up == amend::LookUp::each);
  CHECK(parsed({"--company-name", "always"}).reconcile.company_name == amend::CompanyName::always);
  CHECK(parsed({"--ignore-case", "email", "--ignore-case", "name"}).reconcile.ignore_case ==
        std::vector<std::string>{"email", "name"});
  CHECK(parsed({"--ignore-space"}).reconcile.ignore_space);
  CHECK(parsed({"--show-missing"}).reconcile.show_missing);
  CHECK(parsed({"--show-values"}).reconcile.show_values);
  CHECK(parsed({"--reference-column", "Customer No"}).mapping.reference_column == "Customer No");
  CHECK_THROWS_AS(parsed({"--show-missing", "--look-up", "each"}), amend::ConfigError);
  CHECK(usual.input.duplicates == amend::Duplicates::last);
  CHECK_FALSE(usual.reconcile.apply);
  const amend::Config applied = parsed({"--apply", "--recheck", "--baseline", "runs/old", "--company-name", "journal"});
  CHECK(applied.reconcile.apply);
  CHECK(applied.reconcile.recheck == amend::Recheck::yes);
  CHECK(applied.reconcile.baseline == "runs/old");
  CHECK(applied.reconcile.company_name == amend::CompanyName::journal);
  CHECK(applied.load.canary == amend::CanaryMode::on);
  CHECK_THROWS_AS(parsed({"--duplicates", "order"}), amend::ConfigError);
  CHECK_THROWS_AS(parsed({"--guard", "reference_number=R"}), amend::ConfigError);
}

TEST_CASE(
    "options: HTTPS_PROXY is for other machines that NO_PROXY does not name; --proxy is for all, and none is none") {
  const Variables given{{"HTTPS_PROXY", "http://proxy.example:3128"}, {"NO_PROXY", "intern.example"}};
  CHECK(update({}, given).config.target.proxy == "http://proxy.example:3128");
  CHECK(update({}, {{"https_proxy", "http://p:1"}}).config.target.proxy == "http://p:1");
  CHECK(update({"--proxy", "http://other:1"}, given).config.target.proxy == "http://other:1");
  CHECK(update({"--proxy", "none"}, given).config.target.proxy.empty());
  const auto to = [&](const std::string& url) {
    return parse({"update", "customers.csv", "--url", url, "--auth", "none"}, given).options.config.target.proxy;
  };
  CHECK(to("https://api.intern.example").empty());
  CHECK(to("https://127.0.0.1:8443").empty());
  CHECK(to("http://localhost:8080").empty());
  CHECK(to("https://elsewhere.example") == "http://proxy.example:3128");
  CHECK(holds(complaint({"update", "c.csv", "--url", "https://h", "--auth", "none"}, {{"HTTPS_PROXY", "socks5://p"}}),
              "(from the variable HTTPS_PROXY)"));
}

TEST_CASE("options: the command line of an update is checked by exchanging one word") {
  const auto options =
      parse({"check", "a.csv", "--url", "https://a.example", "--auth", "none", "--trim", "--rate", "5/s"}).options;
  CHECK(options.command == cli::Command::check);
  CHECK(options.input_settings == std::vector<cli::Setting>{{"trim", {"true"}}});
}
