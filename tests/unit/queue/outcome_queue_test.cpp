#include "queue/outcome_queue.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace amend;
using namespace std::chrono_literals;

TEST_CASE("outcome queue: what was pushed comes out in order, and after close() it says that nothing more will come") {
  OutcomeQueue queue;
  std::vector<Outcome> batch;
  std::vector<Outcome> out;
  for (std::uint16_t n = 1; n <= 3; ++n) batch.emplace_back().attempts = n;
  queue.push(batch);
  CHECK(batch.empty());
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
  std::vector<Outcome> batch(outcomes_waiting_max - 1);
  queue.push(batch);
  CHECK_FALSE(queue.full());
  batch.emplace_back();
  queue.push(batch);
  CHECK(queue.full());
  std::vector<Outcome> out;
  CHECK(queue.pop_all(out, 0ms));
  CHECK_FALSE(queue.full());
}

TEST_CASE("outcome queue: a lone outcome is handed over although no other comes, and close() ends the gathering") {
  OutcomeQueue queue;
  std::vector<Outcome> batch(1);
  queue.push(batch);
  std::vector<Outcome> out;
  REQUIRE(queue.pop_all(out, 1h));
  CHECK(out.size() == 1);
  out.clear();
  std::thread other([&] {
    std::vector<Outcome> last(1);
    queue.push(last);
    queue.close();
  });
  REQUIRE(queue.pop_all(out, 1h));
  CHECK(out.size() == 1);
  other.join();
  out.clear();
  CHECK_FALSE(queue.pop_all(out, 1h));
}

TEST_CASE("outcome queue: a reporter that is asleep is woken for many outcomes at a time, and none is left behind") {
  OutcomeQueue queue;
  constexpr std::size_t count = 20'000;
  std::thread worker([&] {
    for (std::size_t n = 0; n < count; ++n) {
      std::vector<Outcome> batch(1);
      while (queue.full()) std::this_thread::yield();
      queue.push(batch);
    }
    queue.close();
  });
  std::size_t taken = 0;
  std::vector<Outcome> out;
  while (queue.pop_all(out, 1h)) {
    taken += out.size();
    out.clear();
  }
  worker.join();
  CHECK(taken == count);
}
