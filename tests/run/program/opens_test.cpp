// How often each command opens its input and the files of its run, counted by strace.
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <sstream>

#include "ground.hpp"
#include "support/tracer.hpp"

using namespace test;

namespace {

/// Upper limits. Each run.json and summary.json of the runs is opened at most twice, and a log once for each pass.
class Limits {
 public:
  Limits(std::size_t input_, std::size_t run_, std::size_t summary_, std::size_t log_)
      : input(input_), run(run_), summary(summary_), log(log_) {}

  std::size_t input;
  std::size_t run;
  std::size_t summary;
  std::size_t log;
};

class Traced {
 public:
  explicit Traced(const TempDir& dir) : log_(dir.file("trace")) {}

  /// Runs an amend command and compares what it opens with `limits`.
  int check(const std::string& input, const Limits& limits, std::vector<std::string> command) {
    const std::string what = command[1];
    // LeakSanitizer does not work in a traced process.
    command.insert(command.begin(), {tracer, "-E", "ASAN_OPTIONS=detect_leaks=0", "-f", "-qq", "-s", "4096", "-e",
                                     "trace=open,openat", "-o", log_});
    const Finished finished = run(command);
    check_one(what, input, limits.input);
    check_one(what, "run.json", limits.run);
    check_one(what, "summary.json", limits.summary);
    check_one(what, "results.ndjson", limits.log);
    return finished.code;
  }

 private:
  // `file`: a path, or the name of a file in any directory.
  void check_one(const std::string& command, const std::string& file, std::size_t limit) const {
    const bool is_path = file.starts_with('/');
    std::size_t opens = 0;
    std::istringstream lines(read_file(log_));
    for (std::string line; std::getline(lines, line);) {
      const bool is_file = line.find("\"" + file + "\"") != std::string::npos ||
                           (!is_path && line.find("/" + file + "\"") != std::string::npos);
      opens += is_file && line.find(" = -1 ") == std::string::npos ? 1 : 0;
    }
    INFO(command << " opens " << file << " " << opens << " times, at most " << limit);
    CHECK(opens <= limit);
  }

  std::string log_;
};

std::vector<std::string> on_run(const std::string& command, const std::string& run) {
  return {AMEND_PROGRAM, command, run, "--rate", "unlimited"};
}

}  // namespace

TEST_CASE("opens: update, its early stop, resume and retry open the input once") {
  if (!can_trace()) return;
  // One request at a time, so that far fewer rows are sent than there are.
  const Work work(rows(2'000));
  Simulator simulator({"--error-share", "404:100%"});
  Traced traced(work.dir);
  const auto command = work.command(
      simulator.url(), {"--duplicates", "last", "--max-failures", "20", "--connections", "1", "--pipeline", "1"});
  CHECK(traced.check(work.input, Limits(1, 0, 0, 3), command) == 4);
  CHECK(traced.check(work.input, Limits(1, 2, 2, 6), on_run("resume", work.directory)) == 4);
  CHECK(traced.check(work.input, Limits(1, 4, 2, 14), on_run("retry", work.directory)) == 4);
  const Work whole(rows(200));
  Simulator healthy;
  CHECK(traced.check(whole.input, Limits(1, 0, 0, 1), whole.command(healthy.url())) == 0);
}

TEST_CASE("opens: reconcile and verify open their input once, and undo the old values twice") {
  if (!can_trace()) return;
  Ground ground;
  Traced traced(ground.dir);
  const std::string input = ground.dir.file("crm.csv");
  const std::string run_directory = ground.directory("run");
  write_file(input, export_of(changed_people()));
  CHECK(traced.check(input, Limits(1, 0, 0, 3),
                     {AMEND_PROGRAM, "reconcile", input, "--url", ground.simulator->url(), "--auth", "none", "--run",
                      run_directory, "--apply", "--rate", "unlimited"}) == 1);
  CHECK(traced.check(input, Limits(1, 2, 1, 3), on_run("verify", run_directory)) == 0);
  // Once as the input, once to compare it with its checksum.
  CHECK(traced.check(run_directory + "/rollback.ndjson", Limits(2, 4, 1, 5), on_run("undo", run_directory)) == 0);
}
