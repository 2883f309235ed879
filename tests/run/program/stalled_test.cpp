// Readers that stand still: none holds up a stop, a deadline or the end of a run.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "fixture.hpp"

using namespace test;

namespace {

constexpr auto soon = Process::Seconds(20);  // what hung hung for ever

// A reader that has opened its pipe and reads nothing of it.
class StalledReader {
 public:
  explicit StalledReader(const std::string& path) : path_(path) {
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    descriptor_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    REQUIRE(descriptor_ >= 0);
  }
  ~StalledReader() { ::close(descriptor_); }
  StalledReader(const StalledReader&) = delete;
  StalledReader& operator=(const StalledReader&) = delete;

  /// Not one more byte goes in.
  void fill() const {
    for (const std::size_t size : {4'096, 1}) {
      const std::string received(size, 'x');
      while (::write(descriptor_, received.data(), received.size()) > 0) {
      }
    }
  }
  std::string path() const { return path_; }

 private:
  std::string path_;
  int descriptor_ = -1;
};

// An update that shows its progress.
std::vector<std::string> shown_update(const Work& work, const std::string& url,
                                      const std::vector<std::string>& options) {
  auto command = update_command(url, work.input, work.directory, options);
  const auto progress = std::ranges::find(command, "--progress");
  command.erase(progress, progress + 2);
  return command;
}

// A run whose output of one kind leads to such a reader.
class RunBesideReader {
 public:
  RunBesideReader(std::size_t rows_, const std::string& redirection, const std::vector<std::string>& options)
      : work(rows(rows_)),
        reader(work.dir.file("pipe")),
        simulator({"--latency", "5ms"}),
        process(in_shell("", shown_update(work, simulator.url(), options), redirection + reader.path()),
                work.dir.file("out"), work.dir.file("err")) {}
  void fill_after(std::size_t results) {
    REQUIRE(wait_for_lines(work.file("results.ndjson"), results, limit));
    reader.fill();
  }

  Work work;
  StalledReader reader;
  Simulator simulator;
  Process process;
};

}  // namespace

TEST_CASE("stalled: a reader of standard error that stands still holds up neither a stop nor the end of a run") {
  for (const std::string progress : {"plain", "bar"}) {
    CAPTURE(progress);
    RunBesideReader stopped(2'000, "2>", {"--progress", progress, "--rate", "100/s"});
    stopped.fill_after(20);
    stopped.process.signal(SIGTERM);
    CHECK(stopped.process.wait(soon) == 143);
    CHECK(number_of(stopped.work.summary().at("rows").as_object(), "unsent") > 0);

    RunBesideReader finished(200, "2>", {"--progress", progress, "--rate", "200/s"});
    finished.fill_after(20);
    CHECK(finished.process.wait(soon) == 0);
    CHECK(count_status(finished.work.directory, "success") == 200);

    RunBesideReader late(2'000, "2>", {"--progress", progress, "--rate", "50/s", "--deadline", "5s"});
    late.fill_after(5);
    CHECK(late.process.wait(soon) == 4);
  }
}

TEST_CASE("stalled: a reader that stood still before the run began does not keep a signal from ending it") {
  const Work work(rows(10));
  Simulator simulator;
  StalledReader reader(work.dir.file("pipe"));
  reader.fill();
  Process process(in_shell("", work.command(simulator.url()), "2>" + reader.path()), work.dir.file("out"),
                  work.dir.file("err"));
  CHECK_FALSE(process.wait(Process::Seconds(1)).has_value());
  process.signal(SIGTERM);
  CHECK(process.wait(soon) == 143);
}

TEST_CASE(
    "stalled: the summary that nobody takes does not hold up a run that was stopped, and a signal ends the others") {
  RunBesideReader stopped(2'000, ">", {"--json", "--rate", "100/s"});
  stopped.fill_after(20);
  stopped.process.signal(SIGINT);
  CHECK(stopped.process.wait(soon) == 130);

  RunBesideReader finished(50, ">", {"--json", "--rate", "unlimited"});
  finished.reader.fill();
  REQUIRE(wait_for_line(finished.work.dir.file("err"), "done", limit));
  finished.process.signal(SIGTERM);
  CHECK(finished.process.wait(soon) == 143);
  CHECK(count_status(finished.work.directory, "success") == 50);
}
