#include "admission/retry_budget.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using amend::RetryBudget;

TEST_CASE("retry budget: by hand: what attempts cost and give back") {
  RetryBudget budget;
  CHECK(budget.tokens() == 500);
  struct Step {
    int cost;   // of the retry
    bool pays;  // whether there are tokens for it
    int back;   // given back by its end: its cost when it succeeds
    int tokens;
  };
  // A row that fails twice and then succeeds; a throttled one; one that never succeeds.
  for (const Step& step : std::vector<Step>{{14, true, 0, 486},
                                            {14, true, 14, 486},
                                            {5, true, 5, 486},
                                            {14, true, 0, 472},
                                            {14, true, 0, 458},
                                            {5, true, 0, 453}}) {
    CHECK(budget.take(step.cost) == step.pays);
    if (step.back > 0) budget.give_back(step.back);
    CHECK(budget.tokens() == step.tokens);
  }
  for (int i = 0; i < 100; ++i) budget.give_back(RetryBudget::first_success);
  CHECK(budget.tokens() == 500);
}

TEST_CASE("retry budget: an outage is retried 35 times, then only as fast as successes pay") {
  RetryBudget budget;
  int retries = 0;
  while (budget.take(RetryBudget::transient_cost)) ++retries;
  CHECK(retries == 35);
  CHECK(budget.tokens() == 10);
  CHECK(budget.take(RetryBudget::throttle_cost));
  for (int i = 0; i < 8; ++i) budget.give_back(RetryBudget::first_success);
  CHECK_FALSE(budget.take(RetryBudget::transient_cost));
  budget.give_back(RetryBudget::first_success);
  CHECK(budget.take(RetryBudget::transient_cost));
}

TEST_CASE("retry budget: workers share it: nothing is taken twice, and it never holds more than its capacity") {
  RetryBudget budget;
  std::atomic<int> taken{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n)
        if (budget.take(RetryBudget::throttle_cost)) ++taken;
    });
  for (auto& worker : workers) worker.join();
  CHECK(taken == 100);
  workers.clear();
  for (int i = 0; i < 4; ++i)
    workers.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) budget.give_back(RetryBudget::first_success);
    });
  for (auto& worker : workers) worker.join();
  CHECK(budget.tokens() == 500);
}
