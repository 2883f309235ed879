#include "amend/queue/outcome_queue.hpp"

#include <doctest/doctest.h>

using namespace amend;
using namespace std::chrono_literals;

TEST_CASE("outcome queue: what was pushed comes out in order, and after close() it says that nothing more will come") {
  OutcomeQueue queue;
  std::vector<Outcome> lot;
  std::vector<Outcome> out;
  for (std::uint16_t n = 1; n <= 3; ++n) lot.emplace_back().attempts = n;
  queue.push(lot);
  CHECK(lot.empty());
  queue.close();
  REQUIRE(queue.pop_all(out, 0ms));
  REQUIRE(out.size() == 3);
  CHECK(out[0].attempts == 1);
  CHECK(out[2].attempts == 3);
  out.clear();
  CHECK_FALSE(queue.pop_all(out, 0ms));
}

TEST_CASE("outcome queue: a reporter that is behind is told to the workers, until it has caught up") {
  OutcomeQueue queue;
  std::vector<Outcome> lot(outcomes_waiting_max - 1);
  queue.push(lot);
  CHECK_FALSE(queue.full());
  lot.emplace_back();
  queue.push(lot);
  CHECK(queue.full());
  std::vector<Outcome> out;
  CHECK(queue.pop_all(out, 0ms));
  CHECK_FALSE(queue.full());
}
