// The reporter's part of a row: from the outcome queue into the log, counted and committed.
#include <doctest/doctest.h>

#include <thread>

#include "amend/run/result_log.hpp"
#include "harsh/allocations/allocations.hpp"
#include "queue/batch_pool.hpp"
#include "reporter/reporter.hpp"
#include "reporter/retry_files.hpp"
#include "support/process.hpp"

using namespace amend;
using amend::test::none_per_row;
using amend::test::SteadyState;

namespace {

constexpr std::uint64_t rows_recorded = 60'000;

class RecordingBench {
 public:
  RecordingBench() : reporter_(sinks(), outcomes_, control_, metrics_) { lot_.reserve(rows_per_batch_max); }

  SteadyState run() {
    SteadyState steady(10'000, 50'000);
    std::thread thread([&] { reporter_.run(); });
    while (pushed_ < rows_recorded) {
      push_batch();
      while (pool_.outstanding() > 4) std::this_thread::yield();
      steady.rows_done(pushed_);
    }
    outcomes_.close();
    thread.join();
    CHECK(control_.text() == "");
    CHECK(metrics_.rows(Status::success) == rows_recorded);
    return steady;
  }

 private:
  std::vector<std::unique_ptr<Sink>> sinks() {
    std::vector<std::unique_ptr<Sink>> all;
    all.push_back(open_result_log(run_));
    all.push_back(open_retry_files(run_, InputLayout(Format::csv, {"id", "name"}, ',')));
    return all;
  }
  void push_batch() {
    Batch& batch = *pool_.acquire();
    for (std::size_t i = 0; i < rows_per_batch_max && pushed_ < rows_recorded; ++i) append(batch, ++pushed_);
    for (std::uint32_t i = 0; i < batch.size(); ++i) lot_.push_back(outcome(batch, i));
    outcomes_.push(lot_);
  }
  static void append(Batch& batch, std::uint64_t row) {
    Update update;
    update.position = Position(row, row + 1, row * 100);
    const std::size_t begin = batch.arena().size();
    batch.arena() += "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed,\"Lovelace, Ada\"";
    update.raw = batch.slice_from(begin);
    update.id = Slice(update.raw.begin, 36);
    batch.push_back(update);
  }
  static Outcome outcome(Batch& batch, std::uint32_t i) {
    Outcome out(RowRef(batch, i), Status::success);
    out.http = 200;
    out.attempts = 1;
    out.request_id.fill('a');
    // A second goes by every thousand rows, as in a run that takes a while.
    out.at = std::chrono::system_clock::time_point(std::chrono::seconds(batch[i].position.row / 1000));
    out.service = std::chrono::microseconds(12'345);
    return out;
  }

  ::test::TempDir dir_;
  RunDirectory run_{dir_.file("run")};
  OutcomeQueue outcomes_;
  RunControl control_{[] {}};
  Metrics metrics_;
  Reporter reporter_;
  BatchPool pool_{8};
  std::vector<Outcome> lot_;
  std::uint64_t pushed_ = 0;
};

}  // namespace

TEST_CASE("allocations: a success is written, counted and committed without one") {
  RecordingBench bench;
  const SteadyState steady = bench.run();
  CHECK(steady.complete());
  CHECK(steady.per_row() < none_per_row);
}
