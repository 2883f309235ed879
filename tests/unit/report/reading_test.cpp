// The picture of runs made by hand, and the page that is made of it.
#include "amend/report/reading.hpp"

#include <doctest/doctest.h>

#include "amend/report/live_picture.hpp"
#include "amend/report/page.hpp"
#include "amend/report/time_series.hpp"
#include "fixture.hpp"
#include "report/charts/outcome_series.hpp"
#include "report/page/error_groups.hpp"
#include "row/utc_time.hpp"

using namespace amend;
using namespace amend::report;
using namespace test;

TEST_CASE("report: totals, percentiles and codes are those of the log") {
  HandMadeRun run;
  for (int n = 0; n < 100; ++n) run.add("success", n + 1, n);
  for (int n = 0; n < 3; ++n) run.add_failed("http.500", "HTTP 500, no message in the response", "api", 10 + n);
  run.add_failed("CUSTOMER_BLOCKED", "Ann Lee is blocked");
  run.close();
  const RunPicture picture = picture_of(run.directory());
  CHECK(picture.rows(Status::success) == 100);
  CHECK(picture.rows(Status::failed) == 4);
  CHECK(picture.status == RunStatus::killed);  // it has no summary, and no process has its locks
  CHECK(picture.rows_with_error == 4);
  REQUIRE(picture.errors.size() == 2);
  CHECK(picture.errors[0].code == "http.500");
  CHECK(picture.errors[0].rows == 3);
  CHECK(picture.errors[0].row == 101);
  CHECK(picture.errors[0].first_at == "2026-11-23T12:00:10.000Z");
  CHECK(picture.errors[0].last_at == "2026-11-23T12:00:12.000Z");
  CHECK_FALSE(picture.errors[0].meaning.empty());
  CHECK(picture.errors[1].meaning.empty());
  REQUIRE(picture.latencies.size() == 1);
  CHECK(picture.latencies[0].latency.max == std::chrono::milliseconds(100));
  double rows = 0;
  for (const OutcomePoint& point : picture.outcomes) rows += (point.success + point.not_well) * point.width_s;
  CHECK(rows == doctest::Approx(104));
  std::uint64_t answers = 0;
  for (const LatencyBar& bar : picture.latency_bars) answers += bar.count;
  CHECK(answers == 104);
  const std::string page = render_page(picture);
  CHECK(has(page, "data-total=\"success\" data-value=\"100\""));
  CHECK(has(page, "data-error=\"http.500\" data-value=\"3\""));
}

TEST_CASE("report: the slowest rows are the slowest, at most twenty") {
  HandMadeRun run;
  for (int n = 0; n < 500; ++n) run.add("success", (n * 37) % 500, 1);
  run.close();
  const RunPicture picture = picture_of(run.directory());
  REQUIRE(picture.slowest.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) CHECK(picture.slowest[i].ms == doctest::Approx(499 - static_cast<double>(i)));
}

TEST_CASE("report: what a customer is called comes into the page only when that was asked for") {
  HandMadeRun run;
  run.add_failed("CUSTOMER_BLOCKED", "Ann Lee is blocked");
  run.close();
  write_file(run.directory() + "/failed.csv",
             "id,name,phone,amend_line,amend_error_code,amend_error\r\n"
             "3f2504e0-4f89-41d3-9a0c-0305e82c3301,Ann Lee,\"12 <b>\",2,CUSTOMER_BLOCKED,Ann Lee is blocked\r\n");
  const std::string hidden = render_page(picture_of(run.directory()));
  CHECK_FALSE(has(hidden, "Ann Lee"));
  CHECK(has(hidden, "--show-values"));
  CHECK(has(hidden, "CUSTOMER_BLOCKED"));
  const std::string shown = render_page(picture_of(run.directory(), Values::shown));
  CHECK(has(shown, "Ann Lee is blocked"));
  CHECK(has(shown, "12 &lt;b&gt;"));
  CHECK_FALSE(has(shown, "amend_line"));
}

TEST_CASE("report: an id that is none may be an email or a phone: it is shown only when that was asked for") {
  HandMadeRun run;
  const char* members =
      R"(,"error_code":"input.id.not_uuid","error":"\"u0@example.com\" has 14 bytes; a uuid has 36","source":"input")";
  run.add("rejected", 0.0, 1, members, "u0@example.com");
  run.add("rejected", 0.0, 1,
          R"(,"error_code":"input.json.duplicate_key","error":"the member \"Ann Lee\" occurs twice","source":"input")");
  run.add_failed("input.phone.missing", "phone is required, but it is blank or absent", "input");
  run.add_failed("http.500", "HTTP 500: Bob, no message in the response");
  run.close();
  RunPicture picture = picture_of(run.directory());
  picture.slowest.clear();  // rows that were sent: not these, but by hand they are all the same
  const std::string hidden = render_page(picture);
  for (const std::string value : {"u0@", "Ann Lee", "Bob"}) {
    CAPTURE(value);
    CHECK_FALSE(has(hidden, value));
  }
  CHECK(has(hidden, "The id is not a uuid"));
  CHECK(has(hidden, "phone is required, but it is blank or absent"));
  CHECK(has(render_page(picture_of(run.directory(), Values::shown)), "u0@example.com&quot; has 14 bytes"));
}

TEST_CASE("report: ids, codes and texts that are markup, or no text at all, are shown as text") {
  HandMadeRun run;
  run.add("success", 900.0, 1, ",\"warning\":\"x\"", "<script>alert(1)</script>");
  run.add("rejected", 0.0, 1,
          R"(,"error_code":"<img src=x onerror=alert(1)>","error":"\" onload=\"x' \u0007 <svg>","source":"input")",
          R"(\"><script>)");
  run.add("success", 800.0, 1, {}, "\xff\xfe");
  run.close();
  const std::string page = render_page(picture_of(run.directory(), Values::shown));
  CHECK_FALSE(has(page, "<script"));
  CHECK_FALSE(has(page, "<img"));
  CHECK_FALSE(has(page, "onload=\"x"));
  CHECK_FALSE(has(page, "\x07"));
  CHECK_FALSE(has(page, "\xff"));
  CHECK(has(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK(has(page, "&lt;img src=x onerror=alert(1)&gt;"));
  CHECK(has(page, "default-src 'none'; style-src 'unsafe-inline'"));
  CHECK(escaped("<&>\"'\x1b\xc3(") == "&lt;&amp;&gt;&quot;&#39;\\x1b\\xc3(");
}

TEST_CASE("report: the page asks nobody for anything, and has no script") {
  HandMadeRun run;
  run.add("success", 1, 1);
  run.close();
  const std::string page = render_page(picture_of(run.directory()));
  for (const char* part : {"<script", "src=", "href=", "url(", "@import", "<link", "<iframe", "<form"})
    CHECK_FALSE(has(page, part));
}

TEST_CASE("report: a run without a timeline says what it did not record, and shows the rest") {
  HandMadeRun run;
  run.add("success", 1, 1);
  run.close();
  const std::string page = render_page(picture_of(run.directory()));
  CHECK(has(page, "has no timeline.ndjson"));
  CHECK(has(page, "id=\"throughput\""));
}

TEST_CASE("report: a timeline, its torn end included, is marked where it says: waits, notices, going on") {
  HandMadeRun run;
  for (int n = 0; n < 60; ++n) run.add("success", 1, n % 30);
  run.close();
  const auto start = *parse_utc("2026-11-23T12:00:00.000Z");
  std::string text = start_line(start);
  for (int second = 0; second <= 30; ++second) {
    TimelineSample sample;
    sample.at = start + std::chrono::seconds(second);
    sample.elapsed = std::chrono::seconds(second);
    sample.attempts = static_cast<std::uint64_t>(2 * second);
    sample.held = std::chrono::milliseconds(second > 9 && second < 15 ? 1'000 : 0);
    text += sample_line(sample);
    if (second == 12) text += notice_line(sample.at, "the server wants to be left alone");
  }
  write_file(run.directory() + "/timeline.ndjson", text + "{\"at\":\"2026-11-2");
  const RunPicture picture = picture_of(run.directory());
  CHECK(picture.load.requests == 60);
  REQUIRE(picture.load.waits.size() == 1);
  CHECK(picture.load.waits[0].from_s == doctest::Approx(10));
  REQUIRE(picture.notices.size() == 1);
  CHECK(picture.notices[0].at_s == doctest::Approx(12));
  const std::string page = render_page(picture);
  CHECK(has(page, "rate hints"));
  CHECK(has(page, "the server wants to be left alone"));
  CHECK(has(page, "data-wait=\"held\" data-value=\"1\""));
}

TEST_CASE("report: a log that was torn or changed is shown as far as it is whole, and that is said") {
  HandMadeRun run;
  for (int n = 0; n < 10; ++n) run.add("success", 1, n);
  run.close();
  const std::string log = read_file(run.directory() + "/results.ndjson");
  write_file(run.directory() + "/results.ndjson", log.substr(0, log.size() - 20));
  RunPicture picture = picture_of(run.directory());
  CHECK(picture.rows(Status::success) == 9);
  CHECK(picture.warnings.size() == 1);
  CHECK_FALSE(picture.log_was_changed);
  std::string changed = log;
  changed[changed.find("\"ms\":") + 5] = '7';
  write_file(run.directory() + "/results.ndjson", changed);
  write_file(run.directory() + "/summary.json", fmt::format("{{\"log_bytes\":{}}}", changed.size()));
  picture = picture_of(run.directory());
  CHECK(picture.log_was_changed);
  CHECK(has(render_page(picture), "was changed at byte 0"));
}

TEST_CASE("report: a folder without a run, and a run without a record") {
  const TempDir nothing;
  CHECK_THROWS_AS(picture_of(nothing.path()), ConfigError);
  HandMadeRun run;
  run.close();
  const RunPicture picture = picture_of(run.directory());
  CHECK(picture.rows_ended() == 0);
  CHECK(has(render_page(picture), "data-total=\"success\" data-value=\"0\""));
}

TEST_CASE("report: a plan is counted by sign and by field, whatever its values say") {
  HandMadeRun run;
  run.close();
  RunRecord record = read_run(run.directory());
  record.config.task = Task::reconcile;
  record.config.mapping.form = RowForm::partial;
  write_file(run.directory() + "/run.json", run_json(record));
  write_file(
      run.directory() + "/plan.ndjson",
      R"({"row":1,"line":2,"hash":"00","sign":"=","key":"a"})"
      "\n"
      R"({"row":2,"line":3,"hash":"00","sign":"*","key":"\"sign\":\"+\",\"fields\":[\"email\"]","fields":["name","phone"],"body":{}})"
      "\n"
      R"({"row":3,"line":4,"hash":"00","sign":"!","key":"c","error_code":"http.500","error":"x","source":"api"})"
      "\n{\"sign\":\"-\",\"id\":\"d\"}\n{\"row\":4");
  const RunPicture picture = picture_of(run.directory());
  REQUIRE(picture.comparison);
  CHECK(picture.status == RunStatus::compared);
  CHECK(picture.errors.size() == 1);
  const std::string page = render_page(picture);
  for (const char* part : {"data-sign=\"=\" data-value=\"1\"", "data-sign=\"*\" data-value=\"1\"",
                           "data-sign=\"!\" data-value=\"1\"", "data-sign=\"-\" data-value=\"1\"",
                           "data-sign=\"+\" data-value=\"0\"", "data-differs=\"name\" data-value=\"1\"",
                           "data-differs=\"phone\" data-value=\"1\"", "data-differs=\"email\" data-value=\"0\""})
    CHECK_MESSAGE(has(page, part), part);
}

TEST_CASE("report: a million rows over a year need no more cells than ten, and all are counted") {
  OutcomeSeries series;
  for (std::int64_t n = 0; n < 1'000'000; ++n)
    series.add(RunTime(n * 31'536), n % 10 == 0 ? Status::failed : Status::success,
               std::chrono::microseconds(n % 9'000));
  const auto points = series.points();
  CHECK(points.size() <= TimeSeries<int>::cells_max);
  double rows = 0;
  for (const OutcomePoint& point : points) rows += (point.success + point.not_well) * point.width_s;
  CHECK(rows == doctest::Approx(1'000'000));
  CHECK(latency_bars(series.latencies()).size() <= 320);
}

TEST_CASE("report: a server that invents codes fills no memory: a thousand, and the rest is other") {
  ErrorGroups groups(Values::hidden);
  for (std::uint64_t n = 1; n <= 5'000; ++n) groups.add("CODE" + std::to_string(n), n, std::nullopt, "{}");
  CHECK(groups.codes() == ErrorTally::codes_max + 1);
  CHECK(groups.rows() == 5'000);
  const auto worst = groups.worst(1);
  CHECK(worst[0].code == ErrorTally::other);
  CHECK(worst[0].rows == 4'000);
}

TEST_CASE("live picture: looks at a run add up to the same page") {
  Config config;
  config.target.url = "https://gateway.example";
  LivePicture live(config);
  RunState state;
  const auto start = *parse_utc("2026-11-23T12:00:00.000Z");
  state.started_at = start;
  for (int second = 0; second <= 20; ++second) {
    state.elapsed = std::chrono::seconds(second);
    state.attempts = static_cast<std::uint64_t>(100 * second);
    state.rows_by_status[static_cast<std::size_t>(Status::success)] = static_cast<std::uint64_t>(90 * second);
    state.rows_by_status[static_cast<std::size_t>(Status::failed)] = static_cast<std::uint64_t>(10 * second);
    state.service.record(std::chrono::milliseconds(second + 1));
    live.add(state, start + state.elapsed,
             second == 5 ? std::vector<std::string>{"<slow>"} : std::vector<std::string>());
  }
  const RunPicture picture = live.picture();
  CHECK(picture.status == RunStatus::running);
  CHECK(picture.rows(Status::success) == 1'800);
  REQUIRE(picture.outcomes.size() == 20);
  for (const OutcomePoint& point : picture.outcomes) {
    CHECK(point.success == doctest::Approx(90));
    CHECK(point.not_well == doctest::Approx(10));
    REQUIRE(point.latency);
  }
  CHECK(picture.outcomes[19].latency->p50 > std::chrono::milliseconds(20));
  CHECK(picture.outcomes[19].latency->p50 < std::chrono::milliseconds(22));
  for (const LoadPoint& point : picture.load.points) CHECK(point.requests == doctest::Approx(100));
  const std::string main = render_main(picture);
  CHECK(has(main, "data-total=\"success\" data-value=\"1800\""));
  CHECK(has(main, "data-standing=\"running\""));
  CHECK(has(main, "&lt;slow&gt;"));
  CHECK_FALSE(has(main, "<html"));
}

TEST_CASE("live picture: requests and latencies of a resumed run are those since then, and are called so") {
  LivePicture live{Config()};
  RunState state;
  state.attempts = 7;
  state.service.record(std::chrono::milliseconds(5));
  live.add(state, std::chrono::system_clock::time_point());
  CHECK_FALSE(has(render_main(live.picture()), "since the last resume"));
  live.set_resumed();
  const RunPicture picture = live.picture();
  CHECK(picture.requests_of == "since the last resume");
  CHECK(picture.latency_bars_of == "all attempts with a response, since the last resume");
  REQUIRE(picture.latencies.size() == 1);
  CHECK(picture.latencies[0].of == "all attempts with a response, since the last resume");
}

TEST_CASE("report: a process that left no timeline counts too, when another has gone on with its run") {
  HandMadeRun run;
  for (int second = 0; second < 60; ++second) run.add("success", 1, second);
  for (int second = 1'800; second < 1'830; ++second) run.add("success", 1, second);
  run.close();
  const auto resumed = *parse_utc("2026-11-23T12:30:00.000Z");
  std::string text = start_line(resumed);
  for (int second = 0; second <= 30; ++second) {
    TimelineSample sample;
    sample.at = resumed + std::chrono::seconds(second);
    sample.elapsed = std::chrono::seconds(second);
    sample.attempts = static_cast<std::uint64_t>(second);
    text += sample_line(sample);
  }
  write_file(run.directory() + "/timeline.ndjson", text);
  write_file(run.directory() + "/summary.json",
             R"({"exit_code":0,"stop_reason":"","rows":{"unsent":0},"requests":{"attempts":30}})");
  const RunPicture picture = picture_of(run.directory());
  CHECK(picture.requests_of == "since the last resume");
  CHECK(picture.elapsed >= std::chrono::seconds(88));
  CHECK(picture.elapsed <= std::chrono::seconds(90));
  REQUIRE(picture.load.resumed_s.size() == 1);
  CHECK(picture.load.resumed_s[0] == doctest::Approx(59));
  for (const OutcomePoint& point : picture.outcomes) CHECK(point.success * point.width_s <= 3);
}

TEST_CASE("report: notices of the summary that the timeline does not have are shown too, without a time") {
  HandMadeRun run;
  run.close();
  const auto start = *parse_utc("2026-11-23T12:00:00.000Z");
  write_file(run.directory() + "/timeline.ndjson", start_line(start) + notice_line(start, "said early"));
  write_file(run.directory() + "/summary.json", R"({"notices":["said early","said last"]})");
  const RunPicture picture = picture_of(run.directory());
  REQUIRE(picture.notices.size() == 2);
  CHECK(picture.notices[0].text == "said early");
  CHECK(picture.notices[0].at_s);
  CHECK(picture.notices[1].text == "said last");
  CHECK_FALSE(picture.notices[1].at_s);
}

TEST_CASE("report: characters that turn the direction of writing are shown as such, other foreign ones as they are") {
  CHECK(escaped("a\u202Egpj.exe\u2066b\u2069") == "a\\xe2\\x80\\xaegpj.exe\\xe2\\x81\\xa6b\\xe2\\x81\\xa9");
  CHECK(escaped("\u202A\u202B\u202C\u202D\u2067\u2068").find('\xE2') == std::string::npos);
  CHECK(escaped("\u2028\u2029").find('\xE2') == std::string::npos);  // line separators
  CHECK(escaped("\u202F\u2065 \u05E9\u05DC\u05D5\u05DD \u2026") == "\u202F\u2065 \u05E9\u05DC\u05D5\u05DD \u2026");
}
