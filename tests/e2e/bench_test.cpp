// Whether what `amend bench` measures is so: latencies, stalls and capacities that were planted are found again.
#include <doctest/doctest.h>

#include "support/bench_run.hpp"

using namespace test;

TEST_CASE("e2e: bench finds planted latencies again within 2 %") {
  // Uniform from 50 to 150 ms.
  Simulator simulator({"--latency", "50ms", "--jitter", "100ms"});
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "300/s", "--duration", "20s", "--warm-up", "1s"});
  REQUIRE(bench.finished.code == 0);
  for (const char* of : {"latency_ms", "service_ms"}) {
    CAPTURE(of);
    CHECK(figure(bench.step(), of, "p50") == doctest::Approx(100).epsilon(0.02));
    CHECK(figure(bench.step(), of, "p90") == doctest::Approx(140).epsilon(0.02));
    CHECK(figure(bench.step(), of, "p99") == doctest::Approx(149).epsilon(0.02));
    CHECK(figure(bench.step(), of, "max") == doctest::Approx(150).epsilon(0.02));
  }
}

TEST_CASE("e2e: a server that stands still for 1 s in 10 is seen in the p99 of an open loop, and not of a closed one") {
  const std::vector<std::string> server{"--latency", "20ms", "--stall", "1s/10s"};
  Simulator for_open(server);
  BenchRun open;
  open.run(for_open.url(), {"--rate", "100/s", "--duration", "20s", "--warm-up", "0"});
  REQUIRE(open.finished.code == 0);
  // Of 1,000 requests the slowest ten: two that the stall caught at work and eight that came in its first 80 ms. Then
  // comes one that has waited for the rest of it, 920 ms, and for its work.
  CHECK(figure(open.step(), "latency_ms", "p50") == doctest::Approx(20).epsilon(0.05));
  CHECK(figure(open.step(), "latency_ms", "p99") == doctest::Approx(940).epsilon(0.02));

  Simulator for_closed(server);
  BenchRun closed;
  closed.run(for_closed.url(), {"--connections", "4", "--duration", "20s", "--warm-up", "0"});
  REQUIRE(closed.finished.code == 0);
  CHECK(figure(closed.step(), "latency_ms", "p99") < 30);
  CHECK(figure(closed.step(), "latency_ms", "max") > 900);
}

TEST_CASE("e2e: bench --find-max finds what a server can do") {
  // 10 at once, 50 ms each: 200/s.
  Simulator simulator({"--capacity", "10:50ms"});
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "50/s", "--find-max", "--slo", "p99<200ms,errors<1%", "--step", "3s"});
  CAPTURE(bench.finished.err);
  REQUIRE(bench.finished.code == 0);
  const double found = bench.result().at("find_max").at("rate").to_number<double>();
  CHECK(found >= 175);
  CHECK(found <= 206);  // a little above it is not seen in 3 s
}

TEST_CASE("e2e: bench --versus tells a slower server from an equal one") {
  Simulator a({"--latency", "10ms"}), equal({"--latency", "10ms"}), slower({"--latency", "11ms"});
  BenchRun same, other;
  same.run(a.url(), {"--rate", "100/s", "--duration", "10s", "--versus", "url=" + equal.url()});
  other.run(a.url(), {"--rate", "100/s", "--duration", "10s", "--versus", "url=" + slower.url()});
  CAPTURE(other.finished.err);
  REQUIRE(same.finished.code == 0);
  REQUIRE(other.finished.code == 0);
  const auto median = [](const BenchRun& bench) {
    return bench.result().at("comparison").at("figures").at(1).as_object();
  };
  REQUIRE(median(other).at("figure") == "latency p50, ms");
  CHECK(median(other).at("differ") == true);
  CHECK(median(other).at("ratio").to_number<double>() == doctest::Approx(1.1).epsilon(0.03));
  CHECK(median(same).at("ratio").to_number<double>() == doctest::Approx(1).epsilon(0.03));
}
