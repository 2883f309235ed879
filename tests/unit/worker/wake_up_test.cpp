#include "worker/wake_up.hpp"

#include <doctest/doctest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <thread>
#include <vector>

using amend::WakeUp;
namespace asio = boost::asio;

TEST_CASE("wake_up: what is asked before the function has begun is one call, what is asked in it another") {
  asio::io_context io(1);
  int calls = 0;
  WakeUp* self = nullptr;
  WakeUp wake_up(io, [&] {
    if (++calls < 3) self->request();
  });
  self = &wake_up;
  wake_up.request();
  wake_up.request();
  CHECK(calls == 0);
  io.run();
  CHECK(calls == 3);
}

TEST_CASE("wake_up: whatever a thread did before it asked is seen by a call that begins afterwards") {
  asio::io_context io(1);
  auto guard = asio::make_work_guard(io);
  std::vector<int> done(4, 0);  // each thread counts in its own, and nobody else orders them
  std::atomic<int> finished{0};
  std::uint64_t seen = 0;
  WakeUp wake_up(io, [&] {
    seen = 0;
    if (finished != 4) return;
    for (const int n : done) seen += static_cast<std::uint64_t>(n);
    guard.reset();
  });
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < done.size(); ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 5'000; ++n) wake_up.request();
      done[i] = 1;
      ++finished;
      wake_up.request();
    });
  io.run();
  for (auto& thread : threads) thread.join();
  CHECK(seen == 4);
}

TEST_CASE("wake_up: a loop may end with a call outstanding") {
  int calls = 0;
  std::unique_ptr<WakeUp> wake_up;
  {
    asio::io_context io(1);
    wake_up = std::make_unique<WakeUp>(io, [&] { ++calls; });
    wake_up->request();
  }
  CHECK(calls == 0);
}
