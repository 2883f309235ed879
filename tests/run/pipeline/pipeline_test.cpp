// Whole runs inside this process, against the simulator: what must hold whatever the server does. Also run under
// ThreadSanitizer, so every thread of a run is seen.
#include <doctest/doctest.h>

#include <random>
#include <thread>

#include "run/pipeline/work.hpp"
#include "support/scripted_server.hpp"

using namespace ::test;
using namespace std::chrono_literals;

namespace {

std::vector<Customer> of_few_ids(std::size_t rows, std::size_t ids) {
  auto customers = make_customers(rows);
  for (std::size_t i = ids; i < rows; ++i) customers[i].id = customers[i % ids].id;
  return customers;
}

}  // namespace

TEST_CASE("pipeline: every kind of fault at once, and every row still succeeds; the server agrees") {
  const auto seed = static_cast<unsigned>(std::random_device{}() % 10'000);
  CAPTURE(seed);
  Simulator simulator({"--fault-seed",
                       std::to_string(seed),
                       "--error-share",
                       "500:3%",
                       "--error-share",
                       "429:1%",
                       "--retry-after",
                       "0s",
                       "--reset-share",
                       "1%",
                       "--truncate-share",
                       "1%",
                       "--bad-json-share",
                       "1%",
                       "--html-share",
                       "1%",
                       "--wrong-uuid-share",
                       "1%",
                       "--interim-share",
                       "5%",
                       "--extra-answer-share",
                       "0.5%",
                       "--reject-pipelined-share",
                       "1%",
                       "--close-after",
                       "40"});
  Work work(make_customers(600, seed), simulator.url());
  work.config.load.connections = 6;
  work.config.load.pipeline = 8;
  check_all_well(work, simulator);
}

TEST_CASE("pipeline: rows of one customer are applied in the order of the file, through retries and resets") {
  Simulator simulator({"--fault-seed", "11", "--error-share", "500:4%", "--close-after-silently", "25"});
  Work work(of_few_ids(1'000, 50), simulator.url());
  work.config.deadline.response = 200ms;  // also how long a key is held after an attempt went unanswered
  work.config.load.pipeline = 8;
  check_all_well(work, simulator);
}

TEST_CASE("pipeline: a valid request refused by 400 and a closed connection is sent once more, alone, and succeeds") {
  Simulator simulator({"--fault-seed", "3", "--reject-pipelined-share", "5%"});
  Work work(make_customers(400), simulator.url());
  work.config.load.pipeline = 16;
  work.config.retry.attempts_max = 1;  // the proof costs no attempt, nor do the neighbours lose one
  const auto summary = check_all_well(work, simulator);
  CHECK(summary.requeues > 0);
  CHECK(summary.retries == 0);
}

TEST_CASE("pipeline: an announced close costs no row an attempt") {
  Simulator simulator({"--close-after", "10"});
  Work work(make_customers(500), simulator.url());
  work.config.load.pipeline = 16;
  work.config.retry.attempts_max = 1;
  const auto summary = check_all_well(work, simulator);
  CHECK(summary.connections >= 50);
}

TEST_CASE("pipeline: an answer about another customer never becomes a success") {
  Simulator simulator({"--fault-seed", "5", "--wrong-uuid-share", "100%"});
  Work work(make_customers(6), simulator.url());
  work.config.retry.attempts_max = 2;
  const auto summary = work.run();
  CHECK(summary.rows(amend::Status::unknown) == 6);
  CHECK(text_of(record_of(work.directory(), 1), "error_code") == "answer.uuid_mismatch");
}

TEST_CASE("pipeline: a row without an answer is unknown after its attempts, and the next rows are not held up") {
  Simulator simulator({"--fault-seed", "2", "--hang-share", "100%"});
  Work work(make_customers(2), simulator.url());
  work.config.deadline.response = 100ms;
  work.config.retry.attempts_max = 2;
  const auto summary = work.run();
  CHECK(summary.rows(amend::Status::unknown) == 2);
  const auto record = record_of(work.directory(), 1);
  CHECK(text_of(record, "error_code") == "transport.timeout");
  CHECK(text_of(record, "applied") == "maybe");
  CHECK(number_of(record, "attempts") == 2);
}

TEST_CASE("pipeline: while no connection can be made rows wait and none is charged") {
  // On a busy machine a short outage may be over before the run tries to connect.
  std::uint64_t failed = 0;
  for (const char* outage : {"0s..1s", "0s..5s", "0s..30s"}) {
    if (failed > 0) break;
    Simulator simulator({"--outage", outage});
    Work work(make_customers(50), simulator.url());
    work.config.retry.attempts_max = 1;
    failed = check_all_well(work, simulator).handshakes_failed;
  }
  CHECK(failed > 0);
}

TEST_CASE("pipeline: a Retry-After holds the whole run") {
  Simulator simulator({"--fault-seed", "4", "--error-share", "503:2%", "--retry-after", "1s", "--latency", "5ms"});
  Work work(make_customers(150), simulator.url());
  check_all_well(work, simulator);
  std::vector<std::int64_t> arrivals;
  std::int64_t first_503 = 0;
  for (const auto& entry : read_ndjson(simulator.request_log())) {
    arrivals.push_back(number_of(entry, "at_us"));
    const bool earlier = first_503 == 0 || arrivals.back() < first_503;
    if (number_of(entry, "status") == 503 && earlier) first_503 = arrivals.back();
  }
  REQUIRE(first_503 != 0);
  // All that was not in flight then, not only the row that was refused.
  const auto later = std::ranges::count_if(arrivals, [&](std::int64_t at) { return at > first_503 + 900'000; });
  CHECK(later >= 50);
}

// How many a second holds at most is tried in simulated time: a busy machine bunches together what was sent apart.
TEST_CASE("pipeline: with several workers too, a run takes no less time than its rate asks for") {
  Simulator simulator;
  Work work(make_customers(300), simulator.url());
  work.config.load.rate.interval = 5ms;
  const auto begin = std::chrono::steady_clock::now();
  check_all_well(work, simulator);
  const std::size_t at_once = 1 + 2;  // the burst, and 10 ms worth
  CHECK(std::chrono::steady_clock::now() - begin >= (300 - at_once) * work.config.load.rate.interval);
}

TEST_CASE("pipeline: the last row, asleep until its retry, is sent and ends the run") {
  Simulator simulator({"--fault-seed", "9", "--error-share", "500:70%"});
  Work work(make_customers(1), simulator.url());
  check_all_well(work, simulator);
}

TEST_CASE("pipeline: stop() lets what is in flight come back, and the rest is unsent and in the file") {
  Simulator simulator({"--latency", "30ms"});
  Work work(make_customers(2'000), simulator.url());
  amend::Run run(work.job());
  std::thread stopper([&] {
    REQUIRE(wait_for_lines(work.directory() + "/results.ndjson", 20, Process::Seconds(30)));
    run.stop(amend::StopCause::interrupted);
  });
  const auto summary = run.execute();
  stopper.join();
  CHECK(summary.exit_code == amend::ExitCode::interrupted);
  const auto done = summary.rows(amend::Status::success);
  CHECK(done >= 20);
  CHECK(done + summary.unsent.value() == 2'000);
  // Nothing was cut off: every request that the server applied has its record.
  simulator.stop();
  CHECK(read_ndjson(simulator.request_log()).size() == done);
}

TEST_CASE("pipeline: a second stop() ends the run at once, although the server never answers") {
  Simulator simulator({"--hang-share", "100%"});
  Work work(make_customers(20), simulator.url());
  // Whatever else ends a run takes longer than this test may.
  work.config.deadline.grace = 1h;
  work.config.deadline.response = 1h;
  work.config.deadline.first_connect = 1h;
  work.config.deadline.stall = 1h;
  amend::Run run(work.job());
  std::thread stopper([&] {
    while (run.metrics().in_flight.value() == 0) std::this_thread::yield();
    run.stop(amend::StopCause::terminated);
    run.stop(amend::StopCause::terminated);
  });
  const auto summary = run.execute();
  stopper.join();
  CHECK(summary.exit_code == amend::ExitCode::terminated);
  CHECK(summary.unsent == 20);
}

TEST_CASE("pipeline: a reference number that is not the row's stops the run, and the mismatch is told as applied") {
  Simulator simulator;
  Work work(make_customers(200), simulator.url());
  write_file(work.config.input.file, "id,name,phone,ref\r\n" + work.customers[0].id + ",Ada,1,M-1\r\n");
  work.config.mapping.guard_column = "ref";
  const auto summary = work.run();
  CHECK(summary.exit_code == amend::ExitCode::stopped_needs_operator);
  const auto record = record_of(work.directory(), 1);
  CHECK(text_of(record, "error_code") == "guard.mismatch");
  CHECK(record.at("applied").as_bool());
}

TEST_CASE("pipeline: one connection of depth 1 is enough, and one row of 400 KiB goes through among small ones") {
  Simulator simulator;
  Work work(make_customers(20), simulator.url());
  std::string csv = to_csv(work.customers);
  csv.insert(csv.find("\r\n"), ",notes");
  std::string wide;
  for (std::size_t at = csv.find("\r\n") + 2, row = 0, end = 0; at < csv.size(); at = end + 2, ++row) {
    end = csv.find("\r\n", at);
    wide += csv.substr(at, end - at) + "," + (row == 10 ? std::string(400 * 1024, 'x') : "") + "\r\n";
  }
  write_file(work.config.input.file, csv.substr(0, csv.find("\r\n") + 2) + wide);
  work.config.load.workers = 1;
  work.config.load.connections = 1;
  work.config.load.pipeline = 1;
  check_all_well(work, simulator);
}

TEST_CASE("pipeline: 64 connections of depth 64 for 300 rows open no more than are of use, and end well") {
  Simulator simulator;
  Work work(make_customers(300), simulator.url());
  work.config.load.connections = 64;
  work.config.load.pipeline = 64;
  check_all_well(work, simulator);
}

TEST_CASE(
    "pipeline: a row under suspicion stays alone also when its proof is lost, and is never called failed for it") {
  Simulator simulator({"--fault-seed", "6", "--reject-pipelined-share", "15%", "--reset-share", "10%"});
  Work work(make_customers(600), simulator.url());
  work.config.load.pipeline = 16;
  check_all_well(work, simulator);
}

TEST_CASE("pipeline: after a stop unsent.csv is not written from another file of the same name") {
  Simulator simulator({"--latency", "30ms"});
  Work work(make_customers(2'000), simulator.url());
  amend::Run run(work.job());
  std::thread stopper([&] {
    REQUIRE(wait_for_lines(work.directory() + "/results.ndjson", 5, Process::Seconds(30)));
    const std::string other = work.dir.file("other.csv");
    write_file(other, to_csv(make_customers(100, 77)));
    std::rename(other.c_str(), work.config.input.file.c_str());
    run.stop(amend::StopCause::interrupted);
  });
  const auto summary = run.execute();
  stopper.join();
  CHECK_FALSE(summary.unsent.has_value());
  CHECK(read_file(work.directory() + "/unsent.csv").empty());
}

TEST_CASE("pipeline: a server that takes connections and never answers is an outage, not the end of every row") {
  std::vector<Script> hang_up(200, [](Peer& peer) { peer.finish(); });
  ScriptedServer server(hang_up);
  Work work(make_customers(50), "http://127.0.0.1:" + server.port());
  work.config.deadline.first_connect = 500ms;
  const auto summary = work.run();
  CHECK(summary.exit_code == amend::ExitCode::stopped_resumable);
  CHECK(summary.unsent.value() + summary.rows(amend::Status::unknown) == 50);
  CHECK(summary.unsent.value() > 40);
}
