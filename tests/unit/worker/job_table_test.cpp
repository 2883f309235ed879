#include "worker/job_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace amend;

TEST_CASE("job table: hands out each slot once, clean, and takes it back") {
  JobTable table(3);
  std::vector<JobNumber> taken;
  for (int i = 0; i < 3; ++i) taken.push_back(table.take(RowRef()));
  std::ranges::sort(taken);
  CHECK(taken == std::vector<JobNumber>{0, 1, 2});
  CHECK(table.free() == 0);
  CHECK(table.in_use() == 3);
  table[1].attempts = 7;
  table[1].must_go_alone = true;
  table.give_back(1);
  CHECK(table.take(RowRef()) == 1);
  CHECK(table[1].attempts == 0);
  CHECK_FALSE(table[1].must_go_alone);
}

TEST_CASE("job list: first in, first out; empty again after the last") {
  JobTable table(4);
  JobList list(table);
  for (int round = 0; round < 2; ++round) {
    CHECK(list.empty());
    for (const JobNumber n : {2U, 0U, 3U}) list.push_back(n);
    CHECK(list.size() == 3);
    CHECK(list.pop_front() == 2);
    list.push_back(1);
    CHECK(list.pop_front() == 0);
    CHECK(list.pop_front() == 3);
    CHECK(list.pop_front() == 1);
    CHECK(list.empty());
  }
}

TEST_CASE("retry heap: the earliest comes first, whatever the order in which they went in") {
  std::mt19937 random(1);
  RetryHeap heap(200);
  const RetryHeap::time_point start{};
  for (JobNumber n = 0; n < 200; ++n) heap.push(n, start + std::chrono::milliseconds(random() % 50));
  auto last = start;
  for (int i = 0; i < 200; ++i) {
    CHECK(heap.earliest() >= last);
    last = heap.earliest();
    heap.pop();
  }
  CHECK(heap.empty());
}
