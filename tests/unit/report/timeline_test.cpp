#include "report/model/timeline.hpp"

#include <doctest/doctest.h>

#include "report/charts/load_series.hpp"
#include "report/model/bounded_lines.hpp"
#include "row/utc_time.hpp"
#include "support/process.hpp"

using namespace amend;
using namespace amend::report;
using std::chrono::milliseconds;

namespace {

TimelineSample sample_at(milliseconds elapsed, std::uint64_t attempts) {
  TimelineSample sample;
  sample.at = std::chrono::system_clock::time_point(std::chrono::seconds(1'800'000'000)) + elapsed;
  sample.elapsed = elapsed;
  sample.attempts = attempts;
  return sample;
}

}  // namespace

TEST_CASE("timeline: what was written is read back") {
  TimelineSample sample = sample_at(milliseconds(12'345), 99);
  sample.rows_ended = 90;
  sample.retries = 3;
  sample.requeues = 4;
  sample.throttled = 5;
  sample.overloaded = 6;
  sample.in_flight = 7;
  sample.in_flight_max = 16;
  sample.limiter_wait = std::chrono::microseconds(1'234'567);
  sample.interval = std::chrono::microseconds(40'000);
  sample.held = milliseconds(1'500);
  sample.paused = true;
  sample.circuit = CircuitState::half_open;
  sample.not_connected = true;
  const auto entry = read_timeline_line(sample_line(sample));
  REQUIRE(entry);
  REQUIRE(entry->sample);
  CHECK(entry->sample->at == sample.at);
  CHECK(sample_line(*entry->sample) == sample_line(sample));
  CHECK(entry->sample->not_connected);

  const auto start = read_timeline_line(start_line(sample.at));
  REQUIRE(start);
  CHECK(start->start == sample.at);

  const auto notice = read_timeline_line(notice_line(sample.at, "it said \"no\"\n\xff"));
  REQUIRE(notice);
  CHECK(notice->notice == "it said \"no\"\n\\xff");
}

TEST_CASE("timeline: a line that was cut anywhere, or that is no line of ours, is passed over") {
  const std::string line = sample_line(sample_at(milliseconds(1), 2));
  for (std::size_t bytes = 0; bytes + 2 < line.size(); ++bytes) CHECK_FALSE(read_timeline_line(line.substr(0, bytes)));
  for (const char* other : {"", "{}", "[]", "null", R"({"at":"yesterday","elapsed_ms":1,"circuit":"closed"})",
                            R"({"at":"2026-11-23T12:00:00.123Z","elapsed_ms":-1,"circuit":"closed"})",
                            R"({"at":"2026-11-23T12:00:00.123Z","elapsed_ms":1,"circuit":"broken"})"})
    CHECK_FALSE(read_timeline_line(other));
  CHECK_FALSE(read_timeline_line(std::string(timeline_line_max + 1, ' ')));
}

TEST_CASE("timeline: times are read to the millisecond, and nothing else is taken for one") {
  CHECK(parse_utc("1970-01-02T00:00:01.500Z") == std::chrono::system_clock::time_point(milliseconds(86'401'500)));
  CHECK(parse_utc("1970-01-01T00:00:00Z") == std::chrono::system_clock::time_point());
  for (const char* other :
       {"", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-02-30T00:00:00Z", "1970-01-01T24:00:00Z",
        "1970-01-01T00:00:00.1Z", "1970-01-01T00:00:00+01", "x970-01-01T00:00:00Z"})
    CHECK_FALSE(parse_utc(other));
}

TEST_CASE("timeline: a week makes no more than 7,000 samples") {
  milliseconds elapsed{0};
  std::size_t samples = 0;
  while (elapsed < std::chrono::hours(24 * 7)) {
    elapsed += sample_interval(elapsed);
    ++samples;
  }
  CHECK(samples < 7'000);
  CHECK(sample_interval(milliseconds(0)) <= milliseconds(1'000));
}

TEST_CASE("load: rates come of what has grown between two samples, over the time between them") {
  LoadSeries load;
  load.begin();
  load.add(sample_at(milliseconds(0), 0));
  load.add(sample_at(milliseconds(1'000), 50));
  load.add(sample_at(milliseconds(2'000), 150));
  const LoadHistory history = load.history();
  REQUIRE(history.points.size() == 2);
  CHECK(history.points[0].requests == doctest::Approx(50));
  CHECK(history.points[1].requests == doctest::Approx(100));
  CHECK(history.requests == 150);
}

TEST_CASE("load: a resumed run goes on behind the time of the process before, with counters that begin anew") {
  LoadSeries load;
  load.begin();
  load.add(sample_at(milliseconds(0), 0));
  load.add(sample_at(milliseconds(4'000), 100));
  load.begin();
  load.add(sample_at(milliseconds(0), 0));
  load.add(sample_at(milliseconds(2'000), 30));
  const LoadHistory history = load.history();
  CHECK(history.requests == 130);
  REQUIRE(history.resumed_s.size() == 1);
  CHECK(history.resumed_s[0] == doctest::Approx(4));
  CHECK(load.reached() == milliseconds(6'000));
}

TEST_CASE("load: time without a connection is a wait of its own; older timelines do not know it") {
  LoadSeries load;
  load.begin();
  for (int second = 0; second <= 10; ++second) {
    TimelineSample sample = sample_at(std::chrono::seconds(second), 0);
    sample.not_connected = second >= 3 && second < 7;
    load.add(sample);
  }
  const LoadHistory history = load.history();
  REQUIRE(history.waits.size() == 1);
  CHECK(history.waits[0].cause == Wait::Cause::connect);
  CHECK(history.waited_s[static_cast<std::size_t>(Wait::Cause::connect)] == doctest::Approx(4));
  CHECK(history.times_waited[static_cast<std::size_t>(Wait::Cause::connect)] == 1);
  std::string old = sample_line(sample_at(milliseconds(1), 2));
  const std::string_view added = ",\"not_connected\":0";
  REQUIRE(old.find(added) != std::string::npos);
  old.erase(old.find(added), added.size());
  REQUIRE(read_timeline_line(old));
  CHECK_FALSE(read_timeline_line(old)->sample->not_connected);
}

TEST_CASE("load: waits are told from the first sample that shows them to the first that does not") {
  LoadSeries load;
  load.begin();
  for (int second = 0; second <= 10; ++second) {
    TimelineSample sample = sample_at(std::chrono::seconds(second), 0);
    sample.paused = second >= 2 && second < 5;
    sample.circuit = second >= 8 ? CircuitState::open : CircuitState::closed;
    load.add(sample);
  }
  const LoadHistory history = load.history();
  REQUIRE(history.waits.size() == 2);
  CHECK(history.waits[0].cause == Wait::Cause::paused);
  CHECK(history.waits[0].from_s == doctest::Approx(2));
  CHECK(history.waits[0].to_s == doctest::Approx(5));
  CHECK(history.waits[1].cause == Wait::Cause::circuit);  // it has not ended
  CHECK(history.waits[1].to_s == doctest::Approx(10));
  CHECK(history.waited_s[static_cast<std::size_t>(Wait::Cause::paused)] == doctest::Approx(3));
}

TEST_CASE("load: however long and restless a run, what is kept is bounded") {
  LoadSeries load;
  for (int n = 0; n < 20'000; ++n) {
    if (n % 10 == 0) load.begin();
    TimelineSample sample = sample_at(std::chrono::seconds(n % 10), static_cast<std::uint64_t>(n % 10));
    sample.paused = n % 2 == 0;
    load.add(sample);
  }
  const LoadHistory history = load.history();
  CHECK(history.points.size() <= TimeSeries<int>::cells_max);
  CHECK(history.waits.size() == LoadHistory::waits_max);
  CHECK(history.times_waited[0] == history.waits.size() + history.waits_left_out);
  CHECK(history.resumed_s.size() <= RunClock::processes_max);
}

TEST_CASE("run clock: the time between two processes does not count") {
  const RunClock::Wall start(std::chrono::seconds(1'000));
  RunClock clock(start);
  clock.begin(start + std::chrono::hours(10), milliseconds(5'000));
  CHECK(clock.at(start - std::chrono::seconds(1)) == milliseconds(0));
  CHECK(clock.at(start + std::chrono::seconds(3)) == milliseconds(3'000));
  CHECK(clock.at(start + std::chrono::seconds(30)) == milliseconds(5'000));
  CHECK(clock.at(start + std::chrono::hours(10) + std::chrono::seconds(2)) == milliseconds(7'000));
}

TEST_CASE("run clock: a clock that was set back, or jumps, makes no time before the start or behind the end") {
  const RunClock::Wall start(std::chrono::hours(100));
  RunClock clock(start);
  clock.reach(milliseconds(5'000), milliseconds(200));
  clock.begin(start - std::chrono::hours(1), milliseconds(5'000));
  clock.reach(milliseconds(8'000), milliseconds(200));
  clock.begin(start + std::chrono::hours(1), milliseconds(8'000));
  clock.reach(milliseconds(9'000), milliseconds(200));
  CHECK(clock.at(start + std::chrono::seconds(3)) == milliseconds(3'000));
  CHECK(clock.at(start - std::chrono::hours(1) + std::chrono::seconds(2)) == milliseconds(7'000));
  CHECK(clock.at(start + std::chrono::hours(1)) == milliseconds(8'000));
  CHECK(clock.at(start + std::chrono::hours(24 * 365)) == milliseconds(9'200));
  CHECK(clock.at(start - std::chrono::hours(50)) == milliseconds(8'000));
  CHECK(clock.in_last(start - std::chrono::hours(50)) == milliseconds(8'000));
}

TEST_CASE("timeline: numbers that no run can have, and years that the clock cannot hold, make no nonsense") {
  CHECK_FALSE(parse_utc("9999-12-31T23:59:59Z"));
  CHECK_FALSE(parse_utc("0001-01-01T00:00:00Z"));
  const std::string huge = "18446744073709551615";
  const auto entry =
      read_timeline_line(R"({"at":"2026-11-23T12:00:00.123Z","elapsed_ms":)" + huge + R"(,"limiter_wait_us":)" + huge +
                         R"(,"interval_us":)" + huge + R"(,"held_ms":)" + huge + R"(,"circuit":"closed"})");
  REQUIRE(entry);
  REQUIRE(entry->sample);
  CHECK(entry->sample->elapsed > milliseconds(0));
  CHECK(entry->sample->limiter_wait > milliseconds(0));
  CHECK(entry->sample->interval > milliseconds(0));
  CHECK(entry->sample->held > milliseconds(0));
  LoadSeries load;
  for (int n = 0; n < 10'000; ++n) {
    load.begin();
    load.add(*entry->sample);
  }
  CHECK(load.reached() == TimeSeries<int>::time_max);
  for (const LoadPoint& point : load.history().points) CHECK(point.waiting >= 0);
}

TEST_CASE("bounded lines: one that is too long is passed over, the last one may have no end") {
  const test::TempDir dir;
  const std::string path = dir.path() + "/lines";
  test::write_file(
      path, "a\n\n" + std::string(8, 'b') + "\n" + std::string(9, 'c') + "\n" + std::string(100, 'd') + "\ne\nf");
  BoundedLines lines(path, 8);
  for (const char* expected : {"a", "", "bbbbbbbb", "e", "f"}) CHECK(lines.next() == std::string_view(expected));
  CHECK_FALSE(lines.next());
  CHECK_FALSE(lines.next());
  test::write_file(path, std::string(100, 'd'));
  CHECK_FALSE(BoundedLines(path, 8).next());
  CHECK_FALSE(BoundedLines(dir.path() + "/nothing", 8).next());
}
