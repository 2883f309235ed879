// How long does a row take from one thread to the next, and through its key's gate?
#include <benchmark/benchmark.h>

#include <semaphore>
#include <thread>
#include <vector>

#include "amend/row/batch.hpp"
#include "queue/batch_pool.hpp"
#include "queue/bounded_queue.hpp"
#include "queue/key_gate.hpp"
#include "queue/outcome_queue.hpp"

namespace {

// Takes batches apart as a worker does: a RowRef for each row, the batch back to its pool with the last.
class Taker {
 public:
  ~Taker() {
    queue.close_input();
    thread_.join();
  }

  amend::BoundedQueue<amend::RowRef> queue{8, [this] { woken_.release(); }};

 private:
  void take() {
    while (!queue.drained()) {
      while (const auto batch = queue.try_pop())
        for (std::uint32_t i = 0; i < batch->batch()->size(); ++i)
          benchmark::DoNotOptimize(amend::RowRef(*batch->batch(), i));
      if (!queue.drained()) woken_.acquire();
    }
  }
  std::counting_semaphore<> woken_{0};
  std::thread thread_{[this] { take(); }};
};

void queue_hop_of_batches(benchmark::State& state) {
  amend::BatchPool pool(16);
  {
    Taker taker;
    for (auto _ : state) {
      amend::Batch& batch = *pool.acquire();
      for (std::int64_t n = 0; n < state.range(0); ++n) batch.push_back(amend::Update());
      taker.queue.push(amend::RowRef(batch, 0));
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(queue_hop_of_batches)->Arg(1)->Arg(16)->Arg(64)->ArgName("rows")->UseRealTime();

void queue_hop_of_outcomes(benchmark::State& state) {
  amend::BatchPool pool(1);
  amend::Batch& batch = *pool.acquire();
  batch.push_back(amend::Update());
  const amend::RowRef alive(batch, 0);
  amend::OutcomeQueue queue;
  std::thread reporter([&] {
    std::vector<amend::Outcome> received;
    while (queue.pop_all(received, std::chrono::milliseconds(100))) received.clear();
  });
  std::vector<amend::Outcome> received;
  for (auto _ : state) {
    for (std::int64_t n = 0; n < state.range(0); ++n)
      received.emplace_back(amend::RowRef(batch, 0), amend::Status::success);
    while (queue.full()) std::this_thread::yield();
    queue.push(received);
  }
  queue.close();
  reporter.join();
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(queue_hop_of_outcomes)->Arg(1)->Arg(16)->Arg(64)->ArgName("rows")->UseRealTime();

// As many customers as 8 connections at depth 16 keep in flight.
void key_gate(benchmark::State& state) {
  constexpr std::uint32_t in_flight = 128;
  amend::KeyGate gate(in_flight);
  const amend::KeyGate::time_point now(std::chrono::hours(1));
  std::uint64_t key = 0x9E37'79B9'7F4A'7C15;
  std::uint32_t job = 0;
  for (; job < in_flight; ++job) gate.admit(job, key *= 3);
  for (auto _ : state) {
    job = (job + 1) % in_flight;
    benchmark::DoNotOptimize(gate.release(job, now));
    benchmark::DoNotOptimize(gate.admit(job, key *= 3));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(key_gate);

}  // namespace
