// The worker's contract, through its seams: a fake transport in front of it, the outcome queue behind it.
#include "worker/worker.hpp"

#include <doctest/doctest.h>

#include <future>
#include <map>
#include <random>
#include <thread>

#include "worker_bench.hpp"

using namespace amend;
using namespace amend::test;
using namespace std::chrono_literals;

namespace {

// A server that answers well, but for what `once` does at the first flush that finds `requests` unanswered requests.
template <class Once>
std::function<void(FakeSession&)> well_after(std::size_t requests, Once once) {
  return [requests, once, done = false](FakeSession& session) mutable {
    if (done) return session.reply_to_all();
    if (session.requests().size() < requests) return;
    done = true;
    once(session);
  };
}

}  // namespace

TEST_CASE("worker: every row is sent once, answered, and ends as a success; a rejected row is left alone") {
  WorkerBench bench;
  bench.connections = 3;
  std::vector<std::string> ids;
  for (unsigned n = 1; n <= 200; ++n) ids.push_back(n % 10 == 0 ? "" : uuid(n));
  bench.run(ids);
  CHECK(bench.ended.size() == 180);
  CHECK(bench.count(Status::success) == 180);
  CHECK(bench.server.seen.size() == 180);
  CHECK(bench.row(1).attempts == 1);
  CHECK(bench.row(1).http == 200);
}

TEST_CASE("worker: a 4xx with a closed connection among others is sent once more, alone, and that answer counts") {
  WorkerBench bench;
  const auto refused_first = [](FakeSession& session) { session.reply_last(400); };
  SUBCASE("and succeeds") {
    bench.server.serve = well_after(4, refused_first);
    bench.run(4);
    CHECK(bench.count(Status::success) == 4);
  }
  SUBCASE("and is refused again: failed, and surely not applied") {
    bench.server.serve = [&, first = true](FakeSession& session) mutable {
      if (std::exchange(first, false)) return session.reply_last(400);
      if (session.requests().front().body == "row 1") return session.reply_last(400);
      session.reply_to_all();
    };
    bench.run(4);
    CHECK(bench.count(Status::success) == 3);
    CHECK(bench.row(1).status == Status::failed);
    CHECK(bench.row(1).applied == Applied::no);
    CHECK(bench.row(1).http == 400);
  }
  REQUIRE(bench.sent(1).size() == 2);
  CHECK(bench.sent(1).back().unanswered_before == 0);
  for (std::uint64_t n = 1; n <= 4; ++n) CHECK(bench.row(n).attempts == 1);
}

TEST_CASE("worker: nothing goes behind a row that is being proved") {
  WorkerBench bench;
  bool proving = false;
  bench.server.serve = [&](FakeSession& session) {
    if (session.requests().size() == 4 && bench.server.connections == 1) return session.reply_last(400);
    proving = proving || session.requests().back().body == "row 1";
    if (proving) CHECK(session.requests().size() == 1);
    proving = false;
    session.reply_to_all();
  };
  bench.run(4);
  CHECK(bench.sent(1).size() == 2);
  CHECK(bench.count(Status::success) == 4);
}

TEST_CASE("worker: a 4xx with a closed connection for a request that was alone is the row's own") {
  WorkerBench bench;
  bench.server.serve = [](FakeSession& session) { session.reply_last(400); };
  bench.run(1);
  CHECK(bench.row(1).status == Status::failed);
  CHECK(bench.server.seen.size() == 1);
}

TEST_CASE("worker: only the oldest request pays for a broken connection, its neighbours lose no attempt") {
  CloseCause cause = CloseCause::lost;
  SUBCASE("reset") { cause = CloseCause::lost; }
  SUBCASE("ended without a word") { cause = CloseCause::ended; }
  SUBCASE("rubbish") { cause = CloseCause::protocol; }
  SUBCASE("timeout") { cause = CloseCause::timeout; }
  WorkerBench bench;
  bench.server.serve = well_after(4, [cause](FakeSession& session) { session.end(cause); });
  bench.run(4);
  CHECK(bench.count(Status::success) == 4);
  CHECK(bench.row(1).attempts == 2);
  for (std::uint64_t n = 2; n <= 4; ++n) {
    CHECK(bench.row(n).attempts == 1);
    CHECK(bench.sent(n).size() == 2);
  }
}

TEST_CASE("worker: a row that breaks every connection ends as unknown, and takes nobody with it") {
  WorkerBench bench;
  bench.config.retry.attempts_max = 3;
  bench.server.serve = [](FakeSession& session) {
    while (!session.requests().empty()) {
      if (session.requests().front().body == "row 2") return session.end(CloseCause::lost);
      session.reply_well();
    }
  };
  bench.run(20);
  CHECK(bench.count(Status::success) == 19);
  CHECK(bench.row(2).status == Status::unknown);
  CHECK(bench.row(2).applied == Applied::maybe);
  CHECK(bench.row(2).attempts == 3);
  CHECK(bench.row(2).code == "transport.closed");
}

TEST_CASE("worker: an announced close and an idle connection closed by the server cost nobody an attempt") {
  WorkerBench bench;
  bench.config.retry.attempts_max = 1;
  SUBCASE("announced") {
    bench.server.serve = well_after(4, [](FakeSession& session) {
      session.reply(200, customer_json(session.requests().front().id()));
      session.end(CloseCause::announced);
    });
  }
  SUBCASE("idle race") {
    bench.server.serve = well_after(4, [](FakeSession& session) { session.end_in_idle_race(); });
  }
  bench.run(4);
  CHECK(bench.count(Status::success) == 4);
  for (const auto& one : bench.ended) CHECK(one.attempts == 1);
}

TEST_CASE("worker: requests given back after an announced close were not applied; after a loss they may have been") {
  CloseCause cause = CloseCause::announced;
  Applied expected = Applied::no;
  SUBCASE("announced") {}
  SUBCASE("lost") { cause = CloseCause::lost, expected = Applied::maybe; }
  WorkerBench bench;
  bench.server.serve = [&, first = true](FakeSession& session) mutable {
    if (std::exchange(first, false)) return session.end(cause);
    while (!session.requests().empty()) session.reply(422, api_refusal);
  };
  bench.run(3);
  CHECK(bench.count(Status::failed) == 3);
  CHECK(bench.row(2).applied == expected);
  CHECK(bench.row(3).applied == expected);
}

TEST_CASE("worker: a row past its row deadline is not sent again, not even free of charge") {
  CloseCause cause = CloseCause::announced;
  Status expected = Status::failed;
  Applied applied = Applied::no;
  SUBCASE("announced: not processed") {}
  SUBCASE("lost: it may have been applied") {
    cause = CloseCause::lost, expected = Status::unknown, applied = Applied::maybe;
  }
  WorkerBench bench;
  bench.config.deadline.row = 0ms;
  bench.server.serve = well_after(3, [cause](FakeSession& session) { session.end(cause); });
  bench.run(3);
  for (const auto& one : bench.ended) {
    CHECK(one.status == expected);
    CHECK(one.applied == applied);
    CHECK(one.code == "transport.closed");
    CHECK(bench.sent(one.row).size() == 1);
  }
  CHECK(bench.ended.size() == 3);
}

TEST_CASE(
    "worker: an answer about another customer is no success, and nothing behind it on its connection is believed") {
  WorkerBench bench;
  bench.server.serve = well_after(4, [](FakeSession& session) {
    session.reply_well();
    session.reply(200, customer_json(uuid(99)));
    session.reply_well();
    session.reply_well();
  });
  bench.run(4);
  CHECK(bench.count(Status::success) == 4);
  CHECK(bench.server.distrusted == 1);
  CHECK(bench.sent(1).size() == 1);
  for (std::uint64_t n = 2; n <= 4; ++n) {
    REQUIRE(bench.sent(n).size() == 2);
    CHECK(bench.sent(n).back().connection == 2);
  }
  CHECK(bench.row(2).attempts == 2);
  CHECK(bench.row(3).attempts == 1);
  CHECK(bench.row(4).attempts == 1);
}

TEST_CASE("worker: after a row was given up without an answer the next one of its customer waits, and says so") {
  WorkerBench bench;
  bench.config.retry.attempts_max = 1;
  bench.server.serve = well_after(2, [](FakeSession& session) { session.end(CloseCause::timeout); });
  bench.run({uuid(1), uuid(2), uuid(1)});
  CHECK(bench.row(1).status == Status::unknown);
  CHECK(bench.row(3).status == Status::success);
  CHECK_FALSE(bench.row(3).warning.empty());
  CHECK(bench.row(2).warning.empty());
  const auto given_up_after = bench.sent(1).front().at;
  CHECK(bench.sent(3).front().at >= given_up_after + bench.config.deadline.response);
  // Another customer does not wait.
  CHECK(bench.sent(2).back().at < bench.sent(3).front().at);
}

TEST_CASE("worker: takes no further rows while those that wait for their turn hold too many bytes") {
  WorkerBench bench;
  bench.config.load.connections = bench.connections = 1;
  bench.rows_per_batch = 1;
  bench.bytes_per_row = parked_bytes_max / 4;
  std::vector<std::size_t> left;
  bench.server.serve = [&](FakeSession& session) {
    left.push_back(bench.batches_waiting());
    session.reply_to_all();
  };
  bench.run(std::vector<std::string>(8, uuid(1)));
  CHECK(bench.count(Status::success) == 8);
  REQUIRE_FALSE(left.empty());
  CHECK(left.front() == 3);  // the first is on its way, four wait behind it
}

TEST_CASE("worker: rows of one customer go one after the other, also while the first is retried") {
  WorkerBench bench;
  bench.connections = 2;
  int refusals = 3;
  bench.server.serve = [&](FakeSession& session) {
    while (!session.requests().empty()) {
      if (session.requests().front().body == "row 1" && refusals > 0) {
        --refusals;
        session.reply(500, api_refusal);
      } else {
        session.reply_well();
      }
    }
  };
  bench.run({uuid(1), uuid(1), uuid(2), uuid(1)});
  CHECK(bench.count(Status::success) == 4);
  std::vector<std::string> bodies;
  for (const auto& one : bench.server.seen)
    if (one.id() == uuid(1)) bodies.push_back(one.body);
  CHECK(bodies == std::vector<std::string>{"row 1", "row 1", "row 1", "row 1", "row 2", "row 4"});
  CHECK(bench.row(1).attempts == 4);
}

TEST_CASE("worker: a Retry-After holds every row of the run") {
  WorkerBench bench;
  bench.config.load.pipeline = 2;
  bench.server.serve = [&, first = true](FakeSession& session) mutable {
    if (!std::exchange(first, false)) return session.reply_to_all();
    session.reply(503, api_refusal, "1");
    session.reply_well();
  };
  bench.run(6);
  CHECK(bench.count(Status::success) == 6);
  REQUIRE(bench.server.seen.size() == 7);
  CHECK(bench.server.seen[2].at - bench.server.seen[0].at >= 1s);
  CHECK(bench.metrics.throttled_until() >= bench.server.seen[0].at + 1s);
}

TEST_CASE("worker: a row gets at most --max-attempts, and its record says what the last answer was") {
  WorkerBench bench;
  bench.config.retry.attempts_max = 3;
  bench.server.serve = [](FakeSession& session) {
    while (!session.requests().empty()) session.reply(500, api_refusal);
  };
  bench.run(5);
  CHECK(bench.count(Status::failed) == 5);
  CHECK(bench.server.seen.size() == 15);
  CHECK(bench.row(5).attempts == 3);
  CHECK(bench.row(5).http == 500);
  CHECK(bench.row(5).applied == Applied::maybe);
}

TEST_CASE("worker: a connection that cannot be made charges nobody") {
  WorkerBench bench;
  bench.config.retry.attempts_max = 1;
  bench.server.on_open = [failures = 2]() mutable {
    return failures-- > 0 ? Opened(OpenError::unreachable, "refused") : Opened();
  };
  bench.run(5);
  CHECK(bench.count(Status::success) == 5);
  CHECK(bench.metrics.handshakes_failed.value() == 2);
}

TEST_CASE("worker: what makes a run stop at once or after a while, with every row left unsent") {
  WorkerBench bench;
  OpenError error = OpenError::unreachable;
  StopCause cause = StopCause::outage;
  SUBCASE("nothing answers for the first-connect deadline") { bench.config.deadline.first_connect = 30ms; }
  SUBCASE("a refused certificate") { error = OpenError::certificate_refused, cause = StopCause::tls; }
  SUBCASE("no such host") { error = OpenError::no_such_host, cause = StopCause::wrong_host; }
  bench.server.on_open = [error] { return Opened(error, "as the test wished"); };
  bench.run(10);
  CHECK(bench.control.cause() == cause);
  CHECK(bench.ended.empty());
  CHECK(bench.dropped == 10);
}

TEST_CASE("worker: stop lets answers in flight come back and drops the rest; nothing new is sent") {
  WorkerBench bench;
  bench.config.load.pipeline = 4;
  bench.server.serve = well_after(4, [&](FakeSession& session) {
    bench.control.stop(StopCause::interrupted, "");
    session.reply_to_all();
  });
  bench.run({uuid(1), uuid(2), uuid(3), uuid(4), uuid(5), uuid(1), uuid(6)});
  CHECK(bench.count(Status::success) == 4);
  CHECK(bench.dropped == 3);
  CHECK(bench.server.seen.size() == 4);
}

TEST_CASE("worker: stop leaves connections open on which answers are still to come") {
  WorkerBench bench;
  bool open_after_stop = false;
  bench.server.serve = well_after(3, [&](FakeSession& session) {
    bench.control.stop(StopCause::interrupted, "");
    session.later([&] {
      open_after_stop = session.is_open();
      if (open_after_stop) session.reply_to_all();
    });
  });
  bench.run(3);
  CHECK(open_after_stop);
  CHECK(bench.count(Status::success) == 3);
  CHECK(bench.dropped == 0);
}

TEST_CASE("worker: stop waits for a silent server no longer than the grace time, a stop at once not at all") {
  const auto start = std::chrono::steady_clock::now();
  WorkerBench bench;
  bench.config.deadline.grace = 20ms;
  SUBCASE("grace") {
    bench.server.serve = [&](FakeSession&) { bench.control.stop(StopCause::interrupted, ""); };
  }
  SUBCASE("at once") {
    bench.config.deadline.grace = 20s;
    bench.server.serve = [&](FakeSession&) { bench.control.stop_now(StopCause::interrupted, ""); };
  }
  bench.run(3);
  CHECK(bench.ended.empty());
  CHECK(bench.dropped == 3);
  CHECK(std::chrono::steady_clock::now() - start < 10s);
}

TEST_CASE("worker: nothing is sent while the run's limiter holds, and the worker comes back by itself") {
  WorkerBench bench;
  bench.connections = 4;
  const auto start = std::chrono::steady_clock::now();
  bench.admission.hold_until(start + 50ms, start);
  bench.run(8);
  CHECK(bench.count(Status::success) == 8);
  CHECK(bench.server.seen.front().at - start >= 50ms);
}

TEST_CASE("worker: sends nothing while the reporter is behind, and goes on by itself when it has caught up") {
  WorkerBench bench;
  std::vector<Outcome> waiting(outcomes_waiting_max);
  bench.outcomes.push(waiting);
  std::promise<void> sent;
  bench.server.serve = [&, first = true](FakeSession& session) mutable {
    if (std::exchange(first, false)) sent.set_value();
    session.reply_to_all();
  };
  std::thread reporter([&] {
    CHECK(sent.get_future().wait_for(50ms) == std::future_status::timeout);
    bench.outcomes.pop_all(waiting, 0ms);
  });
  bench.run(70);
  reporter.join();
  CHECK(bench.count(Status::success) == 70);
}

TEST_CASE("worker: whatever the server does, each row ends once and a customer's rows are applied in their order") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 10; ++round) {
    WorkerBench bench;
    bench.connections = static_cast<std::uint32_t>(1 + random() % 4);
    bench.config.load.pipeline = 1 + random() % 8;
    bench.config.deadline.response = 1ms;
    std::map<std::string, std::vector<unsigned long>> applied;
    const auto apply = [&](const FakeSession& session) {
      const Sent& request = session.requests().front();
      applied[request.id()].push_back(std::stoul(request.body.substr(4)));
    };
    bench.server.serve = [&](FakeSession& session) {
      while (!session.requests().empty() && session.is_open()) {
        const auto dice = random() % 100;
        if (dice < 3) return session.end(CloseCause::lost);
        if (dice < 5) return session.end(CloseCause::announced);
        if (dice < 6) return session.reply_last(400);
        if (dice < 10) {
          session.reply(500, api_refusal);
          continue;
        }
        apply(session);
        if (dice < 13) return session.end(CloseCause::timeout);
        if (dice < 15) return session.end(CloseCause::protocol);
        if (dice < 17) {
          session.reply(200, customer_json(uuid(9'999)));
        } else if (dice < 20) {
          session.reply(200, "<html>");
        } else {
          session.reply_well();
        }
      }
    };
    std::vector<std::string> ids;
    for (unsigned n = 0; n < outcomes_waiting_max; ++n) ids.push_back(uuid(static_cast<unsigned>(random() % 40)));
    bench.run(ids);
    CAPTURE(bench.control.text());
    CHECK(bench.ended.size() == ids.size());
    std::vector<std::uint64_t> rows;
    for (const auto& one : bench.ended) {
      rows.push_back(one.row);
      const auto& of_customer = applied[ids[one.row - 1]];
      const bool was_applied = std::ranges::find(of_customer, one.row) != of_customer.end();
      if (one.status == Status::success) CHECK(was_applied);
      if (one.status == Status::failed && was_applied) CHECK(one.applied == Applied::maybe);
    }
    std::ranges::sort(rows);
    CHECK(std::ranges::adjacent_find(rows) == rows.end());
    for (const auto& [id, order] : applied) CHECK(std::ranges::is_sorted(order));
  }
}
