// How long does a line of results.ndjson take, and a hop from thread to thread?
#include <benchmark/benchmark.h>

#include "amend/queue/batch_pool.hpp"
#include "amend/queue/outcome_queue.hpp"
#include "amend/reporter/result_log.hpp"
#include "rows.hpp"

namespace {

amend::Outcome success(amend::Batch& batch) {
  amend::Outcome outcome(amend::RowRef(batch, 0), amend::Status::success);
  outcome.http = 200;
  outcome.attempts = 1;
  outcome.request_id.fill('a');
  outcome.at = std::chrono::system_clock::now();
  outcome.service = std::chrono::microseconds(12'345);
  return outcome;
}

// A batch with one row, as the reader makes it.
amend::Batch& one_row(amend::BatchPool& pool) {
  amend::Batch& batch = *pool.acquire();
  amend::Update update;
  update.position = amend::Position(17, 18, 4096);
  const auto begin = batch.arena().size();
  batch.arena() += "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
  update.id = batch.slice_from(begin);
  batch.push_back(update);
  return batch;
}

void log_line(benchmark::State& state) {
  amend::BatchPool pool(1);
  const amend::Outcome outcome = success(one_row(pool));
  amend::ResultLine line;
  std::string out;
  for (auto _ : state) {
    if (out.size() > 64 * 1024) out.clear();
    line.append(out, outcome);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(log_line);

void outcome_hop(benchmark::State& state) {
  constexpr int lot_size = 64;
  amend::BatchPool pool(1);
  amend::Batch& batch = one_row(pool);
  const amend::RowRef alive(batch, 0);
  amend::OutcomeQueue queue;
  std::vector<amend::Outcome> in;
  std::vector<amend::Outcome> out;
  for (auto _ : state) {
    for (int n = 0; n < lot_size; ++n) in.push_back(success(batch));
    queue.push(in);
    queue.pop_all(out, std::chrono::milliseconds(0));
    out.clear();
  }
  state.SetItemsProcessed(state.iterations() * lot_size);
}
BENCHMARK(outcome_hop);

}  // namespace
