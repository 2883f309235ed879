// What retries add to the load of a server in trouble.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "worker_bench.hpp"

using namespace amend;
using namespace amend::test;

namespace {

void use_up(RetryBudget& budget) {
  while (budget.take(1)) {
  }
}

// The requests for these rows are answered 503 so often, all others well.
std::function<void(FakeSession&)> failing(std::map<std::string, int> times) {
  return [times](FakeSession& session) mutable {
    while (!session.requests().empty()) {
      const auto found = times.find(session.requests().front().body);
      if (found == times.end() || found->second-- <= 0) {
        session.reply_well();
      } else {
        session.reply(503, api_refusal);
      }
    }
  };
}

}  // namespace

TEST_CASE("worker: with the budget used up retries wait until successes have paid for them") {
  WorkerBench bench;
  bench.config.retry.backoff_first = bench.config.retry.backoff_max = std::chrono::milliseconds(0);
  bench.server.serve = failing({{"row 1", 1}, {"row 2", 1}, {"row 3", 1}, {"row 4", 1}});
  use_up(bench.admission.budget());
  bench.run(200);
  CHECK(bench.count(Status::success) == 200);
  // Four failed, and so many successes pay for one retry; without a budget it would go with the second lot of eight.
  constexpr int successes_needed = RetryBudget::transient_cost;
  std::map<std::string, int> seen;
  std::ptrdiff_t first_retry = 0;
  for (std::size_t at = 0; at < bench.server.seen.size() && first_retry == 0; ++at)
    if (++seen[bench.server.seen[at].body] == 2) first_retry = static_cast<std::ptrdiff_t>(at);
  CHECK(first_retry >= 4 + successes_needed);
}

TEST_CASE("worker: with the budget used up and nothing else to do retries go one after the other, and the run ends") {
  WorkerBench bench;
  bench.connections = 4;
  bench.server.serve = failing({{"row 1", 4}, {"row 2", 4}, {"row 3", 9}});
  use_up(bench.admission.budget());
  bench.run(3);
  CHECK(bench.row(1).status == Status::success);
  CHECK(bench.row(2).status == Status::success);
  CHECK(bench.row(3).status == Status::failed);
  CHECK(bench.row(3).attempts == 5);
  CHECK(bench.sent(3).size() <= 6);  // one more when it has to be shown that the API is well
}

TEST_CASE("worker: a retry that succeeds gives back what it took") {
  WorkerBench bench;
  bench.server.serve = failing({{"row 3", 1}, {"row 50", 1}, {"row 51", 1}});
  bench.run(100);
  CHECK(bench.count(Status::success) == 100);
  CHECK(bench.admission.budget().tokens() == RetryBudget::capacity);
}
