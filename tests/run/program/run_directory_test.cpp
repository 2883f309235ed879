// A run directory in the hands of others: files of another run in it, a log that is taken away, a second process.
#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <functional>
#include <map>

#include "fixture.hpp"

using namespace test;

namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> files_in(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.is_regular_file()) files[entry.path().string()] = read_file(entry.path().string());
  return files;
}

Finished resume(const std::string& directory) {
  return run({AMEND_PROGRAM, "resume", directory, "--progress", "none", "--rate", "unlimited"});
}

}  // namespace

TEST_CASE(
    "run directory: each command that makes one refuses files of a run, and its own input inside, and changes "
    "nothing") {
  Simulator simulator;
  const Work work(rows(20));
  REQUIRE(work.update(simulator.url()).code == 0);
  const std::string job = work.dir.file("job");
  fs::create_directory(job);
  fs::copy_file(work.input, job + "/failed.csv");
  write_file(job + "/summary.json", "{\"mine\":true}");
  const std::string alone = work.dir.file("alone");
  fs::create_directory(alone);
  fs::copy_file(work.input, alone + "/customers.csv");
  const auto before = files_in(work.dir.path());
  const auto refused = [&](std::vector<std::string> command) {
    command.insert(command.begin(), AMEND_PROGRAM);
    const Finished finished = run(command);
    CAPTURE(finished.err);
    CHECK(finished.code == 2);
    CHECK(says(finished, "--run: "));
  };
  const std::string url = simulator.url();
  for (const auto& [input, directory] : std::map<std::string, std::string>{{job + "/failed.csv", job},
                                                                           {work.input, job},
                                                                           {work.input, work.directory},
                                                                           {alone + "/customers.csv", alone}}) {
    CAPTURE(input);
    for (const char* command : {"update", "reconcile", "bench"}) {
      CAPTURE(command);
      std::vector<std::string> all{command, input, "--url", url, "--auth", "none", "--run", directory};
      if (std::string(command) != "bench") all.insert(all.end(), {"--progress", "none"});
      if (std::string(command) == "update") all.emplace_back("--new");
      refused(all);
    }
  }
  refused({"verify", work.directory, "--run", work.directory});
  refused({"verify", work.directory, "--run", job});
  CHECK((files_in(work.dir.path()) == before));
  simulator.stop();
  CHECK(requests_at(simulator) == 20);  // of the run that is there
}

TEST_CASE(
    "run directory: a log that is taken away while the run writes it stops the run, exit 6, and no one resumes over "
    "it") {
  const std::map<std::string, std::function<void(const std::string&)>> hands{
      {"deleted", [](const std::string& log) { fs::remove(log); }},
      {"moved", [](const std::string& log) { fs::rename(log, log + ".1"); }},
      {"cut", [](const std::string& log) { fs::resize_file(log, 0); }},
      {"moved, and a copy left", [](const std::string& log) {
         fs::rename(log, log + ".1");
         fs::copy_file(log + ".1", log);
       }}};
  for (const auto& [name, take_away] : hands) {
    CAPTURE(name);
    Interrupted running({"--latency", "5ms"}, {"--connections", "1", "--pipeline", "1"});
    running.wait_for_results(5);
    take_away(running.work.file("results.ndjson"));
    CHECK(running.process->wait(limit) == 6);
    const std::string messages = read_file(running.work.dir.file("err"));
    CAPTURE(messages);
    CHECK(messages.find("results.ndjson was ") != std::string::npos);
    CHECK(messages.find("amend reconcile") != std::string::npos);  // the API has what the log has lost
    CHECK(messages.find("amend resume") == std::string::npos);
    CHECK(resume(running.work.directory).code == 3);
    CHECK(run({AMEND_PROGRAM, "retry", running.work.directory, "--progress", "none"}).code == 3);
    CHECK(run({AMEND_PROGRAM, "status", running.work.directory}).code == 3);
    CHECK(run({AMEND_PROGRAM, "report", running.work.directory}).code == 3);
    CHECK(run({AMEND_PROGRAM, "export", running.work.directory, "--csv"}).code == 3);
    running.simulator.stop();
    CHECK(requests_at(running.simulator) < 1000);  // of 2,000 rows: it stopped soon, and no command has sent any
  }
}

TEST_CASE("run directory: while a run is running no second process gets in, whatever was removed from its directory") {
  Interrupted running({"--latency", "5ms"}, {"--connections", "1", "--pipeline", "1"});
  running.wait_for_results(5);
  fs::remove(running.work.file("lock"));
  CHECK(resume(running.work.directory).code == 7);
  fs::remove(running.work.file("lock"));
  CHECK(run({AMEND_PROGRAM, "retry", running.work.directory, "--progress", "none"}).code == 7);
  CHECK(running.work.update(running.simulator.url(), {"--new"}).code == 7);
  const Finished listed = run({AMEND_PROGRAM, "runs", running.work.dir.path(), "--json"});
  CHECK(listed.out.find("\"state\":\"running\"") != std::string::npos);
  running.process->signal(SIGINT);
  CHECK(running.process->wait(limit) == 130);
  CHECK(resume(running.work.directory).code == 0);
  CHECK(read_ndjson(running.work.file("results.ndjson")).size() == 2000);
  running.simulator.stop();
  CHECK(requests_at(running.simulator) == 2000);
}

TEST_CASE("run directory: of two starts, and of two resumptions, at one moment one is refused") {
  Simulator simulator({"--latency", "20ms"});
  const Work work(rows(200));
  const auto start_two = [&](const std::vector<std::string>& command, int refused) {
    Process first(command, work.dir.file("out1"), work.dir.file("err1"));
    Process second(command, work.dir.file("out2"), work.dir.file("err2"));
    const int one = first.wait(limit).value_or(-1);
    const int two = second.wait(limit).value_or(-1);
    CAPTURE(read_file(work.dir.file("err1")));
    CAPTURE(read_file(work.dir.file("err2")));
    CHECK(std::min(one, two) == 0);
    CHECK(std::max(one, two) == refused);
  };
  start_two(update_command(simulator.url(), work.input, work.directory, {"--new", "--rate", "50/s", "--canary", "off"}),
            7);
  CHECK(read_ndjson(work.file("results.ndjson")).size() == 200);
  simulator.stop();
  CHECK(requests_at(simulator) == 200);
}

TEST_CASE("run directory: of two starts of one file at one moment, each in a directory of its own, one is refused") {
  Simulator simulator({"--latency", "5ms"});
  const Work work(rows(200));
  const std::string folder = work.dir.file("runs");
  const auto command = [&](const std::string& name) {
    return update_command(simulator.url(), work.input, folder + "/" + name, {"--rate", "50/s", "--canary", "off"});
  };
  Process first(command("a"), work.dir.file("out1"), work.dir.file("err1"));
  Process second(command("b"), work.dir.file("out2"), work.dir.file("err2"));
  const int one = first.wait(limit).value_or(-1);
  const int two = second.wait(limit).value_or(-1);
  CHECK(std::min(one, two) == 0);
  CHECK(std::max(one, two) == 2);
  CHECK(read_file(work.dir.file(one == 2 ? "err1" : "err2")).find("--new") != std::string::npos);
  simulator.stop();
  CHECK(requests_at(simulator) == 200);
}

TEST_CASE("run directory: an input of any name is found again by resume") {
  for (const std::string name : {"kund\xe9.csv", "a\tb.csv", "two\nlines.csv", "-x.csv"}) {
    CAPTURE(name);
    Simulator simulator({"--latency", "20ms"});
    const Work work(rows(100), name);
    Process process(work.command(simulator.url(), {"--connections", "1", "--pipeline", "1"}), work.dir.file("out"),
                    work.dir.file("err"));
    REQUIRE(wait_for_lines(work.file("results.ndjson"), 3, limit));
    process.signal(SIGINT);
    REQUIRE(process.wait(limit) == 130);
    const Finished finished = resume(work.directory);
    CAPTURE(finished.err);
    CHECK(finished.code == 0);
    CHECK(count_status(work.directory, "success") == 100);
  }
}
