// How long does a line of results.ndjson take to be made, and to reach the file?
#include <benchmark/benchmark.h>

#include <vector>

#include "amend/run/result_log.hpp"
#include "folder.hpp"
#include "queue/batch_pool.hpp"
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

// Lots as the reporter takes them from its queue, each one write(2); without fdatasync, which every 10,000 rows share.
void log_append(benchmark::State& state) {
  const bench::Folder folder;
  const amend::RunDirectory run(folder.path() + "/run");
  const auto log = amend::open_result_log(run);
  amend::BatchPool pool(1);
  amend::Batch& batch = one_row(pool);
  std::vector<amend::Outcome> outcomes;
  for (std::int64_t n = 0; n < state.range(0); ++n) outcomes.push_back(success(batch));
  for (auto _ : state) log->write(outcomes);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(log_append)->Arg(1)->Arg(16)->Arg(256)->ArgName("lot");

}  // namespace
