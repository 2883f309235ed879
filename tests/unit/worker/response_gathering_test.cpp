#include "worker/response_gathering.hpp"

#include <doctest/doctest.h>

#include <array>
#include <deque>
#include <functional>
#include <utility>

#include "worker_bench.hpp"

using namespace amend;
using namespace amend::test;
using namespace std::chrono_literals;

namespace {

const ResponseGathering::time_point origin(1'000h);

// A run that reads one connection after the other, answers each with as many new requests, and then waits as it is
// told; against a server of this kind.
class Model {
 public:
  std::chrono::nanoseconds server_work{8'000};  ///< one request after the other
  std::chrono::nanoseconds latency{50'000};     ///< besides
  std::chrono::nanoseconds client_work{3'000};  ///< an answer and the next request
  std::size_t in_flight = 512;

  void run(std::chrono::nanoseconds length) {
    for (std::size_t n = 0; n < in_flight; ++n) send(lanes_[n % lanes_.size()]);
    ResponseGathering gathering;
    while (now_ < length) {
      now_ = std::max(now_, first_answer());
      for (Lane& lane : lanes_) read(lane, gathering);
      ++turns;
      const auto wait = gathering.wait(in_flight, origin + now_);
      if (turns > 20) longest = std::max(longest, wait);
      now_ += wait;
    }
    per_second = static_cast<double>(answers) / std::chrono::duration<double>(now_).count();
  }

  std::size_t answers = 0;
  std::size_t turns = 0;
  std::chrono::nanoseconds longest{0};  ///< wait, once it is known how fast answers come
  double per_second = 0;

 private:
  using SentAndAnswered = std::pair<std::chrono::nanoseconds, std::chrono::nanoseconds>;
  using Lane = std::deque<SentAndAnswered>;

  std::chrono::nanoseconds first_answer() const {
    auto first = std::chrono::nanoseconds::max();
    for (const Lane& lane : lanes_)
      if (!lane.empty()) first = std::min(first, lane.front().second);
    return first;
  }
  void send(Lane& lane) {
    server_free_ = std::max(server_free_, now_) + server_work;
    lane.emplace_back(now_, server_free_ + latency);
  }
  void read(Lane& lane, ResponseGathering& gathering) {
    const auto begin = now_;
    std::size_t came = 0;
    auto fastest = std::chrono::nanoseconds::max();
    for (; !lane.empty() && lane.front().second <= begin; ++came) {
      fastest = std::min(fastest, begin - lane.front().first);
      lane.pop_front();
    }
    if (came == 0) return;
    gathering.received(came, fastest);
    now_ += came * client_work;
    for (std::size_t n = 0; n < came; ++n) send(lane);
    answers += came;
  }

  std::array<Lane, 8> lanes_;
  std::chrono::nanoseconds now_{0};
  std::chrono::nanoseconds server_free_{0};
};

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
    "response gathering: a server that works on one request after the other is never idle, and read from seldom") {
  Model model;
  SUBCASE("125,000 a second") {}
  SUBCASE("20,000 a second") { model.server_work = 50us; }
  SUBCASE("on 64 in flight") { model.in_flight = 64; }
  SUBCASE("with an answer that takes 2 ms to get here") { model.latency = 2ms; }
  const double most = 1e9 / static_cast<double>(model.server_work.count());
  model.run(2s);
  CHECK(model.per_second > 0.97 * most);
  const double until_woken = 2e-3 + 200e-6;  // the longest wait, and what it does besides
  CHECK(static_cast<double>(model.answers) / static_cast<double>(model.turns) >
        std::min(static_cast<double>(model.in_flight) / 6, until_woken * most / 3));
  CHECK(model.longest <= ResponseGathering::longest);
}

TEST_CASE("response gathering: where latency alone holds a run up nothing waits, and nothing is lost by it") {
  Model model;
  model.server_work = 10ns;
  model.client_work = 500ns;
  SUBCASE("1 ms") { model.latency = 1ms; }
  SUBCASE("5 ms") { model.latency = 5ms; }
  SUBCASE("50 ms") { model.latency = 50ms; }
  const double most = static_cast<double>(model.in_flight) /
                      std::chrono::duration<double>(model.latency + model.in_flight * model.client_work).count();
  model.run(10s);
  CHECK(model.per_second > 0.97 * most);
}

TEST_CASE("response gathering: a run that is slower than its server waits for nothing") {
  Model model;
  model.server_work = 1us;
  model.run(1s);
  CHECK(model.longest == 0ns);
}

TEST_CASE("response gathering: nothing waits when little is in flight, or before it is known how fast answers come") {
  Model model;
  model.in_flight = ResponseGathering::in_flight_min - 1;
  model.run(1s);
  CHECK(model.longest == 0ns);
  CHECK(ResponseGathering().wait(256, origin) == 0ns);
}

TEST_CASE("worker: a deep pipeline is refilled in lots, when half of it has been answered") {
  WorkerBench bench;
  bench.config.load.pipeline = 32;
  std::vector<std::size_t> batches;
  std::size_t seen = 0;
  bench.server.serve = [&](FakeSession& session) {
    batches.push_back(bench.server.seen.size() - std::exchange(seen, bench.server.seen.size()));
    session.later([&session] { session.reply_one_by_one(); });
  };
  bench.run(256);
  CHECK(bench.count(Status::success) == 256);
  REQUIRE(batches.size() >= 8);
  CHECK(batches.front() == 32);
  for (std::size_t n = 1; n + 1 < batches.size(); ++n) CHECK(batches[n] >= 16);
}

TEST_CASE(
    "worker: where signatures take their time, lots are signed before they go out, and answers do not wait for a lot") {
  WorkerBench bench;
  bench.config.load.pipeline = 32;
  std::size_t signatures = 0;
  std::size_t batches = 0;
  std::size_t most_meanwhile = 0;
  bench.make_signer = [&] { return std::make_unique<OneAtATime>([&] { ++signatures; }); };
  bench.server.serve = [&](FakeSession& session) {
    ++batches;
    session.later([&, before = signatures] {
      most_meanwhile = std::max(most_meanwhile, signatures - before);
      session.reply_one_by_one();
    });
  };
  bench.run(256);
  CHECK(bench.count(Status::success) == 256);
  CHECK(signatures == 256);
  CHECK(batches <= 64);
  CHECK(most_meanwhile <= 2);  // one in each turn of the event loop, and the answers are posted from one to the next
}

TEST_CASE("worker: most of a deep pipeline is filled before the first answer comes") {
  WorkerBench bench;
  bench.connections = 1;
  bench.config.load.pipeline = 256;
  LoadConfig load;
  load.canary = CanaryMode::off;
  load.rate.interval = 0ns;
  AdmissionControl admission(load);
  bench.server.serve = [&](FakeSession& session) {
    if (bench.server.seen.size() > 128) session.later([&session] { session.reply_one_by_one(); });
  };
  bench.run_with(admission, 256);
  CHECK(bench.count(Status::success) == 256);
}

TEST_CASE("worker: at a pace, or on a shallow pipeline no request waits for others") {
  WorkerBench bench;
  LoadConfig load;
  load.canary = CanaryMode::off;
  load.rate.interval = 0ns;
  bench.config.load.pipeline = 32;
  SUBCASE("at a pace") { load.rate.interval = 1ms; }
  SUBCASE("on a shallow pipeline") { bench.config.load.pipeline = 8; }
  SUBCASE("on a shallow pipeline, where signatures take their time") {
    bench.config.load.pipeline = 8;
    bench.make_signer = [] { return std::make_unique<OneAtATime>([] {}); };
  }
  AdmissionControl admission(load);
  // Nothing is answered before more than half of the pipeline is used: in lots that would never be.
  const std::size_t most_of_it = bench.config.load.pipeline * 3 / 4;
  std::size_t smallest = 99;
  std::size_t seen = 0;
  bench.server.serve = [&](FakeSession& session) {
    const std::size_t all = bench.server.seen.size();
    smallest = std::min(smallest, all - std::exchange(seen, all));
    if (all == 100 || session.requests().size() >= most_of_it)
      session.later([&session] { session.reply_one_by_one(); });
  };
  bench.run_with(admission, 100);
  CHECK(bench.count(Status::success) == 100);
  CHECK(smallest == 1);
}
