// The engine by itself: what becomes of a run when a stage throws.
#include "engine/engine.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace amend;
using namespace std::chrono_literals;

namespace {

class EngineBench {
 public:
  EngineBench() {
    config.target.url = "http://127.0.0.1:9";
    config.auth.kind = Auth::none;
    config.load.workers = 1;
    target = parse_target(config.target);
  }

  Engine engine() {
    return Engine(config, credentials, target, admission, metrics,
                  [this] { return make_update_call(target.path_prefix, Guard::off); });
  }
  RunWatch watch() const { return RunWatch(config, std::chrono::steady_clock::now()); }

  Config config;
  Credentials credentials;
  Target target;
  Metrics metrics;
  AdmissionControl admission{config.load};
};

Engine::Stage report_to_nobody(Engine& engine) {
  return [&engine] {
    std::vector<Outcome> outcomes;
    while (engine.outcomes().pop_all(outcomes, 100ms)) outcomes.clear();
  };
}

}  // namespace

TEST_CASE("engine: whatever the reader throws ends the run as a defect, and is kept for the caller") {
  const std::vector<Engine::Stage> throwing{[] { throw std::runtime_error("worn out"); }, [] { throw 7; }};
  for (const Engine::Stage& read : throwing) {
    EngineBench bench;
    Engine engine = bench.engine();
    engine.run(read, report_to_nobody(engine), bench.watch());
    CHECK(engine.control().cause() == StopCause::defect);
    CHECK(engine.control().text().starts_with("the reader failed because of a defect in amend: "));
    CHECK(engine.error() != nullptr);
  }
}

TEST_CASE("engine: a reporter that throws lets no reader wait for a batch that never comes back") {
  EngineBench bench;
  Engine engine = bench.engine();
  std::vector<RowRef> held;
  const auto take_all = [&] {
    while (Batch* const batch = engine.pool().acquire()) held.emplace_back(*batch, 0);
    held.clear();
  };
  engine.run(
      take_all, [] { throw std::runtime_error("worn out"); }, bench.watch());
  CHECK(engine.control().cause() == StopCause::defect);
  CHECK_THROWS_WITH(std::rethrow_exception(engine.error()), "worn out");
}
