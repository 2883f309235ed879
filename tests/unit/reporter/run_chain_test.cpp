// The runs of a chain: read, locked and extended. run_view_test.cpp tries which runs belong to a chain.
#include "amend/run/run_chain.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "unit/reporter/chain_fixture.hpp"

namespace amend {
namespace {

using test::make_run;
using test::Row;
using test::Written;

const std::string ada = "0b7ad3a5-6d5c-4c5e-9c0f-3f1f0c1d2e01";

// A run and a retry of it.
class ChainBench {
 public:
  ChainBench() {
    make_run(dir / "first", Written({Row(1, Status::failed, ada)}, 1));
    make_run(dir / "second", Written({Row(1, Status::success, ada)}, 1, dir / "first"), "2026-11-24T09:00:00Z");
  }

  test::TemporaryDirectory dir;
};

TEST_CASE("run_chain: each run comes with its run.json and its summary") {
  const ChainBench bench;
  std::filesystem::remove(bench.dir / "second/summary.json");
  const RunChain chain(bench.dir / "second");
  REQUIRE(chain.runs().size() == 2);
  CHECK(chain.asked().directory == bench.dir / "second");
  CHECK(&chain.last() == &chain.asked());
  CHECK(chain.asked_text() == test::content(bench.dir / "second/run.json"));
  CHECK(chain.runs()[0].summary.value().rows(Status::failed) == 1);
  CHECK_FALSE(chain.runs()[0].stopped_early());
  CHECK(chain.asked().stopped_early());
  CHECK(chain.locked(chain.last()) == nullptr);
}

TEST_CASE("run_chain: a locked chain is as it was when it was locked") {
  const ChainBench bench;
  RunChain chain(bench.dir / "first");
  Summary resumed;
  resumed.exit_code = ExitCode::not_durable;
  std::ofstream(bench.dir / "second/summary.json") << to_json(resumed);
  RunRecord record = read_run(bench.dir / "second");
  record.read_ahead_rows = 77;
  std::ofstream(bench.dir / "second/run.json") << run_json(record);
  const auto later = std::filesystem::last_write_time(bench.dir / "first/run.json") + std::chrono::seconds(1);
  std::filesystem::last_write_time(bench.dir / "second/run.json", later);
  chain.lock();
  CHECK(chain.last().summary.value().exit_code == ExitCode::not_durable);
  CHECK(chain.last().record.read_ahead_rows == 77);
  for (const RunHead& run : chain.runs()) {
    REQUIRE(chain.locked(run) != nullptr);
    CHECK(chain.locked(run)->path() == run.directory);
    CHECK(RunDirectory::is_held(run.directory));
  }
  CHECK_THROWS_AS(RunChain(bench.dir / "first").lock(), ConfigError);
}

TEST_CASE("run_chain: a retry that began since it was read is noticed") {
  const ChainBench bench;
  RunChain chain(bench.dir / "first");
  make_run(bench.dir / "third", Written({}, 1, bench.dir / "second"), "2026-11-24T10:00:00Z");
  CHECK_THROWS_WITH_AS(chain.lock(), doctest::Contains("another process has started a retry"), ConfigError);
}

TEST_CASE("run_chain: a retry of this process is added behind the others") {
  const ChainBench bench;
  RunChain chain(bench.dir / "first");
  make_run(bench.dir / "third", Written({}, 1, bench.dir / "second"), "2026-11-24T07:00:00Z");
  chain.add(bench.dir / "third");
  CHECK(chain.last().directory == bench.dir / "third");
  CHECK(chain.asked().directory == bench.dir / "first");
  CHECK_THROWS_AS(chain.add(bench.dir / "nothing"), ConfigError);
}

}  // namespace
}  // namespace amend
