// The benchmark as a library, with all its threads: one sends, others sign, one looks on.
#include "amend/benchmark/benchmark.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <thread>

#include "amend/benchmark/objective.hpp"
#include "amend/error.hpp"
#include "benchmark/benchmark_rules.hpp"
#include "support/simulator.hpp"
#include "unit/benchmark/no_random_numbers.hpp"

using namespace amend;
using namespace std::chrono_literals;

namespace {

Config config_for(const std::string& url) {
  Config config;
  config.target.url = url;
  config.target.ca_file = test::certificates() + "/ca.pem";
  config.auth.app_id = test::app_id;
  config.auth.private_key_file = test::certificates() + "/app.key";
  config.load.rate.interval = 20ms;
  config.load.connections = 4;
  config.load.pipeline = 2;
  config.load.workers = 2;
  return config;
}

// Looks at it all the time, until it is destroyed.
class Onlooker {
 public:
  explicit Onlooker(const Benchmark& benchmark)
      : thread_([this, &benchmark] {
          while (!ended_) {
            const BenchmarkProgress progress = benchmark.progress();
            seen_ = std::max(seen_.load(), progress.answered);
            std::this_thread::yield();
          }
        }) {}
  ~Onlooker() { end(); }
  void end() {
    ended_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::uint64_t seen() const { return seen_; }

 private:
  std::atomic<bool> ended_{false};
  std::atomic<std::uint64_t> seen_{0};
  std::thread thread_;
};

}  // namespace

TEST_CASE("Benchmark: each rule about its options refuses in its own words") {
  struct Case {
    void (*spoil)(BenchmarkConfig&, LoadConfig&);
    const char* message;
  };
  const std::vector<Case> cases{
      {[](auto& plan, auto&) { plan.duration = 999ms; }, "--duration must be between 1 and 86400 s"},
      {[](auto& plan, auto&) { plan.warm_up = 3'601s; }, "--warm-up must be between 0 and 3600 s"},
      {[](auto& plan, auto&) { plan.step = 0s; }, "--step must be between 1 and 3600 s"},
      {[](auto& plan, auto&) { plan.ramp.emplace(20, 10, 5); },
       "--ramp needs FROM..TO:BY/s, for example 50..1000:50/s. FROM, TO and BY must be above 0, and TO at least FROM"},
      {[](auto& plan, auto&) { plan.ramp.emplace(1, 1'000, 1); }, "--ramp has more than 100 steps. Use larger steps"},
      {[](auto&, auto& load) { load.rate.mode = RateMode::adaptive; },
       "--rate: a benchmark needs a fixed rate. To find the highest rate, use --find-max"},
      {[](auto& plan, auto&) { plan.other.emplace().load.rate.mode = RateMode::adaptive; },
       "--versus rate: a benchmark needs a fixed rate. To find the highest rate, use --find-max"},
      {[](auto& plan, auto& load) {
         plan.ramp.emplace(10, 20, 5);
         load.rate.interval = 1ms;
       },
       "use --ramp or --rate, not both"},
      {[](auto& plan, auto&) { plan.find_max = true; },
       "--find-max needs --slo, for example --slo 'p99<300ms,errors<0.1%'"},
      {[](auto& plan, auto&) {
         plan.find_max = true;
         plan.ramp.emplace(10, 20, 5);
         plan.objectives = parse_objectives("--slo", "p99<300ms");
       },
       "use --find-max or --ramp, not both"},
      {[](auto& plan, auto&) {
         plan.other.emplace();
         plan.ramp.emplace(10, 20, 5);
       },
       "--versus compares two sides at one rate or in a closed loop. Remove --ramp and --find-max"},
      {[](auto& plan, auto&) {
         plan.other.emplace();
         plan.objectives = parse_objectives("--slo", "p99<300ms");
       },
       "use --versus or --slo, not both: a comparison has no objective"},
      {[](auto& plan, auto&) { plan.turns = 7; }, "--turns must be between 8 and 50"},
  };
  BenchmarkConfig usual;
  LoadConfig closed_loop;
  closed_loop.rate.interval = 0ns;
  CHECK_NOTHROW(validate(usual, closed_loop));
  std::set<BenchmarkRule> broken;
  for (const Case& c : cases) {
    BenchmarkConfig plan = usual;
    LoadConfig load = closed_loop;
    c.spoil(plan, load);
    CHECK_THROWS_WITH_AS(validate(plan, load), c.message, ConfigError);
    for (const BenchmarkRule rule : benchmark_rules())
      if (rule(plan, load) == c.message) broken.insert(rule);
  }
  CHECK(broken.size() == benchmark_rules().size());
}

TEST_CASE("Benchmark: signed requests go out as planned while somebody looks on") {
  test::Simulator simulator(test::verifying_options());
  const Config config = config_for(simulator.url());
  BenchmarkConfig plan;
  plan.duration = 2s;
  plan.warm_up = 1s;
  Benchmark benchmark(config, plan, load_credentials(config.auth));
  Onlooker onlooker(benchmark);
  const BenchmarkResult result = benchmark.run();
  onlooker.end();
  CHECK(result.stop_cause == StopCause::none);
  REQUIRE(result.sides.size() == 1);
  const StepFigures& step = result.sides.front().figures.steps.at(0);
  CHECK(step.requests() == 100);
  CHECK(step.by_status.at(200) == 100);
  CHECK(step.latency.count() == 100);
  CHECK(result.sides.front().figures.connections.size() == 4);
  CHECK(onlooker.seen() > 0);
  CHECK(onlooker.seen() <= 150);
}

TEST_CASE("Benchmark: stop() ends it soon, whatever it waits for, and keeps what was measured") {
  test::Simulator simulator({"--latency", "10ms"});
  Config config = config_for(simulator.url());
  BenchmarkConfig plan;
  plan.duration = 1h;
  plan.warm_up = 0s;
  Benchmark benchmark(config, plan, load_credentials(config.auth));
  std::thread stopper([&] {
    while (benchmark.progress().answered < 20) std::this_thread::yield();
    benchmark.stop(StopCause::interrupted);
  });
  const BenchmarkResult result = benchmark.run();
  stopper.join();
  CHECK(result.stop_cause == StopCause::interrupted);
  const StepFigures& step = result.sides.at(0).figures.steps.at(0);
  CHECK(step.answered >= 20);
  CHECK(step.lasted < 1h);
}

TEST_CASE("Benchmark: a second stop() does not wait for a server that never answers") {
  test::Simulator simulator({"--hang-share", "100%"});
  Config config = config_for(simulator.url());
  config.deadline.response = 1s;
  config.deadline.grace = 1h;
  BenchmarkConfig plan;
  plan.duration = 1h;
  Benchmark benchmark(config, plan, load_credentials(config.auth));
  std::thread stopper([&] {
    while (benchmark.progress().elapsed < 500ms || benchmark.progress().stage == "first request")
      std::this_thread::yield();
    benchmark.stop(StopCause::interrupted);
    benchmark.stop(StopCause::interrupted);
  });
  const BenchmarkResult result = benchmark.run();
  stopper.join();
  CHECK(result.stop_cause == StopCause::interrupted);
}

TEST_CASE("Benchmark: what it cannot sign ends it with the reason; whoever looks on may go on looking, or stop it") {
  test::Simulator simulator({"--plain"});
  const Config config = config_for(simulator.url());
  Benchmark benchmark(config, BenchmarkConfig(), load_credentials(config.auth));
  Onlooker onlooker(benchmark);
  {
    const test::NoRandomNumbers none;
    CHECK_THROWS_WITH(benchmark.run(), doctest::Contains("random numbers"));
  }
  benchmark.stop(StopCause::interrupted);
  onlooker.end();
  CHECK(benchmark.progress().answered == 0);
  CHECK(onlooker.seen() == 0);
}
