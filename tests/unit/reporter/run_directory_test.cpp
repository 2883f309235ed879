#include "amend/run/run_directory.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>

#include "amend/error.hpp"
#include "amend/row/selection.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/sink.hpp"
#include "run/run_place.hpp"
#include "unit/reporter/fixture.hpp"

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

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path)) names.push_back(entry.path().filename().string());
  return names;
}

TEST_CASE("run_directory: one with a file of any name that amend writes is refused, and nothing in it is opened") {
  std::vector<std::string> names;
  for (const std::string_view name : run_file_names()) {
    names.emplace_back(name);
    if (name != "run.json" && name != "selection.txt") names.push_back(std::string(name) + ".tmp");
  }
  for (const std::string& name : names) {
    CAPTURE(name);
    const TemporaryDirectory directory;
    std::filesystem::create_directory(directory / "run");
    std::ofstream(directory / ("run/" + name)) << "mine";
    CHECK_THROWS_WITH_AS(RunDirectory(directory / "run"), doctest::Contains("--run: "), ConfigError);
    CHECK(exit_code_of_opening(directory / "run") == 2);
    CHECK(names_in(directory / "run") == std::vector<std::string>{name});
    CHECK(test::content(directory / ("run/" + name)) == "mine");
  }
}

TEST_CASE("run_directory: what a start leaves that was killed before its run.json is no obstacle") {
  const TemporaryDirectory directory;
  { const RunDirectory killed(directory / "run"); }
  std::ofstream(directory / "run/results.ndjson") << "";
  std::ofstream(directory / "run/run.json.tmp") << "{";
  std::ofstream(directory / "run/selection.txt.tmp") << "send 1";
  std::ofstream(directory / "run/selection.txt") << to_text(Selection());
  std::ofstream(directory / "run/notes of the operator") << "mine";
  const RunDirectory run(directory / "run");
  CHECK_FALSE(std::filesystem::exists(run.path("selection.txt")));
  CHECK(std::filesystem::exists(run.path("notes of the operator")));
}

TEST_CASE("run_directory: a draft of run.json that is a link or a folder is refused: a link may lead to any file") {
  const TemporaryDirectory directory;
  const std::string customers = directory / "customers.csv";
  std::ofstream(customers) << "id,name\n";
  for (const char* name : {"run.json.tmp", "selection.txt.tmp"}) {
    CAPTURE(name);
    const std::string place = directory / name;
    std::filesystem::create_directory(place);
    std::filesystem::create_symlink(customers, place + "/" + name);
    CHECK_THROWS_WITH_AS(RunDirectory{place}, doctest::Contains(name), ConfigError);
    std::filesystem::remove(place + "/" + name);
    std::filesystem::create_directory(place + "/" + name);
    CHECK_THROWS_WITH_AS(RunDirectory{place}, doctest::Contains(name), ConfigError);
  }
  CHECK(test::content(customers) == "id,name\n");
}

TEST_CASE("run_directory: a run is not made where a file is that it reads, however it is named or linked") {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "run/deeper");
  std::filesystem::create_directory(directory / "run-2");
  for (const char* file : {"run/in.csv", "run/deeper/in.csv", "run-2/in.csv", "in.csv"})
    std::ofstream(directory / file) << "id\n";
  std::filesystem::create_symlink(directory / "run/in.csv", directory / "link-into.csv");
  std::filesystem::create_symlink(directory / "in.csv", directory / "run/link-out.csv");
  std::filesystem::create_symlink(directory / "run", directory / "same");
  const auto with = [&](auto member, const std::string& file) {
    Config config;
    config.run_directory = directory / "run";
    member(config) = file == "-" ? file : directory / file;
    try {
      require_place_for_run(config);
      return false;
    } catch (const ConfigError& error) {
      return error.exit_code() == ExitCode::usage && std::string(error.what()).starts_with("--run: ");
    }
  };
  const auto input = [](Config& config) -> std::string& { return config.input.file; };
  CHECK(with(input, "run/in.csv"));
  CHECK(with(input, "run/deeper/in.csv"));
  CHECK(with(input, "run-2/../run/in.csv"));
  CHECK(with(input, "same/in.csv"));
  CHECK(with(input, "link-into.csv"));
  CHECK(with(input, "run/link-out.csv"));
  CHECK_FALSE(with(input, "run-2/in.csv"));
  CHECK_FALSE(with(input, "in.csv"));
  CHECK_FALSE(with(input, "-"));
  CHECK(with([](Config& config) -> std::string& { return config.reconcile.baseline; }, "run/in.csv"));
  CHECK(with([](Config& config) -> std::string& { return config.reconcile.of_run; }, "run/deeper"));
  CHECK(with([](Config& config) -> std::string& { return config.auth.private_key_file; }, "run/in.csv"));
  CHECK(with([](Config& config) -> std::string& { return config.target.ca_file; }, "run/in.csv"));
  CHECK(names_in(directory / "run").size() == 3);  // nothing was made in it
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
  std::filesystem::remove(directory / "run/lock");  // the directory itself is locked too
  CHECK(RunDirectory::is_held(directory / "run"));
  CHECK(exit_code_of_opening(directory / "run") == 7);
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  CHECK(exit_code_of_opening(directory / "run") == 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("run_directory: a log that another process writes lets no second writer in, wherever it is found") {
  const TemporaryDirectory directory;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t writer = ::fork();
  REQUIRE(writer >= 0);
  if (writer == 0) {
    const RunDirectory run(directory / "run");
    const auto log = open_result_log(run);
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  // The same log in a directory that no process has locked.
  std::filesystem::create_directory(directory / "other");
  std::filesystem::create_hard_link(directory / "run/results.ndjson", directory / "other/results.ndjson");
  std::ofstream(directory / "other/run.json") << "{}";
  CHECK(RunDirectory::is_held(directory / "other"));
  int code = 0;
  try {
    const RunDirectory second(directory / "other", Opening::resume);
  } catch (const ConfigError& error) {
    code = static_cast<int>(error.exit_code());
  }
  CHECK(code == 7);
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);
  CHECK_NOTHROW(RunDirectory(directory / "other", Opening::resume));
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace amend
