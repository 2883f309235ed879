#include "start/retry_planner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "unit/reporter/chain_fixture.hpp"

using namespace amend;
using amend::test::TemporaryDirectory;

namespace {

constexpr std::string_view id_a = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
constexpr std::string_view capital_a = "3F2504E0-4F89-41D3-9A0C-0305E82C3301";
constexpr std::string_view id_b = "9a0c2504-4f89-41d3-9a0c-0305e82c3302";

RetryChoice only(std::string_view names) {
  RetryChoice choice;
  choice.failed = names.find("failed") != std::string_view::npos;
  choice.unknown = names.find("unknown") != std::string_view::npos;
  choice.unsent = names.find("unsent") != std::string_view::npos;
  return choice;
}

RetryChoice code(std::string name) {
  RetryChoice choice;
  choice.code = std::move(name);
  return choice;
}

std::vector<std::uint64_t> rows_in(const RowSet& set) {
  std::vector<std::uint64_t> rows;
  for (std::uint64_t row = 0; row < 1000; ++row)
    if (set.contains(row)) rows.push_back(row);
  return rows;
}

using Numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("retry: failed, unknown and unsent rows are sent again; rejected and superseded ones are not") {
  RetryPlanner planner{RetryChoice()};
  planner.ended(1, 0, Status::failed, "X", id_a);
  planner.ended(2, 0, Status::unknown, "transport.timeout", id_b);
  planner.ended(3, 0, Status::rejected, "input.id.missing", "");
  planner.ended(4, 0, Status::superseded, "run.superseded", "0305e82c-4f89-41d3-9a0c-0305e82c3303");
  planner.unsent(5, "0305e82c-4f89-41d3-9a0c-0305e82c3304");
  planner.unsent(6, "");
  const RetryPlan plan = planner.finish();
  CHECK(rows_in(plan.selection.to_send) == Numbers{1, 2, 5, 6});
  CHECK(plan.selection.superseded.size() == 0);
  CHECK(plan.report.failed == 1);
  CHECK(plan.report.unknown == 1);
  CHECK(plan.report.unsent == 2);
  CHECK(plan.report.rejected == 1);
}

TEST_CASE("retry: a row whose customer succeeded in a later row or run is superseded, in whatever case the id is") {
  RetryPlanner planner{RetryChoice()};
  planner.ended(10, 0, Status::failed, "X", id_a);
  planner.ended(100, 0, Status::failed, "X", id_b);
  planner.succeeded(20, 0, capital_a);
  planner.succeeded(30, 0, id_b);
  const RetryPlan plan = planner.finish();
  CHECK(rows_in(plan.selection.superseded) == Numbers{10});
  CHECK(rows_in(plan.selection.to_send) == Numbers{100});

  RetryPlanner later_run{RetryChoice()};
  later_run.ended(20, 0, Status::failed, "X", id_a);
  later_run.unsent(30, id_b);
  later_run.succeeded(10, 1, id_a);
  later_run.succeeded(10, 1, id_b);
  const RetryPlan second = later_run.finish();
  CHECK(rows_in(second.selection.superseded) == Numbers{20});
  CHECK(rows_in(second.selection.to_send) == Numbers{30});  // no run has tried it: nothing newer stands for it
}

TEST_CASE("retry: --only and --code narrow") {
  const auto sent = [](const RetryChoice& choice) {
    RetryPlanner planner(choice);
    planner.ended(1, 0, Status::failed, "http.500", "3f2504e0-4f89-41d3-9a0c-000000000001");
    planner.ended(2, 0, Status::failed, "http.404", "3f2504e0-4f89-41d3-9a0c-000000000002");
    planner.ended(3, 0, Status::unknown, "transport.timeout", "3f2504e0-4f89-41d3-9a0c-000000000003");
    planner.unsent(4, "3f2504e0-4f89-41d3-9a0c-000000000004");
    planner.ended(5, 0, Status::failed, "httpx", "3f2504e0-4f89-41d3-9a0c-000000000005");
    const RetryPlan plan = planner.finish();
    CHECK(plan.selection.to_send.size() + plan.report.not_chosen == 5);
    return rows_in(plan.selection.to_send);
  };
  CHECK(sent(only("failed")) == Numbers{1, 2, 5});
  CHECK(sent(only("unknown")) == Numbers{3});
  CHECK(sent(only("unsent")) == Numbers{4});
  CHECK(sent(only("failed,unsent")) == Numbers{1, 2, 4, 5});
  CHECK(sent(code("http.500")) == Numbers{1});
  CHECK(sent(code("http.*")) == Numbers{1, 2});
  CHECK(sent(code("http.5")).empty());
}

TEST_CASE("retry: an earlier row is held back while a later one of its customer is left and not chosen") {
  RetryPlanner planner(only("failed"));
  planner.ended(10, 0, Status::failed, "X", id_a);
  planner.ended(20, 0, Status::unknown, "Y", id_a);
  planner.ended(30, 0, Status::failed, "X", id_a);
  planner.ended(40, 0, Status::failed, "X", id_b);
  const RetryPlan plan = planner.finish();
  CHECK(rows_in(plan.selection.to_send) == Numbers{30, 40});
  CHECK(plan.report.held_back == 1);
  CHECK(plan.report.not_chosen == 1);
}

TEST_CASE("retry: against a plain model: what is sent, superseded and held back of any chain") {
  std::random_device device;
  const unsigned seed = device();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  for (int round = 0; round < 300; ++round) {
    struct Row {
      unsigned customer, run, end;  // end: 0 success, 1 failed, 2 unknown, 3 unsent, 4 rejected
      std::string code;
    };
    std::vector<Row> rows;
    for (unsigned i = below(40); i-- > 0;) rows.push_back(Row{below(6), below(3), below(5), below(2) ? "x.1" : "y"});
    RetryChoice choice;
    if (below(2)) {
      choice.failed = below(2) != 0;
      choice.unknown = below(2) != 0;
      choice.unsent = below(2) != 0;
    } else if (below(2)) {
      choice.code = "x.*";
    }
    const auto id = [](unsigned customer) { return "3f2504e0-4f89-41d3-9a0c-00000000000" + std::to_string(customer); };

    RetryPlanner planner(choice);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Row& row = rows[i];
      if (row.end == 3) planner.unsent(i + 1, id(row.customer));
      if (row.end == 1 || row.end == 2 || row.end == 4)
        planner.ended(i + 1, row.run,
                      row.end == 1   ? Status::failed
                      : row.end == 2 ? Status::unknown
                                     : Status::rejected,
                      row.code, id(row.customer));
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].end == 0) planner.succeeded(i + 1, rows[i].run, id(rows[i].customer));
    const RetryPlan plan = planner.finish();

    const auto left = [&](const Row& row) { return row.end >= 1 && row.end <= 3; };
    const auto chosen = [&](const Row& row) {
      if (!left(row)) return false;
      if (!choice.code.empty()) return row.end != 3 && row.code == "x.1";
      return row.end == 1 ? choice.failed : row.end == 2 ? choice.unknown : choice.unsent;
    };
    std::uint64_t held = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      bool superseded = false;
      bool waits = false;
      for (std::size_t j = 0; j < rows.size(); ++j) {
        if (rows[j].customer != rows[i].customer) continue;
        if (rows[j].end == 0 && (j > i || (rows[i].end != 3 && rows[j].run > rows[i].run))) superseded = true;
        if (j > i && left(rows[j]) && !chosen(rows[j])) waits = true;
      }
      CAPTURE(i);
      CHECK(plan.selection.superseded.contains(i + 1) == (chosen(rows[i]) && superseded));
      CHECK(plan.selection.to_send.contains(i + 1) == (chosen(rows[i]) && !superseded && !waits));
      held += chosen(rows[i]) && !superseded && waits ? 1 : 0;
    }
    CHECK(plan.report.held_back == held);
    CHECK(plan.selection.to_send.size() == plan.report.failed + plan.report.unknown + plan.report.unsent);
  }
}

namespace {

// A CSV of rows with these ids, and a run over it whose log has the records of `ends` ('s', 'f', 'u', '-': none).
class Sent {
 public:
  explicit Sent(std::string ends) {
    std::filesystem::create_directory(run);
    config.input.file = dir / "customers.csv";
    write_input(ends.size());
    InputIdentity identity;
    identity.path = config.input.file;
    identity.size = std::filesystem::file_size(config.input.file);
    identity.format = Format::csv;
    std::ofstream(run + "/run.json") << run_json(config, identity, std::chrono::system_clock::time_point());
    ResultLine lines;
    std::string log;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i] == '-') continue;
      const Status status = ends[i] == 's' ? Status::success : ends[i] == 'f' ? Status::failed : Status::unknown;
      const Outcome outcome = rows.make(status, id_a, row_text(i), Position(i + 1, i + 2, 0));
      lines.append(log, outcome, log.size());
    }
    std::ofstream(run + "/results.ndjson", std::ios::binary) << log;
  }

  std::string row_text(std::size_t i) const { return std::string(id_a) + ",Ada " + std::to_string(i) + ",12345678"; }
  void write_input(std::size_t count, std::size_t changed = 1000) const {
    std::ofstream file(config.input.file, std::ios::trunc);
    file << "id,name,phone\n";
    for (std::size_t i = 0; i < count; ++i) file << row_text(i == changed ? i + 1 : i) << "\n";
  }
  RetryPlan plan() const { return plan(InputFile(config.input.file)); }
  RetryPlan plan(const InputFile& file) const {
    const RunView view(run);
    require_whole_logs(view);
    return plan_retry(view, file, config.input, config.mapping, RetryChoice());
  }

  TemporaryDirectory dir;
  std::string run = dir / "run";
  Config config;
  amend::test::Rows rows;
};

}  // namespace

TEST_CASE("retry: the plan of a run on disk: unsent rows are known by the input, and their customer too") {
  const Sent sent("fs-u-");
  const RetryPlan plan = sent.plan();
  CHECK(rows_in(plan.selection.superseded) == Numbers{1});
  CHECK(rows_in(plan.selection.to_send) == Numbers{3, 4, 5});
  CHECK(plan.report.unsent == 2);
}

TEST_CASE("retry: an input that is not what it was is refused, naming the row") {
  const Sent sent("sfs");
  CHECK(rows_in(sent.plan().selection.superseded) == Numbers{2});
  sent.write_input(3, 1);
  CHECK_THROWS_WITH_AS(sent.plan(), doctest::Contains("row 2 (line 3) differs from the "), InputError);
  sent.write_input(4);
  CHECK_THROWS_WITH_AS(sent.plan(), doctest::Contains("bytes, but had"), ConfigError);
  const InputFile opened(sent.config.input.file);
  std::filesystem::remove(sent.config.input.file);
  CHECK_THROWS_WITH_AS(sent.plan(opened), doctest::Contains("is missing"), ConfigError);
}

TEST_CASE("retry: a log that was changed is refused, naming the offset") {
  const Sent sent("sfs");
  std::fstream log(sent.run + "/results.ndjson", std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(10);
  log.put('x');
  log.close();
  CHECK_THROWS_WITH_AS(sent.plan(), doctest::Contains("changed at byte 0"), InputError);
}
