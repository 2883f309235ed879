// The process when a signal stops it, or when a part of its environment is missing at its start.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "fixture.hpp"

using namespace test;

TEST_CASE("exit 130 and 143: the first signal drains: a row that was sent keeps its record, the others are unsent") {
  // A lost terminal is a reason to stop in order, like SIGTERM.
  for (const auto& [number, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143), std::pair(SIGHUP, 143)}) {
    Interrupted stopped({"--latency", "20ms"});
    stopped.wait_for_results(20);
    stopped.process->signal(number);
    CHECK(stopped.process->wait(limit) == code);
    stopped.simulator.stop();
    const std::size_t done = count_status(stopped.work.directory, "success");
    CHECK(done == requests_at(stopped.simulator));
    CHECK(done + stopped.unsent() == stopped.customers.size());
    CHECK(std::filesystem::exists(stopped.work.file("unsent.csv")));
  }
}

TEST_CASE("exit 130: the second signal does not wait for answers that do not come") {
  Interrupted stopped({"--latency", "10m"}, {"--timeout", "1h", "--grace", "1h"});
  REQUIRE(wait_for_line(stopped.work.dir.file("err"), "  rate", limit));
  REQUIRE(wait_for_lines(stopped.work.file("run.json"), 1, limit));
  stopped.process->signal(SIGINT);
  REQUIRE(wait_for_line(stopped.work.dir.file("err"), "stopping: waiting for", limit));
  stopped.process->signal(SIGINT);
  CHECK(stopped.process->wait(limit) == 130);
  CHECK(stopped.unsent() + read_ndjson(stopped.work.file("results.ndjson")).size() == stopped.customers.size());
}

TEST_CASE("nohup: a run that was started to outlive its terminal does") {
  Interrupted kept({"--latency", "1ms"}, {}, "trap '' HUP;");
  kept.wait_for_results(20);
  kept.process->signal(SIGHUP);
  CHECK(kept.process->wait(limit) == 0);
  CHECK(count_status(kept.work.directory, "success") == kept.customers.size());
}

TEST_CASE("streams: a run with closed standard streams writes nothing of them into its results") {
  for (const std::string closed : {">&-", "2>&-", "<&- >&- 2>&-"}) {
    CAPTURE(closed);
    const Work work(rows(50));
    Simulator simulator;
    const Finished finished = run(in_shell("", work.command(simulator.url(), {"--json"}), closed));
    CHECK(finished.code == 0);
    CHECK(read_ndjson(work.file("results.ndjson")).size() == 50);
    CHECK(number_of(work.summary().at("rows").as_object(), "success") == 50);
  }
}

TEST_CASE("streams: a reader of the messages that goes away does not end the run") {
  const Work work(rows(300));
  Simulator simulator({"--latency", "1ms"});
  const auto command = work.command(simulator.url(), {"--json"});
  std::vector<std::string> piped{"/bin/bash", "-c", "\"$@\" 2>&1 | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}",
                                 "amend"};
  piped.insert(piped.end(), command.begin(), command.end());
  CHECK(run(piped).code == 0);
  CHECK(count_status(work.directory, "success") == 300);
}

TEST_CASE("input: standard input that is closed is an error, not an empty file") {
  const Work work;
  Simulator simulator;
  auto command = update_command(simulator.url(), "-", work.directory, {});
  const Finished finished = run(in_shell("", command, "<&-"));
  CAPTURE(finished.err);
  CHECK(finished.code == 3);
  CHECK(says(finished, "stdin"));
}

TEST_CASE("input: a FIFO is read as it is written, and after a stop it is not known what was left in it") {
  const auto customers = make_customers(100);
  const std::string text = to_csv(customers);
  const TempDir dir;
  REQUIRE(::mkfifo(dir.file("customers.csv").c_str(), 0600) == 0);
  Simulator simulator;
  Process process(update_command(simulator.url(), dir.file("customers.csv"), dir.file("run"), {"--rate", "unlimited"}),
                  dir.file("out"), dir.file("err"));
  std::ofstream pipe(dir.file("customers.csv"), std::ios::binary);  // waits for the reader
  pipe << text << std::flush;
  SUBCASE("to its end") {
    pipe.close();
    CHECK(process.wait(limit) == 0);
    simulator.stop();
    for (const auto& trouble : disagreements(customers, dir.file("run"), simulator, 0)) FAIL_CHECK(trouble);
  }
  SUBCASE("stopped") {
    REQUIRE(wait_for_lines(dir.file("run/results.ndjson"), 100, limit));
    process.signal(SIGINT);
    CHECK(process.wait(limit) == 130);
    CHECK(read_json(dir.file("run/summary.json")).at("rows").at("unsent").is_null());
    CHECK_FALSE(std::filesystem::exists(dir.file("run/unsent.csv")));
  }
}
