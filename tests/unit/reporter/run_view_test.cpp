// Runs and chains of them as directories on disk, made without a server.
#include "amend/run/run_view.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "amend/row/selection.hpp"
#include "amend/run/result_log.hpp"
#include "unit/reporter/chain_fixture.hpp"
#include "unit/reporter/fixture.hpp"

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
  CHECK_THROWS_WITH_AS(RunView(dir / "2"), doctest::Contains("which is missing"), ConfigError);
  make_run(dir / "1", Written({}, 0, dir / "2"));
  CHECK_THROWS_WITH_AS(RunView(dir / "2"), doctest::Contains("is a retry of one of its own retries"), ConfigError);
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

TEST_CASE("run_view: runs that were copied together do not mix with those they were copied from") {
  const TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "old");
  make_run(dir / "old/1", Written({Row(1, Status::failed, a, "X")}, 1));
  make_run(dir / "old/2", Written({Row(1, Status::success, a)}, 1, dir / "old/1"));
  std::filesystem::copy(dir / "old", dir / "copy", std::filesystem::copy_options::recursive);
  for (const char* run : {"copy/1", "copy/2"}) {
    const RunView view(dir / run);
    REQUIRE(view.runs().size() == 2);
    for (const RunHead& head : view.runs()) CHECK(head.directory.find("/copy/") != std::string::npos);
  }
}

TEST_CASE("run_view: a retry is found in a folder of any size") {
  const TemporaryDirectory dir;
  make_run(dir / "first", Written({Row(1, Status::failed, a, "X")}, 1));
  for (int n = 0; n < 11'000; ++n) std::ofstream(dir / ("file-" + std::to_string(n)));
  make_run(dir / "second", Written({Row(1, Status::success, a)}, 1, dir / "first"));
  CHECK(RunView(dir / "first").status(1) == Status::success);
}

TEST_CASE("run_view: a log that its run has begun and that is missing or cut is damage, before and after its end") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a), Row(2, Status::success, b)}, 2));
  test::set_log_bytes(dir / "r");
  const std::string log = dir / "r/results.ndjson";
  const std::string whole = content(log);
  const auto damage = [&] { return RunView(dir / "r").runs()[0].log; };
  REQUIRE_FALSE(RunView(dir / "r").damaged());
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    CAPTURE(size);
    std::ofstream(log, std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    REQUIRE(damage().damaged_at.has_value());
    CHECK(damage().damage == LogDamage::cut);
    CHECK(log_was_shortened(dir / "r"));
  }
  std::ofstream(log, std::ios::binary | std::ios::trunc) << whole.substr(0, whole.find('\n') + 1) << "";
  CHECK(describe(damage()) == "was cut at byte " + std::to_string(whole.find('\n') + 1));
  std::filesystem::remove(log);
  CHECK(describe(damage()) == "is missing");
  std::filesystem::remove(dir / "r/summary.json");  // it was killed
  CHECK(describe(damage()) == "is missing");
  CHECK(log_was_shortened(dir / "r"));
}

TEST_CASE("run_view: a log that is a pipe is refused and not waited for") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a)}, 1));
  std::filesystem::remove(dir / "r/results.ndjson");
  REQUIRE(::mkfifo((dir / "r/results.ndjson").c_str(), 0600) == 0);
  CHECK_THROWS_WITH_AS(RunView(dir / "r"), doctest::Contains("is not a file"), InputError);
}

TEST_CASE("run_view: a reconciliation that has sent nothing needs no log; one that has begun to send does") {
  const TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "r");
  RunRecord record;
  record.config.task = Task::reconcile;
  record.config.reconcile.apply = true;
  std::ofstream(dir / "r/run.json") << run_json(record);
  std::ofstream(dir / "r/plan.ndjson") << "";
  CHECK_FALSE(RunView(dir / "r").damaged());
  CHECK_NOTHROW(refuse_lost_log(dir / "r"));
  std::ofstream(dir / "r/timeline.ndjson") << "";
  CHECK(RunView(dir / "r").damaged());
  CHECK_THROWS_WITH_AS(refuse_lost_log(dir / "r"), doctest::Contains("results.ndjson: is missing"), InputError);
}

TEST_CASE("run_view: a retry whose run.json cannot be read is named, unless its log is about other rows") {
  const TemporaryDirectory dir;
  make_run(dir / "first", Written({Row(1, Status::failed, a, "X"), Row(2, Status::success, b)}, 2));
  make_run(dir / "later", Written({Row(1, Status::success, a)}, 1, dir / "first"));
  std::ofstream(dir / "later/selection.txt") << to_text(Selection());
  REQUIRE(RunView(dir / "first").runs().size() == 2);
  const std::string run = dir / "later/run.json";
  bool is_named = true;
  SUBCASE("half of it") { std::filesystem::resize_file(run, 100); }
  SUBCASE("no byte") { std::filesystem::resize_file(run, 0); }
  SUBCASE("another object") { std::ofstream(run) << "{}"; }
  SUBCASE("a parent that is no name") { std::ofstream(run) << "{\"parent\":5}"; }
  SUBCASE("a retry of nothing") { std::ofstream(run) << "{\"parent\":null}"; }
  SUBCASE("removed") { std::filesystem::remove(run); }
  SUBCASE("removed with its log") {
    std::filesystem::remove(run);
    std::filesystem::remove(dir / "later/results.ndjson");
  }
  SUBCASE("without a record yet") {
    std::filesystem::resize_file(run, 0);
    std::filesystem::resize_file(dir / "later/results.ndjson", 0);
  }
  SUBCASE("a start that was killed before its run.json has sent nothing") {
    std::filesystem::remove(run);
    std::filesystem::resize_file(dir / "later/results.ndjson", 0);
    is_named = false;
  }
  SUBCASE("a first run of another file") {
    std::filesystem::resize_file(run, 0);
    std::filesystem::remove(dir / "later/selection.txt");
    is_named = false;
  }
  SUBCASE("a retry of another file") {
    std::filesystem::resize_file(run, 0);
    std::ofstream(dir / "later/results.ndjson", std::ios::trunc) << test::log_of_other_content(2, c);
    is_named = false;
  }
  const RunView view(dir / "first");
  CHECK(view.runs().size() == 1);
  CHECK(view.unreadable().size() == (is_named ? 1 : 0));
  CHECK(view.damaged() == is_named);
  if (is_named) CHECK(view.unreadable().front().ends_with("/later"));
  if (is_named)
    CHECK_THROWS_WITH_AS(refuse_unreadable_retries(view.unreadable()), doctest::Contains("later"), InputError);
}

TEST_CASE("run_view: a run that has no summary has not ended, and how many rows there are is not known") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a)}, 1));
  std::filesystem::remove(dir / "r/summary.json");
  const RunView view(dir / "r");
  CHECK_FALSE(view.asked().summary);
  CHECK(view.rows_in_all() == std::nullopt);
  CHECK(view.unsent() == std::nullopt);
}
