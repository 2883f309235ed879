#include "cli/text/next_command.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/reader/encoding_check.hpp"
#include "reader/json/json_error.hpp"
#include "reader/mapping/mapper.hpp"

namespace cli = amend::cli;
using amend::ConfigError;
using amend::ExitCode;
using amend::StopCause;
using cli::RunStanding;

namespace {

// 500 of its rows have no result.
RunStanding stopped_by(StopCause cause) {
  RunStanding run;
  run.cause = cause;
  run.directory = "amend-runs/a";
  run.input = "customers.csv";
  run.unsent = 500;
  run.check = "amend check customers.csv --map phone=Tel";
  run.ping = "amend ping --url https://api.example";
  return run;
}

std::vector<std::string> typed(const RunStanding& run) {
  std::vector<std::string> out;
  for (const cli::NextCommand& next : cli::next_commands(run)) out.push_back(next.command);
  return out;
}

using Commands = std::vector<std::string>;
const std::string resume = "amend resume amend-runs/a";

cli::Options update_of(const std::string& file) {
  cli::Options options;
  options.config.input.file = file;
  return options;
}

std::string after(const std::exception& error, ExitCode code, const cli::Options& options) {
  return cli::command_after(error, code, options);
}

}  // namespace

TEST_CASE("next: a run that was stopped by a signal, the deadline, failures or a person is gone on with") {
  for (const StopCause cause : {StopCause::interrupted, StopCause::terminated, StopCause::drained, StopCause::deadline,
                                StopCause::failures, StopCause::stalled, StopCause::no_threads})
    CHECK(typed(stopped_by(cause)) == Commands{resume});
}

TEST_CASE("next: what the connection refused is tried alone first, then gone on with") {
  for (const StopCause cause : {StopCause::credentials, StopCause::tls, StopCause::wrong_host, StopCause::outage}) {
    RunStanding run = stopped_by(cause);
    CHECK(typed(run) == Commands{run.ping, resume});
    run.ping.clear();
    CHECK(typed(run) == Commands{resume});
  }
}

TEST_CASE("next: after --strict the rows that are rejected are looked at first") {
  CHECK(typed(stopped_by(StopCause::strict)) == Commands{"amend check customers.csv --map phone=Tel", resume});
}

TEST_CASE("next: results that could not be written are gone on with once there is space, and not retried before") {
  RunStanding run = stopped_by(StopCause::not_durable);
  run.unsent.reset();
  run.to_retry = 3;
  const auto commands = cli::next_commands(run);
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].command == resume);
  CHECK(commands[0].comment.find("space") != std::string::npos);
}

TEST_CASE("next: after a defect what is recorded is looked at before anything is sent") {
  CHECK(typed(stopped_by(StopCause::defect)) == Commands{"amend status amend-runs/a", resume});
}

TEST_CASE("next: nothing of a file whose ids may name other customers is to be sent, whatever is left of it") {
  RunStanding run = stopped_by(StopCause::guard);
  run.to_retry = 3;
  run.rejected_file = "amend-runs/a/rejected.csv";
  CHECK(typed(run).empty());
}

TEST_CASE(
    "next: a run that was killed is resumed before it is retried; one that goes on is asked; a damaged one is "
    "compared with the API") {
  RunStanding run = stopped_by(StopCause::none);
  run.to_retry = 3;
  run.status = RunStatus::killed;
  CHECK(typed(run) == Commands{resume});
  run.status = RunStatus::running;
  CHECK(typed(run) == Commands{"amend control amend-runs/a status --watch"});
  run.status = RunStatus::damaged;
  CHECK(typed(run) == Commands{"amend reconcile customers.csv"});
  run.replaced = true;
  CHECK(typed(run).empty());
}

TEST_CASE("next: failed rows are retried, rejected ones fed back from their file; nothing when all is well") {
  RunStanding run = stopped_by(StopCause::none);
  run.unsent = 0;
  CHECK(typed(run).empty());
  run.to_retry = 3;
  run.rejected_file = "amend-runs/a/rejected.csv";
  CHECK(typed(run) == Commands{"amend retry amend-runs/a", "amend update amend-runs/a/rejected.csv"});
}

TEST_CASE("next: standard input is gone: only the files of the run are fed back") {
  RunStanding run = stopped_by(StopCause::interrupted);
  run.input = "-";
  run.unsent.reset();
  run.to_retry = 3;
  run.failed_file = "amend-runs/a/failed.csv";
  CHECK(typed(run) == Commands{"amend update amend-runs/a/failed.csv"});
}

TEST_CASE("next: values that the operator has accepted are accepted again, but not those of rows to be repaired") {
  RunStanding run = stopped_by(StopCause::none);
  run.input = "-";
  run.unsent = 0;
  run.failed_file = "a/failed.csv";
  run.rejected_file = "a/rejected.csv";
  run.accepts_findings = true;
  CHECK(typed(run) == Commands{"amend update a/failed.csv --accept-findings", "amend update a/rejected.csv"});
}

TEST_CASE("next: a directory with a blank is quoted for the shell") {
  RunStanding run = stopped_by(StopCause::interrupted);
  run.directory = "it's a run";
  CHECK(typed(run) == Commands{"amend resume 'it'\\''s a run'"});
}

TEST_CASE("next: ping has the run's connection and names files, never a secret") {
  amend::Config config;
  config.target.url = "https://api.example";
  config.target.ca_file = "my ca.pem";
  config.auth.app_id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
  config.auth.private_key_file = "key.pem";
  config.auth.headers = {"X-Tenant: hunter2"};
  CHECK(cli::ping_command(config) ==
        "amend ping --url https://api.example --app-id 3f2504e0-4f89-41d3-9a0c-0305e82c3301 --private-key key.pem "
        "--ca-file 'my ca.pem'");
  config.target.url = "https://me:hunter2@api.example";
  config.target.proxy = "http://me:hunter2@proxy.example:3128";
  config.auth.kind = amend::Auth::bearer;
  config.auth.bearer_file = "token";
  CHECK(cli::ping_command(config) == "amend ping --auth bearer --bearer-file token --ca-file 'my ca.pem'");
}

TEST_CASE("next: a retry file is sent with what its run was given, and without what only its input needed") {
  amend::Config config;
  config.target.url = "https://api.example";
  config.auth.kind = amend::Auth::none;
  config.auth.headers = {"X-Tenant: hunter2"};
  config.input.file = "export.csv";
  config.input.encoding = "windows-1252";
  config.input.delimiter = ';';
  config.mapping.columns = {{"name", "Full Name"}, {"phone", "-"}};
  config.mapping.id_column = "-id";
  config.mapping.blanks = {{"email", amend::Blank::null}};
  config.mapping.trim = true;
  config.mapping.guard_column = "Ref";
  config.load.rate.interval = std::chrono::milliseconds(100);
  RunStanding run = stopped_by(StopCause::none);
  run.unsent = 0;
  run.rejected_file = "-a/rejected.csv";
  cli::describe(run, config);
  const auto commands = cli::next_commands(run);
  REQUIRE(commands.size() == 1);
  CHECK(commands[0].command ==
        "amend update ./-a/rejected.csv --url https://api.example --auth none --map 'name=Full Name' --map phone=- "
        "--id-column=-id --blank email=null --trim --guard reference_number=Ref --rate 10/s");
  CHECK(commands[0].comment == "add --header X-Tenant; after you repair the rows");
  run.status = RunStatus::damaged;
  CHECK(typed(run) == Commands{"amend reconcile export.csv --url https://api.example --auth none --delimiter ';' "
                               "--encoding windows-1252 --map 'name=Full Name' --map phone=- --id-column=-id --blank "
                               "email=null --trim"});
}

TEST_CASE("next: an input in another encoding is looked at in the one that is likely, or without any") {
  cli::Options options = update_of("a.csv");
  options.input_settings = {{"encoding", {"big5"}}, {"trim", {"true"}}};
  CHECK(after(amend::EncodingError("not UTF-8", "gbk"), ExitCode::usage, options) ==
        "amend check a.csv --trim --encoding gbk");
  CHECK(after(amend::EncodingError("UTF-8", ""), ExitCode::usage, options) == "amend check a.csv --trim");
  options.command = cli::Command::reconcile;
  options.config.target.url = "https://api.example";
  CHECK(after(amend::EncodingError("not UTF-8", "gbk"), ExitCode::usage, options) ==
        "amend reconcile a.csv --trim --encoding gbk --url https://api.example");
}

TEST_CASE("next: JSON that is not one object a line is checked as what jq makes of it") {
  cli::Options options = update_of("a b.json");
  CHECK(after(amend::JsonShapeError("array", ".[]"), ExitCode::usage, options) ==
        "jq -c '.[]' 'a b.json' | amend check - --format ndjson");
  CHECK(after(amend::JsonShapeError("array", ".\"my data\"[]"), ExitCode::usage, options) ==
        "jq -c '.\"my data\"[]' 'a b.json' | amend check - --format ndjson");
  CHECK(after(amend::JsonShapeError("commas", ""), ExitCode::usage, options) ==
        "sed 's/,[[:space:]]*$//' 'a b.json' | amend check - --format ndjson");
}

TEST_CASE("next: a column that is spelt otherwise is tried with check, in place of the one that is not there") {
  cli::Options options = update_of("a b.csv");
  options.input_settings.emplace_back("map", std::vector<std::string>{"name=Full Name", "phone=Phne"});
  const amend::MappingError error("no such column", {"map", "phone=Phone"});
  CHECK(after(error, ExitCode::usage, options) == "amend check 'a b.csv' --map 'name=Full Name' --map phone=Phone");
  CHECK(after(amend::MappingError("no such column"), ExitCode::usage, options).empty());
}

TEST_CASE("next: an error that knows its command has it typed; a defect names the run; else nothing is made up") {
  cli::Options options = update_of("a.csv");
  CHECK(after(ConfigError("in use", ExitCode::run_directory_in_use, "amend control r status"),
              ExitCode::run_directory_in_use, options) == "amend control r status");
  CHECK(after(ConfigError("--rate is wrong"), ExitCode::usage, options).empty());
  CHECK(after(std::logic_error("?"), ExitCode::broken_invariant, options) == "amend runs");
  options.config.run_directory = "r";
  CHECK(after(std::logic_error("?"), ExitCode::broken_invariant, options) == "amend status r");
  options.command = cli::Command::resume;
  CHECK(after(amend::InputError("changed"), ExitCode::input, options) == "amend status r");
}
