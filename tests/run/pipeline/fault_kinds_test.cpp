// Each fault by itself, so that a red test names it.
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "admission/circuit_breaker.hpp"
#include "run/pipeline/work.hpp"

using namespace ::test;
using namespace std::chrono_literals;

TEST_CASE("pipeline: one kind of fault at a time, and every row still succeeds; the server agrees") {
  std::vector<std::string> fault;
  SUBCASE("500") { fault = {"--error-share", "500:20%"}; }
  SUBCASE("429 without Retry-After") { fault = {"--error-share", "429:20%"}; }
  SUBCASE("reset") { fault = {"--reset-share", "5%"}; }
  SUBCASE("FIN without a word") { fault = {"--close-after-silently", "7"}; }
  SUBCASE("announced close at each answer") { fault = {"--close-after", "1"}; }
  SUBCASE("truncated body") { fault = {"--truncate-share", "5%"}; }
  SUBCASE("half a JSON document") { fault = {"--bad-json-share", "20%"}; }
  SUBCASE("HTML") { fault = {"--html-share", "20%"}; }
  SUBCASE("another customer's uuid") { fault = {"--wrong-uuid-share", "5%"}; }
  SUBCASE("interim answers") { fault = {"--interim-share", "100%"}; }
  SUBCASE("the answer twice") { fault = {"--extra-answer-share", "5%"}; }
  SUBCASE("no answer at all") { fault = {"--hang-share", "2%"}; }
  SUBCASE("seven bytes at a time") { fault = {"--slow-bytes=7"}; }
  SUBCASE("jitter") { fault = {"--jitter", "3ms"}; }
  CAPTURE(fault.front());
  Simulator simulator(fault);
  Work work(make_customers(120), simulator.url());
  work.config.load.connections = 4;
  work.config.load.pipeline = 8;
  work.config.deadline.response = fault.front() == "--hang-share" ? 200ms : 20'000ms;
  check_all_well(work, simulator);
}

TEST_CASE("pipeline: the server sees no row more often than --max-attempts says") {
  Simulator simulator({"--error-share", "500:100%"});
  // So few rows that it is no outage.
  const std::size_t rows = amend::CircuitBreaker::rows_to_open - 1;
  Work work(make_customers(rows), simulator.url());
  work.config.retry.attempts_max = 3;
  // All of them are sent before the first is retried: one that was not tried before may be a probe, and fail as one.
  work.config.load.workers = 1;
  work.config.load.connections = 1;
  work.config.load.pipeline = 16;
  const auto summary = work.run();
  simulator.stop();
  CHECK(summary.exit_code == amend::ExitCode::some_rows_failed);
  CHECK(summary.rows(amend::Status::failed) == rows);
  std::map<std::string, std::size_t> requests;
  for (const auto& entry : read_ndjson(simulator.request_log())) ++requests[text_of(entry, "id")];
  requests.erase("");  // the echo calls that ask whether there is an outage
  CHECK(requests.size() == rows);
  for (const auto& [id, count] : requests) CHECK(count == 3);
}

TEST_CASE("pipeline: rows from a pipe are sent and answered while it is still open") {
  Simulator simulator;
  Work work(make_customers(3), simulator.url());
  const std::string csv = to_csv(work.customers);
  work.config.input.file = work.dir.file("pipe.csv");
  REQUIRE(::mkfifo(work.config.input.file.c_str(), 0600) == 0);
  const auto last_row = csv.rfind("\r\n", csv.size() - 3) + 2;
  const auto say = [](int pipe, const std::string& text) {
    CHECK(::write(pipe, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  };
  std::thread writer([&] {
    const int pipe = ::open(work.config.input.file.c_str(), O_WRONLY | O_CLOEXEC);
    say(pipe, csv.substr(0, last_row));
    // Only when the first two have their records does the third one come.
    CHECK(wait_for_lines(work.directory() + "/results.ndjson", 2, Process::Seconds(30)));
    say(pipe, csv.substr(last_row));
    ::close(pipe);
  });
  const auto summary = work.run();
  writer.join();
  simulator.stop();
  CHECK(summary.exit_code == amend::ExitCode::success);
  for (const auto& text : disagreements(work.customers, work.directory(), simulator, 0)) FAIL_CHECK(text);
}
