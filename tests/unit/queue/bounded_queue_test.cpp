#include "queue/bounded_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

using amend::BoundedQueue;

namespace {

// What a consumer waits on between wake-ups; a wake-up before the wait is not lost.
class Bell {
 public:
  void ring() {
    const std::lock_guard lock(mutex_);
    ++rings_;
    rung_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    rung_.wait(lock, [this] { return rings_ > heard_; });
    heard_ = rings_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable rung_;
  int rings_ = 0;
  int heard_ = 0;
};

}  // namespace

TEST_CASE("bounded_queue: items come out in the order they went in, also around the end of the ring") {
  BoundedQueue<int> queue(3, [] {});
  for (int i = 0; i < 10; ++i) {
    CHECK(queue.push(2 * i));
    CHECK(queue.push(2 * i + 1));
    CHECK(queue.try_pop() == 2 * i);
    CHECK(queue.try_pop() == 2 * i + 1);
  }
  CHECK(queue.try_pop() == std::nullopt);
}

TEST_CASE("bounded_queue: a wake-up comes once, and only to a consumer that found the queue empty") {
  int wakes = 0;
  BoundedQueue<int> queue(8, [&] { ++wakes; });
  queue.push(1);
  CHECK(wakes == 0);
  CHECK(queue.try_pop() == 1);
  queue.push(2);
  CHECK(wakes == 0);
  queue.try_pop();
  CHECK(queue.try_pop() == std::nullopt);
  CHECK(queue.try_pop() == std::nullopt);
  queue.push(3);
  queue.push(4);
  CHECK(wakes == 1);
}

TEST_CASE("bounded_queue: closing loses nothing and wakes a waiting consumer once") {
  int wakes = 0;
  BoundedQueue<int> queue(8, [&] { ++wakes; });
  queue.push(1);
  queue.push(2);
  queue.close_input();
  CHECK(wakes == 0);
  CHECK_FALSE(queue.push(3));
  CHECK_FALSE(queue.drained());
  CHECK(queue.try_pop() == 1);
  CHECK(queue.try_pop() == 2);
  CHECK(queue.drained());
  CHECK(queue.try_pop() == std::nullopt);

  BoundedQueue<int> empty(8, [&] { ++wakes; });
  CHECK(empty.try_pop() == std::nullopt);
  empty.close_input();
  empty.close_input();
  CHECK(wakes == 1);
  CHECK(empty.drained());
}

TEST_CASE("bounded_queue: giving up destroys what is inside and lets a blocked producer go") {
  BoundedQueue<std::shared_ptr<int>> queue(1, [] {});
  auto item = std::make_shared<int>(1);
  queue.push(item);
  bool pushed = true;
  std::thread producer([&] { pushed = queue.push(nullptr); });
  queue.abandon();
  producer.join();
  CHECK_FALSE(pushed);
  CHECK(item.use_count() == 1);
  CHECK(queue.drained());
  CHECK_FALSE(queue.try_pop().has_value());
}

TEST_CASE("bounded_queue: never more than its capacity inside, and every item arrives once") {
  constexpr int items = 50'000;
  constexpr int capacity = 4;
  std::atomic<int> inside{0};
  int inside_max = 0;
  Bell bell;
  BoundedQueue<int> queue(capacity, [&] { bell.ring(); });
  std::thread producer([&] {
    for (int i = 0; i < items; ++i) {
      queue.push(i);
      ++inside;
    }
    queue.close_input();
  });
  int expected = 0;
  bool in_order = true;
  while (!queue.drained()) {
    inside_max = std::max(inside_max, inside.load());
    if (const auto item = queue.try_pop()) {
      in_order = in_order && *item == expected++;
      --inside;
    } else if (!queue.drained()) {
      bell.wait();  // hangs for ever when a wake-up is lost
    }
  }
  producer.join();
  CHECK(in_order);
  CHECK(expected == items);
  CHECK(inside_max <= capacity);
}

TEST_CASE("bounded_queue: a producer that is ahead stops at the capacity until half of it is free") {
  BoundedQueue<int> queue(4, [] {});
  std::atomic<int> pushed{0};
  Bell full;
  Bell all;
  std::thread producer([&] {
    for (int i = 0; i < 6; ++i) {
      queue.push(i);
      ++pushed;
      if (i == 3) full.ring();
    }
    all.ring();
  });
  full.wait();
  CHECK(queue.try_pop() == 0);
  CHECK(pushed <= 5);  // 5: that push was not waiting yet
  CHECK(queue.try_pop() == 1);
  all.wait();
  producer.join();
  CHECK(queue.size() == 4);
}
