// Data goes to standard output. No reader may take half of it for all.
#include <doctest/doctest.h>
#include <signal.h>

#include "fixture.hpp"
#include "ground.hpp"
#include "support/bench_run.hpp"

using namespace test;

namespace {

Finished on_full_disk(const std::vector<std::string>& command) { return run(in_shell("", command, ">/dev/full")); }

void check_told(const Finished& finished, int code) {
  CAPTURE(finished.err);
  CHECK(finished.code == code);
  const std::string trouble = "amend: standard output: cannot write: No space left on device\n";
  const auto told = finished.err.find(trouble);
  REQUIRE(told != std::string::npos);
  CHECK(finished.err.find(trouble, told + 1) == std::string::npos);
}

}  // namespace

TEST_CASE("output: whatever a command writes to a full disk is one error and exit 6") {
  const Work work(rows(20));
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 0);
  const std::vector<std::vector<std::string>> commands{
      {"--help"},
      {"--version"},
      {"help", "retries"},
      {"version"},
      {"check", work.input},
      {"check", work.input, "--json"},
      {"completion", "bash"},
      {"explain", "http.429"},
      {"export", work.directory, "--csv"},
      {"man"},
      {"ping", "--url", simulator.url(), "--ca-file", certificates() + "/ca.pem", "--auth", "none", "--json"},
      {"report", work.directory},
      {"report", work.directory, "--json"},
      {"runs", work.dir.path()},
      {"runs", work.dir.path(), "--json"},
      {"status", work.directory},
      {"status", work.directory, "--json"}};
  for (const auto& arguments : commands) {
    CAPTURE(arguments.front());
    std::vector<std::string> command{AMEND_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    check_told(on_full_disk(command), 6);
  }
}

TEST_CASE("output: a run whose summary cannot be written is as complete as any other") {
  Simulator simulator;
  const Work work(rows(20));
  check_told(on_full_disk(work.command(simulator.url(), {"--json"})), 6);
  CHECK(number_of(work.summary().at("rows").as_object(), "success") == 20);

  const Work shown(rows(20));
  check_told(on_full_disk(shown.command(simulator.url(), {"--dry-run"})), 6);
}

TEST_CASE("output: what else is wrong with a run counts more than its summary that cannot be written") {
  Simulator simulator;
  const Work work(rows(1) + "not-a-uuid,Ann,5,,,\r\n");
  check_told(on_full_disk(work.command(simulator.url(), {"--json"})), 1);
}

TEST_CASE("output: a benchmark keeps its files though its figures cannot be written") {
  Simulator simulator;
  const BenchRun bench;
  check_told(on_full_disk(bench.command(simulator.url(), {"--requests", "5", "--warm-up", "0", "--json"})), 6);
  CHECK(bench.step().at("answered") == 5);
}

TEST_CASE("output: a reconciliation whose table cannot be written still applies what it has planned") {
  Ground ground;
  write_file(ground.dir.file("crm.csv"), export_of(changed_people()));
  const Finished applied =
      on_full_disk({AMEND_PROGRAM, "reconcile", ground.dir.file("crm.csv"), "--url", ground.simulator->url(), "--auth",
                    "none", "--run", ground.directory("run"), "--rate", "unlimited", "--apply"});
  check_told(applied, 1);  // 12 customers are unknown to the API
  CHECK(ground.count("run", "success") == 60);
}

TEST_CASE("output: a run that goes on is told what to do though its answer cannot be written") {
  Interrupted going({"--latency", "20ms"});
  going.wait_for_results(1);
  check_told(on_full_disk({AMEND_PROGRAM, "control", going.work.directory, "pause"}), 6);
  check_told(on_full_disk({AMEND_PROGRAM, "control", going.work.directory, "status"}), 6);
  going.process->signal(SIGINT);
  CHECK(going.process->wait(limit) == 130);
}

TEST_CASE("output: a reader that has seen enough is no error") {
  const Work work(rows(20));
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 0);
  const std::vector<std::vector<std::string>> commands{{AMEND_PROGRAM, "man"},
                                                       {AMEND_PROGRAM, "export", work.directory, "--csv"}};
  for (const auto& command : commands) {
    CAPTURE(command[1]);
    const Finished finished = run(in_shell("exec 3> >(true); wait $!;", command, ">&3"));
    CHECK(finished.code == 0);
    CHECK(finished.err == "");
  }
}
