// Which refusals count. A response may come twice, answer no request, be missing, or be out of place. It then ends only
// its own row, whatever its status and its time. In simulated time, because a proof waits for a while.
#include <array>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "night.hpp"

using namespace amend;
using namespace amend::test;

namespace {

enum class Disorder : std::uint8_t { twice, three_times, unasked, missing, swapped };
constexpr std::array all_disorders{Disorder::twice, Disorder::three_times, Disorder::unasked, Disorder::missing,
                                   Disorder::swapped};
/// When a response too many arrives: with the others, or not before the next request.
enum class Surplus : std::uint8_t { at_once, with_the_next };

constexpr auto refusal = R"({"code":"E7","message":"no"})";

class RawResponse {
 public:
  RawResponse(std::uint16_t status_, std::string body_) : status(status_), body(std::move(body_)) {}
  std::uint16_t status;
  std::string body;
};

// Answers with a stream of responses, as a connection carries them: the oldest request gets the next one. Once, at the
// row `at`, the stream is put into disorder.
class DisorderlyServer {
 public:
  std::uint64_t at = 0;
  Disorder disorder = Disorder::twice;
  Surplus surplus = Surplus::at_once;
  std::uint16_t status = 400;            // of the first response to that row
  std::set<std::uint64_t> refused;       // rows that the API refuses
  std::map<std::uint64_t, int> applied;  // row → how often

  void serve(FakeSession& session) {
    Connection& c = connections_[&session];
    const auto& requests = session.requests();
    if (requests.empty()) return;
    if (c.number != requests.front().connection) c.start(requests.front().connection);
    const std::size_t fresh = std::min(session.received() - c.seen, requests.size());
    c.seen = session.received();
    for (std::size_t i = requests.size() - fresh; i < requests.size(); ++i) take(c, requests[i]);
    deliver(session, c);
  }

 private:
  class Connection {
   public:
    void start(std::size_t number_) {
      number = number_;
      misses_one = false;
      stream.clear();
    }
    std::size_t number = 0;
    std::size_t seen = 0;  // requests of the session
    bool misses_one = false;
    std::deque<RawResponse> stream;
  };

  void take(Connection& c, const Sent& request) {
    const std::uint64_t row = std::stoull(request.body.substr(4));
    const bool now = row == at && !done_;
    done_ = done_ || now;
    RawResponse own(200, customer_json(request.id()));
    if (refused.contains(row)) own = RawResponse(400, refusal);
    if (now && status != 200 && disorder != Disorder::unasked) own = RawResponse(status, refusal);
    if (own.status == 200) ++applied[row];
    if (now) return put_into_disorder(c, own);
    c.stream.push_back(own);
  }

  void put_into_disorder(Connection& c, const RawResponse& own) {
    switch (disorder) {
      case Disorder::three_times: c.stream.push_back(own); [[fallthrough]];
      case Disorder::twice: c.stream.push_back(own); break;
      case Disorder::unasked: c.stream.emplace_back(status == 200 ? 400 : status, refusal); break;
      case Disorder::missing: c.misses_one = true; return;
      case Disorder::swapped: late_ = own; return;
    }
    c.stream.push_back(own);
  }

  void deliver(FakeSession& session, Connection& c) {
    if (late_ && !c.stream.empty()) {
      c.stream.insert(c.stream.begin() + 1, *late_);
      late_.reset();
    }
    while (!session.requests().empty() && !c.stream.empty()) {
      session.reply(c.stream.front().status, c.stream.front().body);
      c.stream.pop_front();
    }
    if (surplus == Surplus::at_once && !c.stream.empty()) return session.end(CloseCause::protocol);
    const bool waits_in_vain = !session.requests().empty() && (c.misses_one || late_);
    if (!waits_in_vain) return;
    late_.reset();
    session.end(CloseCause::timeout);
  }

  std::map<const FakeSession*, Connection> connections_;
  std::optional<RawResponse> late_;
  bool done_ = false;
};

// A worker in front of that server.
class DisorderlyRun {
 public:
  explicit DisorderlyRun(std::uint32_t pipeline, std::uint32_t connections = 1) {
    bench.config.load.pipeline = pipeline;
    bench.connections = connections;
    bench.server.serve = [this](FakeSession& session) {
      server.serve(session);
      session.later([this] { bench.move_on(); });
    };
  }
  void run(unsigned rows) {
    bench.run(rows);
    REQUIRE(bench.ended.size() == rows);
    for (std::uint64_t row = 1; row <= rows; ++row) check(row);
  }

  WorkerBench bench;
  DisorderlyServer server;

 private:
  void check(std::uint64_t row) {
    CAPTURE(row);
    const Ended& ended = bench.row(row);
    const bool applied = server.applied[row] > 0;
    if (server.refused.contains(row)) {
      CHECK(ended.status == Status::failed);
    } else if (row != server.at) {
      CHECK(ended.status == Status::success);
    }
    if (ended.status == Status::success) CHECK(applied);
    if (ended.status == Status::failed && applied) CHECK(ended.applied == Applied::maybe);
  }
};

}  // namespace

TEST_CASE("unproven: a response in disorder ends no other row, at every place, with every status") {
  constexpr unsigned rows = 12;
  for (const std::uint16_t status :
       std::initializer_list<std::uint16_t>{200, 400, 401, 404, 409, 422, 429, 500, 502, 503}) {
    for (const Disorder disorder : all_disorders) {
      for (const Surplus surplus : {Surplus::at_once, Surplus::with_the_next}) {
        for (const std::uint32_t pipeline : {1U, 3U, 8U}) {
          for (std::uint64_t at = status == 401 ? 4 : 1; at <= rows; at += status == 400 ? 1 : 4) {
            CAPTURE(status);
            CAPTURE(static_cast<int>(disorder));
            CAPTURE(static_cast<int>(surplus));
            CAPTURE(pipeline);
            CAPTURE(at);
            DisorderlyRun run(pipeline);
            run.server.status = status;
            run.server.disorder = disorder;
            run.server.surplus = surplus;
            run.server.at = at;
            run.server.refused = {2, 3, 9, rows};
            run.run(rows);
          }
        }
      }
    }
  }
}

TEST_CASE("unproven: many refusals in a row cost few requests more, and are known not to have been applied") {
  constexpr unsigned rows = 4'000;
  for (const std::uint32_t pipeline : {1U, 8U, 64U}) {
    for (const std::uint32_t connections : {1U, 4U}) {
      CAPTURE(pipeline);
      CAPTURE(connections);
      DisorderlyRun run(pipeline, connections);
      for (std::uint64_t row = 1; row <= rows; ++row) run.server.refused.insert(row);
      const auto begin = simulated_time();
      run.run(rows);
      CHECK(run.bench.server.seen.size() <= rows + rows / 24 + 4 * connections);
      CHECK(simulated_time() - begin <= 100ms * (2 + rows / 256));
      CHECK(std::ranges::all_of(run.bench.ended, [](const Ended& row) { return row.applied == Applied::no; }));
      CHECK(std::ranges::all_of(run.bench.ended, [](const Ended& row) { return row.attempts == 1; }));
    }
  }
}

TEST_CASE("unproven: refusals among successes cost no request more but the last, at any rate") {
  for (const auto interval :
       {std::chrono::nanoseconds(0), std::chrono::nanoseconds(1ms), std::chrono::nanoseconds(10s)}) {
    CAPTURE(interval.count());
    DisorderlyRun run(8);
    run.bench.admission.rate().set(RateSetting{RateMode::fixed, interval}, std::chrono::steady_clock::now());
    for (std::uint64_t row = 3; row <= 200; row += 5) run.server.refused.insert(row);
    run.run(200);
    CHECK(run.bench.server.seen.size() <= 201);
  }
}

TEST_CASE("unproven: a refusal that closes a connection which has carried others is proved on a fresh one") {
  for (const std::uint16_t status : std::initializer_list<std::uint16_t>{400, 401, 404, 409, 413, 422, 451}) {
    for (const bool by_api : {true, false}) {
      for (const std::uint32_t connections : {1U, 3U}) {
        CAPTURE(status);
        CAPTURE(by_api);
        CAPTURE(connections);
        WorkerBench bench;
        bench.connections = connections;
        bench.config.load.pipeline = 4;
        bench.admission.rate().set(RateSetting{RateMode::fixed, 700ms}, std::chrono::steady_clock::now());
        std::map<std::size_t, std::size_t> requests;  // on each connection
        bench.server.serve = [&](FakeSession& session) {
          const Sent& request = session.requests().front();
          const bool others = ++requests[request.connection] > 1;
          // The API refuses row 3 wherever it comes, the others only because the connection was about to close.
          const bool refused = by_api && request.body == "row 3";
          if (others || refused) return session.reply_last(status, by_api ? api_refusal : "<html>");
          session.reply_well();
        };
        bench.run(8);
        CHECK(bench.count(Status::success) == (by_api ? 7 : 8));
        CHECK((bench.row(3).status == Status::failed) == by_api);
        if (by_api) CHECK(bench.row(3).applied == Applied::no);
        for (const Ended& row : bench.ended) CHECK(row.attempts == 1);
      }
    }
  }
}

TEST_CASE("unproven: a server that sends too many bytes with each refusal costs few requests") {
  for (const std::uint32_t pipeline : {1U, 8U}) {
    CAPTURE(pipeline);
    WorkerBench bench;
    bench.config.load.pipeline = pipeline;
    bench.server.serve = [](FakeSession& session) {
      while (!session.requests().empty()) {
        if (std::stoul(session.requests().front().body.substr(4)) % 5 != 0) {
          session.reply_well();
          continue;
        }
        session.reply(400, refusal);
        return session.end(CloseCause::protocol);
      }
    };
    bench.run(40);
    CHECK(bench.count(Status::success) == 32);
    CHECK(bench.count(Status::failed) == 8);
    CHECK(bench.server.seen.size() <= 40 + 3 * 8 * pipeline);
    if (pipeline > 1) continue;  // rows behind such a refusal are sent again too
    for (std::uint64_t row = 5; row <= 40; row += 5) {
      CHECK(bench.sent(row).size() <= 3);
      CHECK(bench.row(row).applied == Applied::no);  // refused in the same way each time
    }
  }
}

TEST_CASE("unproven: when the run stops the last unproven row is unsent, those before it have ended") {
  WorkerBench bench;
  bench.server.serve = [&](FakeSession& session) {
    session.reply_well();
    while (!session.requests().empty()) session.reply(400, refusal);
    bench.control.stop(StopCause::interrupted, "");
  };
  bench.run(6);
  CHECK(bench.count(Status::success) == 1);
  CHECK(bench.count(Status::failed) == 4);
  CHECK(bench.dropped == 1);
}

TEST_CASE("unproven: a canary that is refused holds the other rows back until it is proved") {
  LoadConfig load;
  load.rate.interval = 0ns;
  AdmissionControl admission(load);
  DisorderlyRun run(8, 2);
  for (std::uint64_t row = 1; row <= 300; ++row) run.server.refused.insert(row);
  run.bench.run_with(admission, 300);
  CHECK(run.bench.control.cause() == StopCause::failures);
  CHECK(run.bench.server.seen.size() <= 2 * Canary::first_rows_max);
  CHECK(run.bench.ended.size() == Canary::first_rows_max);
}

// Two responses for one request, the second of which comes only when the customer's next row is sent.
TEST_CASE("unproven: the response to an earlier attempt is not taken for that of the customer's next row") {
  WorkerBench bench;
  bench.config.load.pipeline = 1;
  bench.config.deadline.response = 1ms;
  std::vector<std::string> answered_on_first;
  bench.server.serve = [&, count = 0](FakeSession& session) mutable {
    const Sent& request = session.requests().front();
    if (request.connection == 1) {
      // What comes here is always the response to the request before.
      const bool doubtful = count++ == 0;
      return doubtful ? session.reply(503, "{}") : session.reply(200, customer_json(uuid(1)));
    }
    if (request.body == "row 2") return session.reply(400, refusal);
    session.reply_well();
  };
  bench.run({uuid(1), uuid(1)});
  CHECK(bench.row(1).status == Status::success);
  CHECK(bench.row(2).status == Status::failed);
}
