// Runs and chains of them as directories on disk, made without a server.
#include "amend/reporter/run_view.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "amend/reporter/result_log.hpp"
#include "reporter/chain_fixture.hpp"
#include "reporter/fixture.hpp"

using namespace amend;
using amend::test::content;
using amend::test::make_run;
using amend::test::Row;
using amend::test::TemporaryDirectory;
using amend::test::Written;

namespace {

constexpr auto a = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
constexpr auto b = "9a0c2504-4f89-41d3-9a0c-0305e82c3302";
constexpr auto c = "0305e82c-4f89-41d3-9a0c-0305e82c3303";

}  // namespace

TEST_CASE("run_view: one run: each row's status, and what its record says, by reading it again") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a), Row(3, Status::failed, b, "CODE")}, 4));
  const RunView view(dir / "r");
  CHECK(view.runs().size() == 1);
  CHECK(view.asked().directory == dir / "r");
  CHECK(view.status(1) == Status::success);
  CHECK(view.status(2) == std::nullopt);
  CHECK(view.status(3) == Status::failed);
  CHECK(view.status(4) == std::nullopt);
  CHECK(view.rows_in_all() == 4);
  CHECK(view.unsent() == 2);
  CHECK(view.same_content(3, "row 3"));
  CHECK_FALSE(view.same_content(3, "row 4"));
  std::size_t seen = 0;
  view.for_each_final([&](const FinalRecord& row) {
    ++seen;
    if (row.record.row != 3) return;
    const RecordText text(row.record.text);
    CHECK(text.id == b);
    CHECK(text.error_code == "CODE");
    CHECK(text.error == "text of CODE");
    CHECK(text.line == 4);
  });
  CHECK(seen == 2);
}

TEST_CASE("run_view: of a row with records in several runs the one in the latest run counts, from wherever one looks") {
  const TemporaryDirectory dir;
  make_run(dir / "1",
           Written({Row(1, Status::success, a), Row(2, Status::failed, b, "X"), Row(3, Status::unknown, c, "Y")}, 3));
  make_run(dir / "2", Written({Row(2, Status::unknown, b, "Z"), Row(3, Status::success, c)}, 2, dir / "1"));
  make_run(dir / "3", Written({Row(2, Status::success, b)}, 1, dir / "2"));
  make_run(dir / "other", Written({Row(1, Status::failed, a, "X")}, 1));
  for (const char* name : {"1", "2", "3"}) {
    CAPTURE(name);
    const RunView view(dir / name);
    REQUIRE(view.runs().size() == 3);
    CHECK(view.asked().directory == dir / name);
    CHECK(view.rows(Status::success) == 3);
    CHECK(view.rows(Status::failed) + view.rows(Status::unknown) == 0);
    CHECK(view.rows_in_all() == 3);
    CHECK(view.unsent() == 0);
    std::size_t seen = 0;
    view.for_each_final([&](const FinalRecord& row) {
      ++seen;
      CHECK(row.record.status == Status::success);
      CHECK(row.run == row.record.row % 3 + (row.record.row == 1 ? -1 : row.record.row == 3 ? 1 : 0));
    });
    CHECK(seen == 3);
  }
}

TEST_CASE("run_view: a retry stands behind its parent, whatever the clocks said") {
  const TemporaryDirectory dir;
  make_run(dir / "z", Written({Row(1, Status::failed, a, "X")}, 1), "2026-11-24T10:00:00Z");
  make_run(dir / "a", Written({Row(1, Status::success, a)}, 1, dir / "z"), "2026-11-24T09:00:00Z");
  CHECK(RunView(dir / "z").status(1) == Status::success);
}

TEST_CASE("run_view: runs that were moved together find each other") {
  const TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "old");
  make_run(dir / "old/1", Written({Row(1, Status::failed, a, "X")}, 1));
  make_run(dir / "old/2", Written({Row(1, Status::success, a)}, 1, dir / "old/1"));
  std::filesystem::rename(dir / "old", dir / "new");
  CHECK(RunView(dir / "new/1").runs().size() == 2);
  CHECK(RunView(dir / "new/2").runs().size() == 2);
}

TEST_CASE("run_view: no run, a parent that is gone, a chain that bites its tail") {
  const TemporaryDirectory dir;
  CHECK_THROWS_AS(RunView(dir / "nothing"), ConfigError);
  make_run(dir / "2", Written({}, 0, dir / "1"));
  CHECK_THROWS_WITH_AS(RunView(dir / "2"), doctest::Contains("not there any more"), ConfigError);
  make_run(dir / "1", Written({}, 0, dir / "2"));
  CHECK_THROWS_WITH_AS(RunView(dir / "2"), doctest::Contains("descends from it"), ConfigError);
}

TEST_CASE("run_view: a torn tail is left out and nothing is changed; a change in the middle is told with its offset") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a), Row(2, Status::success, b), Row(3, Status::success, c)}, 3));
  const std::string log = dir / "r/results.ndjson";
  const std::string whole = content(log);
  const std::string torn = whole.substr(0, whole.size() - 7);
  std::ofstream(log, std::ios::binary | std::ios::trunc) << torn;
  const RunView view(dir / "r");
  const auto last_line = whole.rfind('\n', whole.size() - 2) + 1;
  CHECK(view.rows(Status::success) == 2);
  CHECK(view.runs()[0].log.torn_bytes == torn.size() - last_line);
  CHECK_FALSE(view.damaged());
  CHECK(view.unsent() == 1);  // the summary knew of three
  CHECK(content(log) == torn);
  CHECK_FALSE(std::filesystem::exists(dir / "r/lock"));

  std::string changed = whole;  // its third line says that the second is durable
  const auto second = changed.find('\n') + 1;
  changed[second + 8] ^= 1;
  std::ofstream(log, std::ios::binary | std::ios::trunc) << changed;
  const RunView damaged(dir / "r");
  CHECK(damaged.damaged());
  CHECK(damaged.runs()[0].log.damaged_at == second);
  CHECK(damaged.rows(Status::success) == 1);
}

TEST_CASE("run_view: a run that has no summary has not ended, and how many rows there are is not known") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a)}, 1));
  std::filesystem::remove(dir / "r/summary.json");
  const RunView view(dir / "r");
  CHECK_FALSE(view.asked().has_ended);
  CHECK(view.rows_in_all() == std::nullopt);
  CHECK(view.unsent() == std::nullopt);
}
