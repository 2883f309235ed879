#include "worker/answer_gathering.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <utility>

#include "worker_bench.hpp"

using namespace amend;
using namespace amend::test;
using namespace std::chrono_literals;

namespace {

const AnswerGathering::time_point t0(1'000h);

// What it waits when so many answers have come in each of many turns of this length.
std::chrono::nanoseconds settled(std::size_t answers, std::chrono::microseconds turn, std::size_t in_flight) {
  AnswerGathering gathering;
  std::chrono::nanoseconds wait{0};
  for (int n = 0; n < 200; ++n) {
    gathering.answered(answers);
    wait = gathering.wait(in_flight, t0 + n * turn);
  }
  return wait;
}

// Signs as if it took its time.
class OneAtATime final : public Signer {
 public:
  explicit OneAtATime(std::function<void()> on_signature) : on_signature_(std::move(on_signature)) {}
  void append_headers(const Request&, std::chrono::system_clock::time_point, std::string&) override { on_signature_(); }
  std::size_t signatures_per_turn() const noexcept override { return 1; }

 private:
  std::function<void()> on_signature_;
};

}  // namespace

TEST_CASE(
    "answer gathering: answers that come one by one are waited for, a quarter of what is in flight, 2 ms at most") {
  const auto wait = settled(1, 10us, 256);  // 100,000 a second: 64 answers take 640 us
  CHECK(wait >= 500us);
  CHECK(wait <= 800us);
  CHECK(settled(1, 1ms, 256) == AnswerGathering::longest);  // a slow server: not longer than this
}

TEST_CASE("answer gathering: nothing waits when little is in flight, when plenty came, or when it would be too short") {
  CHECK(settled(1, 10us, AnswerGathering::in_flight_min - 1) == 0ns);
  CHECK(settled(64, 10us, 256) == 0ns);
  CHECK(settled(1, 1us, 256) == 0ns);  // a million a second: 64 us are not worth it
  CHECK(settled(0, 10us, 256) == 0ns);
  CHECK(AnswerGathering().wait(256, t0) == 0ns);
}

TEST_CASE("worker: a deep pipeline is refilled in lots, when half of it has been answered") {
  WorkerBench bench;
  bench.config.pace.pipeline = 32;
  std::vector<std::size_t> lots;
  std::size_t seen = 0;
  bench.server.serve = [&](FakeSession& session) {
    lots.push_back(bench.server.seen.size() - std::exchange(seen, bench.server.seen.size()));
    session.later([&session] { session.reply_one_by_one(); });
  };
  bench.run(256);
  CHECK(bench.count(Status::success) == 256);
  REQUIRE(lots.size() >= 8);
  CHECK(lots.front() == 32);
  for (std::size_t n = 1; n + 1 < lots.size(); ++n) CHECK(lots[n] >= 16);
}

TEST_CASE("worker: where signatures take their time, lots are signed before they go out, and answers do not wait for a lot") {
  WorkerBench bench;
  bench.config.pace.pipeline = 32;
  std::size_t signatures = 0;
  std::size_t lots = 0;
  std::size_t most_meanwhile = 0;
  bench.make_signer = [&] { return std::make_unique<OneAtATime>([&] { ++signatures; }); };
  bench.server.serve = [&](FakeSession& session) {
    ++lots;
    session.later([&, before = signatures] {
      most_meanwhile = std::max(most_meanwhile, signatures - before);
      session.reply_one_by_one();
    });
  };
  bench.run(256);
  CHECK(bench.count(Status::success) == 256);
  CHECK(signatures == 256);
  CHECK(lots <= 64);
  CHECK(most_meanwhile <= 2);  // one in each turn of the event loop, and the answers are posted from one to the next
}

TEST_CASE("worker: rows that are signed when the run is to stop do not go out") {
  WorkerBench bench;
  bench.config.pace.pipeline = 32;
  std::size_t signatures = 0;
  bench.make_signer = [&] {
    return std::make_unique<OneAtATime>([&] {
      if (++signatures == 5) bench.control.stop(StopCause::interrupted, "");
    });
  };
  bench.run(64);
  CHECK(signatures == 5);
  CHECK(bench.server.seen.empty());
  CHECK(bench.ended.empty());
  CHECK(bench.dropped == 64);
}

TEST_CASE("worker: at a pace, or on a shallow pipeline no request waits for others") {
  WorkerBench bench;
  PaceConfig pace;
  pace.canary = CanaryMode::off;
  pace.rate.interval = 0ns;
  bench.config.pace.pipeline = 32;
  SUBCASE("at a pace") { pace.rate.interval = 1ms; }
  SUBCASE("on a shallow pipeline") { bench.config.pace.pipeline = 8; }
  SUBCASE("on a shallow pipeline, where signatures take their time") {
    bench.config.pace.pipeline = 8;
    bench.make_signer = [] { return std::make_unique<OneAtATime>([] {}); };
  }
  Brake brake(pace);
  // Nothing is answered before more than half of the pipeline is used: in lots that would never be.
  const std::size_t most_of_it = bench.config.pace.pipeline * 3 / 4;
  std::size_t smallest = 99;
  std::size_t seen = 0;
  bench.server.serve = [&](FakeSession& session) {
    const std::size_t all = bench.server.seen.size();
    smallest = std::min(smallest, all - std::exchange(seen, all));
    if (all == 100 || session.requests().size() >= most_of_it)
      session.later([&session] { session.reply_one_by_one(); });
  };
  bench.run_with(brake, 100);
  CHECK(bench.count(Status::success) == 100);
  CHECK(smallest == 1);
}
