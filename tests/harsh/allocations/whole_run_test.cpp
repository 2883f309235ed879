// All stages, threads and connections of a run at once, against the simulator.
#include <doctest/doctest.h>

#include <thread>

#include "harsh/allocations/allocations.hpp"
#include "run/pipeline/work.hpp"

using namespace ::test;
using amend::test::SteadyState;

TEST_CASE("allocations: of a whole run over TLS less than one for a hundred rows, its warm-up not counted") {
  constexpr std::uint64_t rows = 100'000;
  Simulator simulator;
  Work work(make_customers(rows), simulator.url());
  work.config.load.connections = 8;
  work.config.load.pipeline = 16;
  amend::Run run(work.job());
  SteadyState steady(rows / 5, rows * 9 / 10);
  std::thread watch([&] {
    while (!steady.complete()) {
      steady.rows_done(run.metrics().rows_ended());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  const amend::Summary summary = run.execute();
  watch.join();
  simulator.stop();
  CAPTURE(summary.stop_reason);
  CHECK(summary.rows(amend::Status::success) == rows);
  MESSAGE(steady.count() << " allocations, and " << steady.openssl_count() << " of OpenSSL, for " << steady.rows()
                         << " rows");
  CHECK(steady.per_row() < 0.01);
}
