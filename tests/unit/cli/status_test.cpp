#include "cli/command/status.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "amend/row/selection.hpp"
#include "unit/cli/holds.hpp"
#include "unit/reporter/chain_fixture.hpp"

namespace cli = amend::cli;
using namespace amend;
using amend::test::make_run;
using amend::test::Row;
using amend::test::TemporaryDirectory;
using amend::test::Written;

namespace {

constexpr auto a = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
constexpr auto b = "9a0c2504-4f89-41d3-9a0c-0305e82c3302";

std::string text_of(const RunView& view) { return cli::status_text(view, cli::errors_of(view)); }

boost::json::object json_of(const RunView& view) {
  return boost::json::parse(cli::status_json(view, cli::errors_of(view))).as_object();
}

}  // namespace

TEST_CASE("status: 0 when every row ended in success or superseded, and none: the run is complete") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a), Row(2, Status::superseded, a, "run.superseded")}, 2));
  const RunView view(dir / "r");
  CHECK(cli::status_exit_code(view) == ExitCode::success);
  CHECK(holds(text_of(view), "none: the run is complete"));
  CHECK(cli::commands_left(view).empty());
  CHECK(json_of(view).at("exit_code").as_int64() == 0);
}

TEST_CASE("status: 1 for each other end of a row, and the command for what is left") {
  const auto only_command = [](const Written& written, bool has_ended = true) {
    const TemporaryDirectory dir;
    make_run(dir / "r", written);
    if (!has_ended) std::filesystem::remove(dir / "r/summary.json");
    std::ofstream(dir / "r/rejected.csv") << "id\r\n";
    const RunView view(dir / "r");
    CHECK(cli::status_exit_code(view) == ExitCode::some_rows_failed);
    const auto commands = cli::commands_left(view);
    REQUIRE(!commands.empty());
    return commands.front().substr(0, commands.front().find(' ', 6));
  };
  CHECK(only_command(Written({Row(1, Status::failed, a, "X")}, 1)) == "amend retry");
  CHECK(only_command(Written({Row(1, Status::unknown, a, "X")}, 1)) == "amend retry");
  CHECK(only_command(Written({Row(1, Status::rejected, a, "X")}, 1)) == "amend update");
  CHECK(only_command(Written({Row(1, Status::success, a)}, 2)) == "amend resume");
  CHECK(only_command(Written({Row(1, Status::success, a)}, 1), false) == "amend resume");
}

TEST_CASE("status: the chain is told as one: totals, errors that are left, the next retry of the last run") {
  const TemporaryDirectory dir;
  make_run(dir / "1", Written({Row(1, Status::failed, a, "GONE"), Row(2, Status::failed, b, "STAYS")}, 3));
  make_run(dir / "2", Written({Row(1, Status::success, a), Row(2, Status::unknown, b, "STAYS")}, 2, dir / "1"));
  const RunView view(dir / "1");
  const std::string text = text_of(view);
  CHECK(holds(text, "3 in the input, 1 success, 1 unknown, 1 unsent"));
  CHECK(holds(text, "1 x STAYS, e.g. row 2, line 3: text of STAYS"));
  CHECK_FALSE(holds(text, "GONE"));
  CHECK(holds(text, "amend retry " + dir / "2"));
  const auto json = json_of(view);
  CHECK(json.at("runs").as_array().size() == 2);
  CHECK(json.at("runs").as_array()[0].as_object().at("parent").is_null());
  const auto& rows = json.at("rows").as_object();
  CHECK(rows.at("total").as_int64() == 3);
  CHECK(rows.at("success").as_int64() == 1);
  CHECK(rows.at("failed").as_int64() == 0);
  CHECK(rows.at("unknown").as_int64() == 1);
  CHECK(rows.at("unsent").as_int64() == 1);
  CHECK(json.at("errors").as_array().size() == 1);
}

TEST_CASE("status: a damaged log is told with its offset, and never 0") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a), Row(2, Status::success, b)}, 2));
  std::fstream log(dir / "r/results.ndjson", std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(10);
  log.put('x');
  log.close();
  const RunView view(dir / "r");
  CHECK(cli::status_exit_code(view) == ExitCode::input);
  CHECK(holds(text_of(view), "was changed at byte 0"));
  REQUIRE(cli::commands_left(view).size() == 1);
  CHECK(cli::commands_left(view).front().starts_with("amend reconcile "));  // the API knows what the log does not
  CHECK(json_of(view).at("runs").as_array()[0].as_object().at("damaged_at").as_int64() == 0);
}

TEST_CASE(
    "status: a log that is missing or shorter than its summary says is damage, exit 3, however well its rows ended") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a), Row(2, Status::success, b)}, 2));
  amend::test::set_log_bytes(dir / "r");
  REQUIRE(cli::status_exit_code(RunView(dir / "r")) == ExitCode::success);
  SUBCASE("missing") {
    std::filesystem::remove(dir / "r/results.ndjson");
    CHECK(holds(text_of(RunView(dir / "r")), "results.ndjson is missing"));
  }
  SUBCASE("without a byte") {
    std::filesystem::resize_file(dir / "r/results.ndjson", 0);
    CHECK(holds(text_of(RunView(dir / "r")), "results.ndjson was cut at byte 0"));
  }
  const RunView view(dir / "r");
  CHECK(cli::status_exit_code(view) == ExitCode::input);
  REQUIRE(cli::commands_left(view).size() == 1);
  CHECK(cli::commands_left(view).front().starts_with("amend reconcile "));
}

TEST_CASE("status: a reconciliation that was undone has no next command, also while the undo is running") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::failed, a), Row(2, Status::success, b)}, 2));
  RunRecord record = read_run(dir / "r");
  record.config.task = Task::reconcile;
  record.config.reconcile.apply = true;
  const RunDirectory run(dir / "r", Opening::resume);
  run.write_file("run.json", run_json(record));
  REQUIRE(cli::commands_left(RunView(dir / "r")).size() == 1);  // it is running
  run.write_file(undone_name, "elsewhere\n");
  CHECK(cli::commands_left(RunView(dir / "r")).empty());
}

TEST_CASE("status: a retry beside the run whose run.json is damaged is named, exit 3") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::success, a)}, 1));
  make_run(dir / "later", Written({Row(1, Status::success, a)}, 1, dir / "r"));
  std::ofstream(dir / "later/selection.txt") << to_text(Selection());
  std::ofstream(dir / "later/run.json") << "{\"broken";
  const RunView view(dir / "r");
  CHECK(cli::status_exit_code(view) == ExitCode::input);
  CHECK(holds(text_of(view), "/later: its run.json is damaged or missing"));
  CHECK(json_of(view).at("unreadable").as_array().size() == 1);
}

TEST_CASE("status: foreign text cannot write to the terminal") {
  const TemporaryDirectory dir;
  make_run(dir / "r", Written({Row(1, Status::failed, a, "\x1b[31mRED")}, 1));
  CHECK_FALSE(holds(text_of(RunView(dir / "r")), "\x1b"));
}
