// Whether what `amend bench` measures is so: latencies, stalls and capacities that were planted are found again.
//   build-release/bin/accuracy            on a machine that does nothing else; two minutes
//   AMEND_TINY=1 build-release/bin/accuracy   that it runs, for ctest: nothing is expected of the figures
// tests/unit/benchmark/planted_test.cpp decides the same in simulated time.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "support/bench_run.hpp"

using namespace test;

namespace {

// A machine that is busy with something else makes latencies longer, never shorter: what was found once is so. A
// measurement that is wrong is wrong each time.
const bool tiny = std::getenv("AMEND_TINY") != nullptr;
const int attempts_max = tiny ? 1 : 3;

std::string lasting(const char* time) { return tiny ? "1s" : time; }

void measure(BenchRun& bench, const std::vector<std::string>& server, const std::vector<std::string>& options) {
  Simulator simulator(server);
  std::filesystem::remove_all(bench.directory);
  bench.run(simulator.url(), options);
  CAPTURE(bench.finished.err);
  REQUIRE(bench.finished.code == 0);
}

bool near(const BenchRun& bench, const char* of, const char* name, double planted) {
  return figure(bench.step(), of, name) == doctest::Approx(planted).epsilon(0.02);
}

}  // namespace

TEST_CASE("bench finds planted latencies again within 2 %") {
  // Uniform from 50 to 150 ms.
  const auto found = [](const BenchRun& bench, const char* of) {
    return near(bench, of, "p50", 100) && near(bench, of, "p90", 140) && near(bench, of, "p99", 149) &&
           near(bench, of, "max", 150);
  };
  BenchRun bench;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    measure(bench, {"--latency", "50ms", "--jitter", "100ms"},
            {"--rate", "300/s", "--duration", lasting("15s"), "--warm-up", tiny ? "0" : "1s"});
    if (found(bench, "latency_ms") && found(bench, "service_ms")) break;
  }
  CAPTURE(bench.finished.err);
  CHECK((tiny || found(bench, "latency_ms")));
  CHECK((tiny || found(bench, "service_ms")));
}

TEST_CASE("a server that stands still for 1 s in 10 is seen in the p99 of an open loop, and not of a closed one") {
  const std::vector<std::string> server{"--latency", "20ms", "--stall", "1s/10s"};
  // Of 1,000 requests the slowest ten: two that the stall caught at work and eight that came in its first 80 ms. Then
  // comes one that has waited for the rest of it, 920 ms, and for its work.
  const auto seen = [](const BenchRun& open) {
    return near(open, "latency_ms", "p50", 20) && near(open, "latency_ms", "p99", 940);
  };
  BenchRun open;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    measure(open, server, {"--rate", "100/s", "--duration", lasting("20s"), "--warm-up", "0"});
    if (seen(open)) break;
  }
  CAPTURE(open.finished.err);
  CHECK((tiny || seen(open)));

  const auto overlooked = [](const BenchRun& closed) {
    return figure(closed.step(), "latency_ms", "p99") < 30 && figure(closed.step(), "latency_ms", "max") > 900;
  };
  BenchRun closed;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    measure(closed, server, {"--connections", "4", "--duration", lasting("20s"), "--warm-up", "0"});
    if (overlooked(closed)) break;
  }
  CAPTURE(closed.finished.err);
  CHECK((tiny || overlooked(closed)));
}

TEST_CASE("bench --find-max finds what a server can do") {
  // 10 at once, 50 ms each: 200/s; a little above that is not seen in 3 s.
  const auto right = [](const BenchRun& bench) {
    const boost::json::value rate = bench.result().at("find_max").at("rate");
    return !rate.is_null() && rate.to_number<double>() >= 175 && rate.to_number<double>() <= 206;
  };
  BenchRun bench;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    Simulator simulator({"--capacity", "10:50ms"});
    std::filesystem::remove_all(bench.directory);
    bench.run(simulator.url(), {"--rate", "50/s", "--find-max", "--slo", "p99<200ms,errors<1%", "--step", lasting("3s"),
                                "--warm-up", tiny ? "0" : "3s"});
    if (right(bench)) break;
  }
  CAPTURE(bench.finished.err);
  CHECK((tiny || right(bench)));
}

TEST_CASE("bench --versus tells a slower server from an equal one") {
  const auto median = [](const BenchRun& bench) {
    const boost::json::object result = bench.result();
    const auto figure = result.at("comparison").at("figures").at(2).as_object();
    REQUIRE(figure.at("figure") == "latency p50, ms");
    return figure;
  };
  const auto ratio = [&](const BenchRun& bench) { return median(bench).at("ratio").to_number<double>(); };
  const auto right = [&](const BenchRun& same, const BenchRun& other) {
    return median(other).at("differ") == true && ratio(other) == doctest::Approx(1.2).epsilon(0.03) &&
           ratio(same) == doctest::Approx(1).epsilon(0.03);
  };
  BenchRun same, other;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    Simulator a({"--latency", "20ms"}), equal({"--latency", "20ms"}), slower({"--latency", "24ms"});
    for (BenchRun* bench : {&same, &other}) {
      std::filesystem::remove_all(bench->directory);
      bench->run(a.url(), {"--rate", "100/s", "--duration", lasting("10s"), "--turns", tiny ? "8" : "10", "--warm-up",
                           tiny ? "0" : "3s", "--versus", "url=" + (bench == &same ? equal.url() : slower.url())});
      REQUIRE(bench->finished.code == 0);
    }
    if (right(same, other)) break;
  }
  CAPTURE(other.finished.err);
  CHECK((tiny || right(same, other)));
}

TEST_CASE("bench tells how many answers a server gives that is asked for more, not how many it was asked for") {
  // 10 at once, 50 ms each: 200/s.
  Simulator simulator({"--capacity", "10:50ms"});
  BenchRun bench;
  bench.run(simulator.url(),
            {"--rate", "300/s", "--duration", lasting("5s"), "--warm-up", tiny ? "0" : "1s", "--connections", "32"});
  REQUIRE(bench.finished.code == 0);
  if (tiny) return;
  CHECK(number_of(bench.step(), "requests") == 1'500);
  CHECK(bench.step().at("answers_per_second").to_number<double>() <= 204);
  CHECK(bench.step().at("answers_per_second").to_number<double>() >= 150);
}
