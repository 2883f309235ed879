// summary.json in both directions.
#include <doctest/doctest.h>

#include <limits>
#include <random>

#include "amend/run/summary.hpp"
#include "unit/reporter/fixture.hpp"

namespace amend {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Draws values from the whole range of each member, the bounds more often than by chance.
class SummaryDraw {
 public:
  explicit SummaryDraw(std::uint64_t seed) : random_(seed) {}

  Summary draw() {
    Summary summary;
    summary.version = text();
    summary.run_directory = text();
    summary.input = text();
    summary.started_at += std::chrono::seconds(below(7'258'118'400));  // until 2199
    summary.elapsed = milliseconds(below(years_100_ms));
    summary.exit_code = exit_code(cause(summary.stop_cause));
    summary.stop_reason = text();
    summary.rows_read = number();
    for (std::uint64_t& rows : summary.rows_by_status) rows = number();
    if (chance()) summary.unsent = number();
    summary.overtaken = number();
    summary.overtaken_rejected = number();
    for (std::uint64_t& rows : summary.drift) rows = number();
    draw_requests(summary);
    draw_connection(summary.connection);
    draw_latency(summary.service);
    draw_latency(summary.queued);
    if (chance()) summary.log_bytes = number();
    draw_lists(summary);
    return summary;
  }

 private:
  static constexpr std::uint64_t years_100_ms = 3'155'760'000'000;
  static constexpr std::uint64_t days_100_us = 8'640'000'000'000;

  std::uint64_t below(std::uint64_t end) { return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(random_); }
  bool chance() { return below(2) == 0; }
  std::uint64_t number() {
    switch (below(4)) {
      case 0: return 0;
      case 1: return std::numeric_limits<std::uint64_t>::max();
      case 2: return below(1000);
      default: return random_();
    }
  }
  std::string text() {
    constexpr std::string_view pieces[] = {"a",    " ",  "\"",       "\\",           "\\x1b", "\x1b",
                                           "\xff", "\n", "\xc3\xa9", "\xe4\xb8\xad", "\x7f"};
    std::string out;
    for (std::uint64_t n = below(8); n > 0; --n) out += pieces[below(std::size(pieces))];
    return out;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> out;
    for (std::uint64_t n = below(4); n > 0; --n) out.push_back(text());
    return out;
  }
  StopCause cause(StopCause& out) { return out = stop_cause_spellings[below(stop_cause_spellings.size())].second; }

  void draw_requests(Summary& summary) {
    for (std::uint64_t* count : {&summary.attempts, &summary.retries, &summary.requeues, &summary.throttled,
                                 &summary.connections, &summary.handshakes_failed})
      *count = number();
  }
  void draw_connection(ConnectionState& connection) {
    connection.times = number();
    connection.total = milliseconds(below(years_100_ms));
    connection.cause = text();
    connection.text = text();
  }
  void draw_latency(Latency& latency) {
    for (auto* at : {&latency.p50, &latency.p90, &latency.p99, &latency.p999, &latency.max})
      *at = microseconds(below(days_100_us));
  }
  void draw_lists(Summary& summary) {
    summary.findings.damaged_rows = number();
    for (std::uint64_t n = below(3); n > 0; --n) {
      FieldFinding& finding = summary.findings.fields.emplace_back();
      finding.code = text();
      finding.field = text();
      finding.degree = chance() ? Degree::damage : Degree::hint;
      finding.rows = number();
      finding.first.emplace_back(number(), number(), 0);
    }
    for (std::uint64_t n = below(3); n > 0; --n) {
      ErrorCount& error = summary.errors.emplace_back();
      error.code = text();
      error.count = number();
      error.row = number();
      error.line = number();
      error.id = text();
      error.text = text();
    }
    for (std::uint64_t n = below(3); n > 0; --n) {
      FileSeal& seal = summary.retry_files.emplace_back(text());
      seal.bytes = number();
      seal.hash = number();
    }
    summary.notices = texts();
    summary.files = texts();
  }

  std::mt19937_64 random_;
};

Summary parsed(const std::string& text) {
  const auto summary = parse_summary(text);
  REQUIRE(summary);
  return *summary;
}

TEST_CASE("summary.json: every member comes back, whatever its value") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    const Summary summary = SummaryDraw(seed).draw();
    const std::string text = to_json(summary);
    const Summary back = parsed(text);
    REQUIRE(to_json(back) == text);
    // What the text does not round or escape is the value itself.
    REQUIRE(back.started_at == summary.started_at);
    REQUIRE(back.elapsed == summary.elapsed);
    REQUIRE(back.service.max == summary.service.max);
    REQUIRE(back.queued.p999 == summary.queued.p999);
    REQUIRE(back.exit_code == summary.exit_code);
    REQUIRE(back.stop_cause == summary.stop_cause);
    REQUIRE(back.rows_read == summary.rows_read);
    REQUIRE(back.rows_by_status == summary.rows_by_status);
    REQUIRE(back.unsent == summary.unsent);
    REQUIRE(back.drift == summary.drift);
    REQUIRE(back.log_bytes == summary.log_bytes);
    REQUIRE(back.errors.size() == summary.errors.size());
    REQUIRE(back.findings.fields.size() == summary.findings.fields.size());
    REQUIRE(back.retry_files.size() == summary.retry_files.size());
    for (std::size_t i = 0; i < back.retry_files.size(); ++i)
      REQUIRE(back.retry_files[i].hash == summary.retry_files[i].hash);
  }
}

TEST_CASE("summary.json: a part of it is read, and what is not one is no summary") {
  CHECK_FALSE(parse_summary(""));
  CHECK_FALSE(parse_summary("[]"));
  CHECK_FALSE(parse_summary("{}"));
  CHECK_FALSE(parse_summary(to_json(Summary()).substr(0, 50)));
  const Summary part = parsed(R"({"stop_reason":"x","rows":{"success":3,"failed":"?"},"log_bytes":-1,"errors":[5]})");
  CHECK(part.stop_reason == "x");
  CHECK(part.rows(Status::success) == 3);
  CHECK(part.rows(Status::failed) == 0);
  CHECK_FALSE(part.unsent);
  CHECK_FALSE(part.rows_in_input());
  CHECK_FALSE(part.log_bytes);
  CHECK(part.errors.empty());
  CHECK(part.exit_code == ExitCode::broken_invariant);
  CHECK(parsed(R"({"stop_cause":"a cause of a later version","exit_code":4})").stop_cause == StopCause::none);
  CHECK(parsed(R"({"elapsed_s":1e300,"exit_code":0})").elapsed > std::chrono::hours(24 * 365));
}

TEST_CASE("summary.json: it is read from its directory") {
  const test::TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "run");
  CHECK_FALSE(read_summary(dir / "run"));
  Summary summary;
  summary.unsent = 2;
  summary.rows_by_status = {1, 2, 3, 4, 5, 6};
  std::ofstream(dir / "run/summary.json") << to_json(summary);
  const auto read = read_summary(dir / "run");
  REQUIRE(read);
  CHECK(read->rows_ended() == 21);
  CHECK(read->rows_succeeded() == 12);
  CHECK(read->rows_in_input() == 23);
  CHECK_FALSE(read->is_whole());
}

}  // namespace
}  // namespace amend
