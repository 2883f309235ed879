#include "cli/text/console.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "cli/command/control.hpp"
#include "run/program/client.hpp"
#include "support/process.hpp"

using namespace amend;

namespace {

/// A run of one row without a response: it runs until it is stopped.
class EndlessRun {
 public:
  EndlessRun() : run(make_update(Input(config_of(dir), Credentials()))), thread_([this] { run.execute(); }) {}
  ~EndlessRun() {
    run.stop(StopCause::interrupted);
    run.stop(StopCause::interrupted);
  }
  EndlessRun(const EndlessRun&) = delete;
  EndlessRun& operator=(const EndlessRun&) = delete;

  test::TempDir dir;
  Run run;

 private:
  static Config config_of(const test::TempDir& dir) {
    test::write_file(dir.file("customers.csv"), "id,name,phone\n3f2504e0-4f89-41d3-9a0c-0305e82c3301,Ann,5\n");
    Config config;
    config.input.file = dir.file("customers.csv");
    config.target.url = "http://127.0.0.1:9";
    config.auth.kind = Auth::none;
    config.run_directory = dir.file("run");
    return config;
  }

  std::jthread thread_;
};

}  // namespace

TEST_CASE("console: what fails in it is said once, and neither ends the run nor what else it shows") {
  EndlessRun run;
  cli::Options options;
  options.metrics_file = run.dir.file("metrics");
  cli::ConsoleOutputs outputs(options);
  std::atomic<int> failed = 0;
  std::atomic<int> said = 0;
  {
    const cli::Console console(run.run, options, outputs, [&](const std::string& line) {
      if (line.starts_with("control: ")) throw std::runtime_error("terminal " + std::to_string(++failed) + " is gone");
      if (line.starts_with("error in control, metrics or dashboard: terminal ")) ++said;
    });
    const std::string directory = run.dir.file("run");
    REQUIRE(test::wait_until([&] { return test::read_file(options.metrics_file).starts_with("#"); },
                             test::Process::Seconds(20)));
    const test::Client pausing = test::Client::of_run(directory);
    pausing.send("pause\n");
    const test::Client resuming = test::Client::of_run(directory);
    resuming.send("resume\n");
    CHECK(test::wait_until([&] { return failed.load() == 2; }, test::Process::Seconds(20)));
    CHECK(cli::ask_run(directory, "status").find("\"ok\":true") != std::string::npos);
    test::write_file(options.metrics_file, "");
  }
  CHECK(said.load() == 1);
  CHECK(test::read_file(options.metrics_file).starts_with("#"));  // its last word
}
