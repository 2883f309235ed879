#include "amend/reporter/run_directory.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>

#include "amend/error.hpp"
#include "amend/reporter/sink.hpp"
#include "reporter/fixture.hpp"

namespace amend {
namespace {

using test::TemporaryDirectory;

int exit_code_of_opening(const std::string& path) {
  try {
    const RunDirectory run(path);
    return 0;
  } catch (const ConfigError& error) {
    return static_cast<int>(error.exit_code());
  }
}

TEST_CASE("run_directory: the default name holds the time in UTC and six digits") {
  const auto noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);
  CHECK(default_run_directory(noon, 0xFF00'0A1B) == "amend-runs/20261123T120000Z-000a1b");
}

TEST_CASE("run_directory: parents are made too, for the owner only; files are 0600") {
  TemporaryDirectory directory;
  const RunDirectory run((directory / "a/b") + "/");
  run.write_file("run.json", "{}\n");
  CHECK(run.path() == directory / "a/b");
  CHECK(test::mode_of(directory / "a") == 0700);
  CHECK(test::mode_of(directory / "a/b") == 0700);
  CHECK(test::mode_of(run.path("run.json")) == 0600);
  CHECK(test::mode_of(run.path("lock")) == 0600);
}

TEST_CASE("run_directory: a small file is replaced as a whole and leaves nothing beside it") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  run.write_file("summary.json", "a longer first text");
  run.write_file("summary.json", "second");
  CHECK(test::content(run.path("summary.json")) == "second");
  CHECK(run.files() == std::vector<std::string>{"summary.json"});
  CHECK_FALSE(std::filesystem::exists(run.path("summary.json.tmp")));
}

TEST_CASE("run_directory: a small file that cannot be written keeps its old text") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  run.write_file("summary.json", "old");
  std::filesystem::create_symlink("/dev/full", run.path("summary.json.tmp"));
  CHECK_THROWS_AS(run.write_file("summary.json", "new"), DurabilityError);
  CHECK(test::content(run.path("summary.json")) == "old");
  CHECK_FALSE(std::filesystem::exists(std::filesystem::symlink_status(run.path("summary.json.tmp"))));
}

TEST_CASE("run_directory: one that already holds results is refused, naming --run") {
  TemporaryDirectory directory;
  { const RunDirectory first(directory / "run"); }
  std::ofstream(directory / "run/results.ndjson") << "";
  CHECK_THROWS_WITH_AS(RunDirectory(directory / "run"), doctest::Contains("--run"), ConfigError);
  CHECK(exit_code_of_opening(directory / "run") == 2);
}

TEST_CASE("run_directory: what cannot be created names --run and the reason") {
  TemporaryDirectory directory;
  std::ofstream(directory / "file") << "";
  CHECK_THROWS_WITH_AS(RunDirectory(directory / "file/run"), doctest::Contains("Not a directory"), ConfigError);
  CHECK(exit_code_of_opening(directory / "file") == 2);
}

TEST_CASE("run_directory: a second process is refused until the first is killed") {
  TemporaryDirectory directory;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t holder = ::fork();
  REQUIRE(holder >= 0);
  if (holder == 0) {
    const RunDirectory run(directory / "run");
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(exit_code_of_opening(directory / "run") == 7);
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  CHECK(exit_code_of_opening(directory / "run") == 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace amend
