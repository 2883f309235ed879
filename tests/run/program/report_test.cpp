// amend report: the page agrees with the run's other files.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "fixture.hpp"
#include "ground.hpp"
#include "support/bench_run.hpp"

using namespace test;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// `data-value` behind the attributes; fails when they are not there, or twice.
std::string value_of(const std::string& page, const std::string& attributes) {
  const std::string start = attributes + " data-value=\"";
  const std::size_t at = page.find(start);
  REQUIRE_MESSAGE(at != std::string::npos, attributes);
  CHECK(page.find(start, at + 1) == std::string::npos);
  return page.substr(at + start.size(), page.find('"', at + start.size()) - at - start.size());
}

std::int64_t number(const std::string& page, const std::string& attributes) {
  return std::stoll(value_of(page, attributes));
}

Finished report(const std::string& directory, std::vector<std::string> options = {}) {
  options.insert(options.begin(), {AMEND_PROGRAM, "report", directory});
  return run(options);
}

std::string page_of(const std::string& directory, const std::vector<std::string>& options = {}) {
  const Finished finished = report(directory, options);
  CAPTURE(finished.err);
  REQUIRE(finished.code == 0);
  return read_file(directory + "/report.html");
}

void check_rows(const std::string& page, const boost::json::object& summary) {
  const auto& rows = summary.at("rows").as_object();
  for (const char* status : {"success", "failed", "unknown", "rejected", "superseded", "unchanged", "unsent"})
    CHECK(number(page, std::string("data-total=\"") + status + "\"") == number_of(rows, status));
}

}  // namespace

TEST_CASE("report: rows, requests, latencies and errors are those of summary.json") {
  Work work(rows(400) + std::string(some_id) + ",A,,,,\n" + "not-a-uuid,A,5,,,\n");
  Simulator simulator(
      {"--latency", "5ms", "--error-share", "404:0.05", "--error-share", "500:0.05", "--fault-seed", "5"});
  REQUIRE(work.update(simulator.url()).code == 1);
  const std::string page = page_of(work.directory);
  const auto summary = work.summary();
  check_rows(page, summary);
  CHECK(number(page, "data-total=\"exit_code\"") == 1);
  const auto& requests = summary.at("requests").as_object();
  for (const auto& member : requests)
    CHECK(number(page, "data-request=\"" + std::string(member.key()) + "\"") ==
          number_of(requests, std::string(member.key())));
  for (const char* of : {"service", "queued"}) {
    const auto& latency = summary.at("latency_ms").as_object().at(of).as_object();
    for (const auto& member : latency)
      CHECK(std::stod(value_of(
                page, "data-of=\"" + std::string(of) + "\" data-percentile=\"" + std::string(member.key()) + "\"")) ==
            doctest::Approx(member.value().to_number<double>()));
  }
  CHECK_FALSE(summary.at("errors").as_array().empty());
  for (const auto& error : summary.at("errors").as_array())
    CHECK(number(page, "data-error=\"" + text_of(error.as_object(), "code") + "\"") ==
          number_of(error.as_object(), "count"));
  CHECK(has(page, "data-standing=\"finished\""));
  struct stat info {};
  REQUIRE(::stat(work.file("report.html").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777U) == 0600U);
}

TEST_CASE("report: phones and emails of the input come into the page only with --show-values") {
  Work work(rows(200));
  Simulator simulator({"--error-share", "404:0.5", "--fault-seed", "5"});
  work.update(simulator.url());
  const std::string page = page_of(work.directory);
  CHECK_FALSE(has(page, "example.com"));
  for (const Customer& customer : make_customers(200)) CHECK_FALSE(has(page, customer.fields.at("phone")));
  const std::string shown = page_of(work.directory, {"--show-values"});
  std::size_t examples = 0;
  for (const Customer& customer : make_customers(200)) examples += has(shown, customer.fields.at("email")) ? 1 : 0;
  CHECK(examples > 0);
}

TEST_CASE("report: the run has recorded its timeline, which adds up to its requests") {
  Work work(rows(300));
  Simulator simulator({"--latency", "3ms", "--error-share", "500:0.05", "--fault-seed", "2"});
  REQUIRE(work.update(simulator.url(), {"--connections", "1", "--pipeline", "1"}).code == 0);
  const auto timeline = read_ndjson(work.file("timeline.ndjson"));
  REQUIRE(timeline.size() > 3);
  CHECK(timeline.front().contains("start"));
  const auto summary = work.summary();
  const auto& requests = summary.at("requests").as_object();
  CHECK(number_of(timeline.back(), "attempts") == number_of(requests, "attempts"));
  CHECK(number_of(timeline.back(), "rows_ended") == 300);
  CHECK(number_of(timeline.back(), "in_flight") == 0);
  std::int64_t before = 0;
  for (const auto& line : timeline) {
    if (!line.contains("attempts")) continue;
    CHECK(number_of(line, "attempts") >= before);
    before = number_of(line, "attempts");
  }
  const auto& files = summary.at("files").as_array();
  CHECK(std::ranges::count(files, boost::json::value("timeline.ndjson")) == 1);
}

TEST_CASE("report: a run that goes on, and one that was killed and resumed") {
  Interrupted going({"--latency", "20ms"});
  going.wait_for_results(50);
  const std::string during = page_of(going.work.directory);
  CHECK(has(during, "data-standing=\"running\""));
  CHECK(number(during, "data-total=\"success\"") >= 50);
  going.process->signal(SIGKILL);
  REQUIRE(going.process->wait(limit));
  const std::string killed = page_of(going.work.directory);
  CHECK(has(killed, "data-standing=\"killed\""));
  CHECK(value_of(killed, "data-total=\"unsent\"").empty());
  // What a kill may leave of a line.
  const std::string timeline = read_file(going.work.file("timeline.ndjson"));
  write_file(going.work.file("timeline.ndjson"), timeline.substr(0, timeline.size() - 30));
  REQUIRE(run({AMEND_PROGRAM, "resume", going.work.directory, "--progress", "none"}).code == 0);
  const std::string page = page_of(going.work.directory);
  check_rows(page, going.work.summary());
  CHECK(number(page, "data-total=\"success\"") == static_cast<std::int64_t>(going.customers.size()));
  CHECK(has(page, "<span>resumed</span>"));
  CHECK(has(page, "data-standing=\"finished\""));
}

TEST_CASE("report: a run that was stopped names why, and a retry beside it") {
  Work work(rows(300));
  Simulator simulator({"--error-share", "404:1"});
  REQUIRE(work.update(simulator.url(), {"--max-failures", "20"}).code == 4);
  const std::string page = page_of(work.directory);
  check_rows(page, work.summary());
  CHECK(has(page, "data-standing=\"stopped\""));
  CHECK(has(page, "--max-failures"));
  const std::string again = work.dir.file("again");
  run({AMEND_PROGRAM, "retry", work.directory, "--run", again, "--progress", "none", "--rate", "unlimited"});
  const std::string after = page_of(work.directory);
  CHECK(has(after, "Retries of this run in the same folder: 1."));
  CHECK(has(after, again));
  CHECK(has(page_of(again), "retry of"));
}

TEST_CASE("report: a reconciliation, compared and applied") {
  Ground ground;
  REQUIRE(ground.reconcile(export_of(changed_people()), "compared").code == 1);
  const std::string compared = page_of(ground.directory("compared"));
  CHECK(has(compared, "data-standing=\"compared\""));
  CHECK(number(compared, "data-sign=\"*\"") == 60);
  CHECK(number(compared, "data-sign=\"+\"") == 12);
  CHECK(number(compared, "data-differs=\"phone\"") == 60);
  CHECK(number(compared, "data-differs=\"name\"") == 0);
  REQUIRE(ground.reconcile(export_of(changed_people()), "applied", {"--apply"}).code == 1);
  const std::string applied = page_of(ground.directory("applied"));
  check_rows(applied, read_json(ground.directory("applied") + "/summary.json"));
  CHECK(number(applied, "data-total=\"success\"") == 60);
  CHECK(number(applied, "data-total=\"unchanged\"") == 420);
  CHECK(number(applied, "data-error=\"reconcile.not_found\"") == 12);
  CHECK_FALSE(has(applied, "-changed"));
}

TEST_CASE("report: where it goes, and what is refused") {
  Work work(rows(5));
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 0);
  const std::string elsewhere = work.dir.file("page.html");
  const Finished finished = report(work.directory + "/", {"--out", elsewhere});
  CHECK(finished.code == 0);
  CHECK(finished.out == elsewhere + "\n");
  CHECK(has(read_file(elsewhere), "data-total=\"success\" data-value=\"5\""));
  CHECK_FALSE(std::filesystem::exists(work.file("report.html")));
  CHECK(report(work.directory, {"--out", elsewhere, "--quiet"}).out.empty());  // an older page is replaced
  CHECK(report(work.directory, {"--out", work.dir.file("none/page.html")}).code == 2);
  CHECK(report(work.directory, {"--out", work.dir.path()}).code == 2);
  CHECK(report(work.dir.file("none")).code == 2);
  CHECK(run(in_shell("ulimit -f 8;", {AMEND_PROGRAM, "report", work.directory, "--out", elsewhere})).code == 6);
  CHECK(has(read_file(elsewhere), "</html>"));  // still the whole page from before
  // A file that is not such a page is never replaced.
  for (const std::string& other : {work.input, work.file("results.ndjson"), work.file("summary.json")}) {
    CAPTURE(other);
    const std::string before = read_file(other);
    const Finished refused = report(work.directory, {"--out", other});
    CHECK(refused.code == 2);
    CHECK(says(refused, "is not a report of amend"));
    CHECK((read_file(other) == before));
  }
  write_file(work.file("report.html"), "mine");
  CHECK(report(work.directory).code == 2);
  CHECK(read_file(work.file("report.html")) == "mine");
  std::filesystem::remove(work.file("report.html"));
  // Said before the run is read.
  write_file(work.file("run.json"), "{}");
  CHECK(report(work.directory).code == 3);
  CHECK(report(work.directory, {"--out", work.dir.file("none/page.html")}).code == 2);
}

TEST_CASE("report: a timeline that cannot be written disturbs nothing, and is said once") {
  Interrupted stopped({"--latency", "20ms"});
  stopped.wait_for_results(1);
  stopped.process->signal(SIGINT);
  REQUIRE(stopped.process->wait(limit) == 130);
  const Work& work = stopped.work;
  std::filesystem::remove(work.file("timeline.ndjson"));
  std::filesystem::create_directories(work.file("timeline.ndjson"));
  const Finished finished = run({AMEND_PROGRAM, "resume", work.directory, "--progress", "none", "--rate", "unlimited"});
  CHECK(finished.code == 0);
  CHECK(number_of(work.summary().at("rows").as_object(), "success") == 2000);
  CHECK(has(finished.err, "timeline.ndjson: cannot be written"));
  CHECK(work.summary().at("notices").as_array().size() == 1);
  CHECK(has(page_of(work.directory), "the run has no timeline.ndjson"));
}

TEST_CASE("report: the page of a benchmark says what its bench.json says") {
  Simulator simulator({"--error-share", "503:5%"});
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "100/s", "--duration", "2s", "--warm-up", "1s"});
  REQUIRE(bench.finished.code == 0);
  const std::string page = page_of(bench.directory);
  const auto step = bench.step();
  for (const char* total : {"requests", "answered"})
    CHECK(number(page, std::string("data-total=\"") + total + "\"") == number_of(step, total));
  CHECK(number(page, "data-total=\"errors\"") == number_of(step, "failed"));
  CHECK(std::stod(value_of(page, "data-of=\"latency\" data-percentile=\"p99\"")) ==
        doctest::Approx(figure(step, "latency_ms", "p99")));
  write_file(bench.file("bench.json"), "{}");
  const Finished damaged = report(bench.directory);
  CHECK(damaged.code == 3);
  CHECK(says(damaged, "amend bench did not write this file"));
}
