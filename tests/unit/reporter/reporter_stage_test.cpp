// The reporter as a stage: every outcome written, counted once, committed; and what happens when the disk fails.
#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "reporter/reporter.hpp"
#include "unit/reporter/fixture.hpp"

using namespace amend;
using amend::test::Rows;

namespace {

// The calls of a sink, and the call that fails.
class Told {
 public:
  std::size_t written = 0;
  std::atomic<std::size_t> written_in_all = 0;  // the same, for another thread
  std::vector<std::size_t> flushed_at;          // outcomes written before each commit
  std::atomic<std::size_t> flushes = 0;
  std::size_t closes = 0;
  std::size_t write_fails_at = 1'000'000;  // outcomes written before
  bool flush_fails = false;
  bool close_fails = false;
  bool is_lost = false;
};

class ToldSink final : public Sink {
 public:
  explicit ToldSink(Told& told) : told_(told) {}
  void write(std::span<const Outcome> outcomes) override {
    if (told_.written >= told_.write_fails_at) fail("write");
    told_.written += outcomes.size();
    told_.written_in_all = told_.written;
  }
  void flush() override {
    if (told_.flush_fails) fail("fdatasync");
    if (told_.is_lost) throw LogLostError("results.ndjson", "was cut");
    ++told_.flushes;
    told_.flushed_at.push_back(told_.written);
  }
  void close() override {
    if (told_.close_fails) fail("close");
    ++told_.closes;
  }

 private:
  [[noreturn]] static void fail(std::string_view action) { throw DurabilityError("results.ndjson", action, ENOSPC); }
  Told& told_;
};

// A reporter with a log and a second sink, and outcomes in front of it.
class ReporterBench {
 public:
  explicit ReporterBench(Commit commit = Commit::group, FailureLimit limit = FailureLimit(FailureConfig()))
      : reporter(sinks(), outcomes, control, metrics, commit, Recovery(), limit) {}

  void push(std::uint64_t row, Status status) {
    std::vector<Outcome> batch;
    if (status == Status::success) {
      batch.push_back(rows.make(status, "id", "raw", Position(row, row + 1, 0)));
    } else {
      batch.push_back(rows.failed(status, "raw", "api.refused", "no", row + 1));
    }
    outcomes.push(batch);
  }
  void push_successes(std::uint64_t count) {
    std::vector<Outcome> batch;
    for (std::uint64_t row = 1; row <= count; ++row)
      batch.push_back(rows.make(Status::success, "id", "raw", Position(row, row + 1, 0)));
    outcomes.push(batch);
  }
  // `lots` of `rows_each`, each handed over when the one before has been written.
  void run_in_lots(std::size_t batches, std::uint64_t rows_each) {
    std::thread thread([&] { reporter.run(); });
    for (std::size_t i = 1; i <= batches; ++i) {
      push_successes(rows_each);
      while (second.written_in_all < i * rows_each) std::this_thread::yield();
    }
    outcomes.close();
    thread.join();
  }
  void run_to_the_end() {
    outcomes.close();
    reporter.run();
  }

  Rows rows;
  Told log;
  Told second;
  OutcomeQueue outcomes;
  RunControl control{[] {}};
  Metrics metrics;
  Reporter reporter;

 private:
  std::vector<std::unique_ptr<Sink>> sinks() {
    std::vector<std::unique_ptr<Sink>> all;
    all.push_back(std::make_unique<ToldSink>(log));
    all.push_back(std::make_unique<ToldSink>(second));
    return all;
  }
};

}  // namespace

TEST_CASE("reporter: every outcome is written to every sink, counted and remembered, and all is closed at the end") {
  ReporterBench bench;
  bench.push(1, Status::success);
  bench.push(3, Status::failed);
  bench.push(2, Status::unknown);
  bench.run_to_the_end();
  CHECK(bench.log.written == 3);
  CHECK(bench.second.written == 3);
  CHECK(bench.log.closes == 1);
  CHECK(bench.second.closes == 1);
  CHECK(bench.metrics.rows(Status::success) == 1);
  CHECK(bench.metrics.rows(Status::failed) == 1);
  CHECK(bench.metrics.rows(Status::unknown) == 1);
  CHECK(bench.reporter.rows_durable(Status::success) == 1);
  CHECK(bench.reporter.recorded().size() == 3);
  CHECK(bench.reporter.recorded().contains(2));
  CHECK(bench.reporter.rows_twice() == 0);
  CHECK(bench.reporter.errors().worst(10).size() == 1);
  CHECK(bench.control.cause() == StopCause::none);
}

TEST_CASE("reporter: a row that ends twice is noticed") {
  ReporterBench bench;
  bench.push(5, Status::success);
  bench.push(5, Status::success);
  bench.run_to_the_end();
  CHECK(bench.reporter.rows_twice() == 1);
  CHECK(bench.reporter.recorded().size() == 1);
}

TEST_CASE("reporter: what was written is committed soon, also when nothing more comes") {
  ReporterBench bench;
  std::thread thread([&] { bench.reporter.run(); });
  bench.push(1, Status::success);
  while (bench.log.flushes == 0 || bench.second.flushes == 0) std::this_thread::yield();
  bench.outcomes.close();
  thread.join();
  CHECK(bench.log.written == 1);
}

TEST_CASE("reporter: with --durable each batch is committed before the next is written; without, not each") {
  ReporterBench each(Commit::batch);
  each.run_in_lots(50, 1);
  for (std::size_t batch = 1; batch <= 50; ++batch) CHECK(each.log.flushed_at[batch - 1] == batch);

  ReporterBench grouped;
  grouped.run_in_lots(50, 1);
  CHECK(grouped.log.flushes < 50);
}

TEST_CASE("reporter: however fast rows come, what is not durable is bounded") {
  ReporterBench bench;
  bench.run_in_lots(8, group_commit_rows / 2);
  std::size_t before = 0;
  for (const std::size_t written : bench.log.flushed_at) {
    CHECK(written - before <= group_commit_rows);
    before = written;
  }
  CHECK(bench.log.written - before < group_commit_rows);
}

TEST_CASE("reporter: a log that cannot be written stops the run; what comes later is let go and has no record") {
  ReporterBench bench;
  bench.log.write_fails_at = 0;
  bench.push(1, Status::success);
  bench.push(2, Status::failed);
  bench.run_to_the_end();
  CHECK(bench.control.cause() == StopCause::not_durable);
  CHECK(bench.control.text().find("results.ndjson") != std::string::npos);
  CHECK(bench.reporter.rows_without_record() == 2);
  CHECK(bench.reporter.recorded().size() == 0);
  CHECK(bench.metrics.rows_ended() == 0);
  CHECK(bench.second.written == 0);
}

TEST_CASE("reporter: when only a later sink fails the run stops, but the log's record stands") {
  ReporterBench bench;
  bench.second.write_fails_at = 0;
  bench.push(1, Status::success);
  bench.run_to_the_end();
  CHECK(bench.control.cause() == StopCause::not_durable);
  CHECK(bench.log.written == 1);
  CHECK(bench.reporter.recorded().contains(1));
  CHECK(bench.reporter.rows_without_record() == 0);
}

TEST_CASE("reporter: a commit or a close that fails is told, and the commit is not tried again") {
  ReporterBench bench;
  SUBCASE("fdatasync") {
    bench.log.flush_fails = true;
    bench.push(1, Status::success);
    bench.run_to_the_end();
    CHECK(bench.log.closes == 0);
    CHECK(bench.metrics.rows(Status::success) == 1);
    CHECK(bench.reporter.rows_durable(Status::success) == 0);
  }
  SUBCASE("close") {
    bench.log.close_fails = true;
    bench.push(1, Status::success);
    bench.run_to_the_end();
  }
  CHECK(bench.control.cause() == StopCause::not_durable);
}

TEST_CASE("reporter: a log that is lost stops the run under a name of its own, exit 6") {
  ReporterBench bench;
  bench.log.is_lost = true;
  bench.push(1, Status::success);
  bench.run_to_the_end();
  CHECK(bench.control.cause() == StopCause::log_lost);
  CHECK(exit_code(bench.control.cause()) == ExitCode::not_durable);
  CHECK(bench.control.text().find("results.ndjson was cut") == 0);
  CHECK(bench.reporter.rows_durable(Status::success) == 0);
}

TEST_CASE("reporter: the run is stopped when too many rows failed or are unknown; rejected ones do not count") {
  FailureConfig three;
  three.rows_max = 3;
  for (const Status second : {Status::unknown, Status::rejected}) {
    ReporterBench bench(Commit::group, FailureLimit(three));
    bench.push(1, Status::failed);
    bench.push(2, second);
    bench.push(3, Status::success);
    bench.push(4, Status::failed);
    bench.run_to_the_end();
    CHECK(bench.control.cause() == (second == Status::unknown ? StopCause::failures : StopCause::none));
    CHECK(bench.log.written == 4);
    if (second == Status::unknown)
      CHECK(bench.control.text() == "3 of 4 rows did not succeed (--max-failures): the other rows are not sent");
  }
}
