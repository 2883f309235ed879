// The circuit as a worker lives with it. These tests wait for real probes, a second each at most.
#include <doctest/doctest.h>

#include "worker_bench.hpp"

using namespace amend;
using namespace amend::test;

namespace {

// 503 to so many requests that it is an outage; then `probe` gets the connection with the first probe; then all is
// well.
template <class Probe>
std::function<void(FakeSession&)> breaks_down(WorkerBench& bench, Probe probe) {
  return [&bench, probe, probed = false](FakeSession& session) mutable {
    if (bench.admission.circuit().closed() && !probed) {
      while (!session.requests().empty()) session.reply(503, api_refusal);
    } else if (!std::exchange(probed, true)) {
      probe(session);
    } else {
      session.reply_to_all();
    }
  };
}

}  // namespace

TEST_CASE("worker: a probe that its connection did not process, or that was lost, is followed by another one") {
  WorkerBench bench;
  CloseCause cause = CloseCause::announced;
  SUBCASE("not processed") {}
  SUBCASE("closed by a server that had not seen it") { cause = CloseCause::local; }
  SUBCASE("lost") { cause = CloseCause::lost; }
  bench.server.serve = breaks_down(bench, [&](FakeSession& session) {
    CHECK(session.requests().size() == 1);
    CHECK(bench.metrics.probe_at() > std::chrono::steady_clock::time_point());
    session.end(cause);
  });
  bench.run(100);
  CHECK(bench.count(Status::success) == 100);
}

TEST_CASE("worker: a probe that is refused shows that the API is there: its row fails, the others go on") {
  WorkerBench bench;
  std::string refused;
  const auto refuse = [](FakeSession& session) { session.reply_last(400); };
  auto others = breaks_down(bench, [&](FakeSession& session) {
    refused = session.requests().front().body;
    refuse(session);
  });
  bench.server.serve = [&](FakeSession& session) {
    const bool again = !session.requests().empty() && session.requests().front().body == refused;
    again ? refuse(session) : others(session);
  };
  CHECK(bench.metrics.probe_at() == std::chrono::steady_clock::time_point());
  bench.run(100);
  CHECK(bench.metrics.probe_at() == std::chrono::steady_clock::time_point());  // it is over
  CHECK(bench.count(Status::success) == 99);
  CHECK(bench.count(Status::failed) == 1);
}
