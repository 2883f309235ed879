#include "cli/monitor/metrics_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "amend/error.hpp"
#include "amend/exposition.hpp"
#include "unit/reporter/chain_fixture.hpp"

namespace cli = amend::cli;
using amend::test::TemporaryDirectory;

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("metrics file: it is replaced as a whole, and nothing else is left beside it") {
  const TemporaryDirectory dir;
  const cli::MetricsFile file(dir / "amend.prom");
  CHECK_FALSE(std::filesystem::exists(dir / "amend.prom"));
  CHECK_FALSE(file.replace("first, and longer\n"));
  CHECK(content(dir / "amend.prom") == "first, and longer\n");
  CHECK_FALSE(file.replace("second\n"));
  CHECK(content(dir / "amend.prom") == "second\n");
  CHECK(std::distance(std::filesystem::directory_iterator(std::filesystem::path(dir / "amend.prom").parent_path()),
                      {}) == 1);
}

TEST_CASE("metrics file: a folder that goes away is an error, and the file is written again when it is back") {
  const TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "folder");
  const cli::MetricsFile file(dir / "folder/amend.prom");
  std::filesystem::remove_all(dir / "folder");
  CHECK(file.replace("x\n") == std::errc::no_such_file_or_directory);
  std::filesystem::create_directory(dir / "folder");
  CHECK_FALSE(file.replace("x\n"));
}

TEST_CASE("metrics file: no folder, a folder or a device in its place is refused, naming the option") {
  const TemporaryDirectory dir;
  for (const std::string& wrong : {dir / "no/amend.prom", dir / "", std::string("/dev/null")}) {
    CAPTURE(wrong);
    CHECK_THROWS_WITH_AS(cli::MetricsFile{wrong}, doctest::Contains("--metrics-file: "), amend::ConfigError);
  }
}

TEST_CASE("metrics file: the name of a file of a run is refused, although that file is not there yet") {
  const TemporaryDirectory dir;
  for (const std::string name : {"results.ndjson", "summary.json", "run.json", "failed.csv", "lock"}) {
    CAPTURE(name);
    CHECK_THROWS_WITH_AS(cli::MetricsFile{dir / name}, doctest::Contains("--metrics-file: "), amend::ConfigError);
  }
  CHECK_NOTHROW(cli::MetricsFile{dir / "results.prom"});
}

TEST_CASE("metrics file: a link that leads nowhere is not replaced") {
  const TemporaryDirectory dir;
  std::filesystem::create_symlink("nowhere", dir / "amend.prom");
  CHECK_THROWS_WITH_AS(cli::MetricsFile{dir / "amend.prom"}, doctest::Contains("not a regular file"),
                       amend::ConfigError);
}

TEST_CASE("metrics file: only a metrics file of amend is replaced") {
  const TemporaryDirectory dir;
  const std::string path = dir / "file";
  for (const char* other : {"", "id,name\n1,Ann\n", "# HELP node_load1 1m load average.\n", " # HELP amend_x y\n"}) {
    CAPTURE(other);
    std::ofstream(path, std::ios::trunc) << other;
    CHECK_THROWS_WITH_AS(cli::MetricsFile{path}, doctest::Contains("is not a metrics file of amend"),
                         amend::ConfigError);
    CHECK(content(path) == other);
  }
  std::ofstream(path, std::ios::trunc) << amend::to_prometheus(amend::RunState());
  CHECK_NOTHROW(cli::MetricsFile{path});
}
