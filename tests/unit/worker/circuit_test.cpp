#include "admission/circuit_breaker.hpp"

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace std::chrono_literals;
using amend::CircuitBreaker;
using Result = CircuitBreaker::Result;
using Change = CircuitBreaker::Change;

namespace {

const CircuitBreaker::time_point start = CircuitBreaker::time_point(1h);
constexpr std::uint64_t latest = ~std::uint64_t{0};  // the longest jitter

// Fails `count` attempts of as many rows; what the last one changed.
Change fail(CircuitBreaker& circuit, std::uint32_t count, CircuitBreaker::time_point now = start) {
  Change change = Change::none;
  for (std::uint32_t row = 1; row <= count; ++row)
    change = circuit.record(Result::failure, CircuitBreaker::no_round, row, now, 0);
  return change;
}

// An outage that has just begun; the first probe is due within a second.
void break_down(CircuitBreaker& circuit) { REQUIRE(fail(circuit, CircuitBreaker::failures_to_open) == Change::opened); }

// The API answers every request from `now` on. What was allowed in each round of answers.
std::vector<std::uint32_t> recover(CircuitBreaker& circuit, CircuitBreaker::time_point now) {
  std::vector<std::uint32_t> rounds;
  while (!circuit.closed() && rounds.size() < 100) {
    std::vector<CircuitBreaker::ProbeRound> out;
    for (auto asked = circuit.ask(now); asked.go && !circuit.closed() && out.size() < 1000; asked = circuit.ask(now))
      out.push_back(asked.round);
    rounds.push_back(static_cast<std::uint32_t>(out.size()));
    for (const auto round : out) circuit.record(Result::success, round, 1, now, 0);
  }
  return rounds;
}

}  // namespace

TEST_CASE("circuit: opens after 20 failures in a row, not before, and a success in between begins anew") {
  CircuitBreaker circuit;
  CHECK(fail(circuit, CircuitBreaker::failures_to_open - 1) == Change::none);
  circuit.record(Result::success, CircuitBreaker::no_round, 1, start, 0);
  CHECK(fail(circuit, CircuitBreaker::failures_to_open - 1) == Change::none);
  CHECK(circuit.closed());
  CHECK(circuit.ask(start).go);
  CHECK(circuit.record(Result::nothing, CircuitBreaker::no_round, 99, start, 0) == Change::none);
  CHECK(circuit.record(Result::failure, CircuitBreaker::no_round, 99, start, 0) == Change::opened);
  CHECK_FALSE(circuit.closed());
}

TEST_CASE("circuit: a few rows that the server cannot digest are no outage, however often they fail") {
  CircuitBreaker circuit;
  for (std::uint64_t i = 0; i < 1000; ++i)
    CHECK(circuit.record(Result::failure, CircuitBreaker::no_round, i % (CircuitBreaker::rows_to_open - 1), start, 0) ==
          Change::none);
  CHECK(circuit.closed());
}

TEST_CASE("circuit: while it is open nothing goes, then one probe, and nothing beside it") {
  CircuitBreaker circuit;
  break_down(circuit);
  const auto refused = circuit.ask(start);
  CHECK_FALSE(refused.go);
  CHECK(refused.at >= start + CircuitBreaker::first_wait / 2);
  CHECK(refused.at <= start + CircuitBreaker::first_wait);
  const auto probe = circuit.ask(refused.at);
  CHECK(probe.go);
  CHECK(probe.round != CircuitBreaker::no_round);
  CHECK_FALSE(circuit.ask(refused.at + 1h).go);
}

TEST_CASE("circuit: probes become rarer, to one in 30 s: at most 60 a minute, from the first minute on") {
  CircuitBreaker circuit;
  break_down(circuit);
  std::vector<CircuitBreaker::time_point> probes;
  for (auto now = start; now < start + 10min;) {
    const auto asked = circuit.ask(now);
    if (asked.go) {
      probes.push_back(now);
      circuit.record(Result::failure, asked.round, probes.size(), now, latest);
    } else {
      now = asked.at;
    }
  }
  CHECK(probes.size() < 60);
  CHECK(probes[1] - probes[0] <= 2s);
  CHECK(probes.back() - probes[probes.size() - 2] <= CircuitBreaker::wait_max);
  CHECK(probes.back() - probes[probes.size() - 2] >= CircuitBreaker::wait_max / 2);
}

TEST_CASE("circuit: after a probe that succeeds it closes step by step, not with a stampede") {
  CircuitBreaker circuit;
  break_down(circuit);
  const auto rounds = recover(circuit, circuit.probe_at());
  CHECK(circuit.closed());
  REQUIRE(rounds.size() >= 6);
  CHECK(rounds[0] == 1);
  CHECK(rounds[1] == 2);
  for (std::size_t i = 1; i < rounds.size(); ++i) CHECK(rounds[i] <= 2 * rounds[i - 1]);
  CHECK(circuit.ask(start + 1h).round == CircuitBreaker::no_round);
  // And it can open again.
  CHECK(fail(circuit, CircuitBreaker::failures_to_open, start + 1h) == Change::opened);
}

TEST_CASE("circuit: failures in a row on the way back open it again, and late results of that way count for nothing") {
  CircuitBreaker circuit;
  break_down(circuit);
  auto now = circuit.probe_at();
  circuit.record(Result::success, circuit.ask(now).round, 1, now, 0);
  const auto second = circuit.ask(now);
  REQUIRE(second.go);
  for (std::uint32_t row = 0; row < CircuitBreaker::rows_to_open; ++row) {
    const auto asked = circuit.ask(now);
    REQUIRE(asked.go);
    circuit.record(Result::failure, asked.round, row, now, 0);
  }
  CHECK_FALSE(circuit.ask(now).go);
  now = circuit.probe_at();
  const auto probe = circuit.ask(now);
  REQUIRE(probe.go);
  circuit.record(Result::success, second.round, 3, now, 0);  // an answer to a request of the way before
  CHECK_FALSE(circuit.ask(now).go);
  circuit.record(Result::failure, probe.round, 4, now, 0);
  CHECK_FALSE(circuit.ask(now).go);
}

TEST_CASE("circuit: a probe that was given back unsent is no probe") {
  CircuitBreaker circuit;
  break_down(circuit);
  const auto now = circuit.probe_at();
  const auto probe = circuit.ask(now);
  circuit.record(Result::nothing, probe.round, 1, now, 0);
  CHECK(circuit.ask(now).go);
}

TEST_CASE("circuit: an answer to a request from before it opened lets the probe go at once") {
  CircuitBreaker circuit;
  break_down(circuit);
  circuit.record(Result::success, CircuitBreaker::no_round, 1, start + 10ms, 0);
  CHECK(circuit.ask(start + 10ms).go);
}

TEST_CASE("circuit: tells how long it was not closed, for deadlines that must not run meanwhile") {
  CircuitBreaker circuit;
  CHECK(circuit.time_open(start) == 0s);
  break_down(circuit);
  CHECK(circuit.time_open(start + 5s) == 5s);
  recover(circuit, start + 10s);
  CHECK(circuit.time_open(start + 1h) == 10s);
  fail(circuit, CircuitBreaker::failures_to_open, start + 2h);
  CHECK(circuit.time_open(start + 2h + 1s) == 11s);
}

TEST_CASE("circuit: an API that fails every fourth request when it is well closes it all the same") {
  CircuitBreaker circuit;
  break_down(circuit);
  const auto now = circuit.probe_at();
  circuit.record(Result::success, circuit.ask(now).round, 1, now, 0);
  std::uint32_t requests = 0;
  for (; !circuit.closed() && requests < 1000; ++requests) {
    const auto asked = circuit.ask(now);
    REQUIRE(asked.go);
    circuit.record(requests % 4 == 3 ? Result::failure : Result::success, asked.round, requests, now, 0);
  }
  CHECK(requests < 100);
}

TEST_CASE("circuit: 429s in a row are a limit that was overrun at first, and an outage when they last") {
  CircuitBreaker circuit;
  const auto throttle = [&](std::uint64_t row, CircuitBreaker::time_point now) {
    return circuit.record(Result::throttled, CircuitBreaker::no_round, row, now, 0);
  };
  for (std::uint64_t row = 1; row <= 500; ++row)
    CHECK(throttle(row, start + std::chrono::milliseconds(row)) == Change::none);
  SUBCASE("they last") {
    CHECK(throttle(501, start + 1ms + CircuitBreaker::throttled_for - 1ms) == Change::none);
    CHECK(throttle(502, start + 1ms + CircuitBreaker::throttled_for) == Change::opened);
    // A probe that is throttled too shows that it is not over.
    const auto probe = circuit.ask(start + 10s);
    REQUIRE(probe.go);
    circuit.record(Result::throttled, probe.round, 1, start + 10s, 0);
    CHECK_FALSE(circuit.ask(start + 10s).go);
    CHECK_FALSE(circuit.closed());
  }
  SUBCASE("a success among them begins anew") {
    circuit.record(Result::success, CircuitBreaker::no_round, 1, start + 1s, 0);
    for (std::uint64_t row = 1; row <= 100; ++row) CHECK(throttle(row, start + 10s) == Change::none);
  }
  SUBCASE("an error at their end is one of an outage") {
    CHECK(circuit.record(Result::failure, CircuitBreaker::no_round, 501, start + 1s, 0) == Change::opened);
  }
}

TEST_CASE("circuit: at a slow pace five rows that fail for a minute are an outage too") {
  CircuitBreaker circuit;
  for (std::uint64_t row = 1; row <= 5; ++row) {
    CHECK(circuit.closed());
    circuit.record(Result::failure, CircuitBreaker::no_round, row, start + row * 15s, 0);
  }
  CHECK_FALSE(circuit.closed());

  CircuitBreaker soon;
  for (std::uint64_t row = 1; row <= 6; ++row)
    soon.record(Result::failure, CircuitBreaker::no_round, row, start + row * 9s, 0);
  CHECK(soon.closed());
}

TEST_CASE("circuit: on the way back a few rows that always fail do not open it again, and do not break") {
  CircuitBreaker circuit;
  break_down(circuit);
  CHECK(circuit.breaks());
  const auto now = circuit.probe_at();
  const auto probe = circuit.ask(now);
  CHECK(circuit.breaks());
  circuit.record(Result::success, probe.round, 1, now, 0);
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto asked = circuit.ask(now);
    REQUIRE(asked.go);
    circuit.record(Result::failure, asked.round, i % (CircuitBreaker::rows_to_open - 1), now, 0);
    CHECK_FALSE(circuit.breaks());
  }
}

TEST_CASE("circuit: a few failures in a row are suspicious until something succeeds") {
  CircuitBreaker circuit;
  CHECK_FALSE(circuit.suspects());
  fail(circuit, CircuitBreaker::suspicious);
  CHECK(circuit.suspects());
  circuit.record(Result::success, CircuitBreaker::no_round, 1, start, 0);
  CHECK_FALSE(circuit.suspects());
}

TEST_CASE("circuit: five gateway responses in a row are an outage, of however few rows; the API's own 5xx are not") {
  for (const std::uint64_t rows : {1U, 2U, 5U, 100U}) {
    CAPTURE(rows);
    CircuitBreaker circuit;
    for (std::uint64_t n = 1; n < CircuitBreaker::gateways_to_open; ++n)
      CHECK(circuit.record(Result::gateway, CircuitBreaker::no_round, n % rows, start, 0) == Change::none);
    const Change change = circuit.record(Result::gateway, CircuitBreaker::no_round, 0, start, 0);
    CHECK(change == (rows < CircuitBreaker::rows_to_open ? Change::asks : Change::opened));
    CHECK(circuit.breaks());
  }
}

TEST_CASE("circuit: a response of the API's own in between begins the count of gateway responses again") {
  CircuitBreaker circuit;
  for (std::uint64_t n = 0; n < 1'000; ++n) {
    CHECK(circuit.record(Result::gateway, CircuitBreaker::no_round, n, start, 0) == Change::none);
    if (n % 4 == 3) circuit.record(Result::success, CircuitBreaker::no_round, 7, start, 0);
  }
  CHECK(circuit.closed());
}

TEST_CASE("circuit: gateway responses and nothing else for a minute are an outage at any pace") {
  CircuitBreaker circuit;
  CHECK(circuit.record(Result::gateway, CircuitBreaker::no_round, 1, start, 0) == Change::none);
  CHECK(circuit.record(Result::gateway, CircuitBreaker::no_round, 1, start + 59s, 0) == Change::none);
  CHECK(circuit.record(Result::gateway, CircuitBreaker::no_round, 1, start + 60s, 0) == Change::asks);
}

TEST_CASE("circuit: what a gateway refuses to whoever asks opens nothing, but is no success of a probe either") {
  CircuitBreaker circuit;
  for (std::uint64_t row = 0; row < 1'000; ++row)
    CHECK(circuit.record(Result::refusal, CircuitBreaker::no_round, row, start + row * 1s, 0) == Change::none);
  CHECK(circuit.closed());
  CHECK(circuit.ask_for_proof(start) == Change::asks);
  CHECK(circuit.record(Result::refusal, circuit.ask(start).round, 1, start, 0) == Change::opened);
}

TEST_CASE("circuit: asked for a proof, it lets one probe go at once; the echo call's success closes it") {
  CircuitBreaker circuit;
  const auto before = circuit.streak();
  circuit.record(Result::failure, CircuitBreaker::no_round, 1, start, 0);
  CHECK(circuit.streak() == before);
  CHECK(circuit.ask_for_proof(start) == Change::asks);
  CHECK(circuit.ask_for_proof(start) == Change::none);
  const auto probe = circuit.ask(start);
  CHECK(probe.go);
  CHECK_FALSE(circuit.ask(start).go);
  CHECK(circuit.record(Result::proof, probe.round, 0, start, 0) == Change::proved);
  CHECK(circuit.closed());
  CHECK(circuit.streak() != before);
}

TEST_CASE(
    "circuit: while a proof is asked for, requests that were sent before still show an outage, or that there is none") {
  CircuitBreaker circuit;
  circuit.record(Result::failure, CircuitBreaker::no_round, 1, start, 0);
  circuit.ask_for_proof(start);
  REQUIRE(circuit.ask(start).go);
  CHECK(circuit.is_only_asked());
  for (std::uint64_t n = 1; n < CircuitBreaker::failures_to_open; ++n) {
    const Change last = n + 1 == CircuitBreaker::failures_to_open ? Change::opened : Change::none;
    CHECK(circuit.record(Result::failure, CircuitBreaker::no_round, n % CircuitBreaker::rows_to_open, start, 0) ==
          last);
  }
  CHECK_FALSE(circuit.is_only_asked());
  CHECK(circuit.breaks());

  CircuitBreaker well;
  well.record(Result::failure, CircuitBreaker::no_round, 1, start, 0);
  well.ask_for_proof(start);
  const auto before = well.streak();
  for (int n = 0; n < 100; ++n) {
    CHECK(well.record(Result::failure, CircuitBreaker::no_round, n % 7, start, 0) == Change::none);
    CHECK(well.record(Result::success, CircuitBreaker::no_round, 1, start, 0) == Change::none);
  }
  CHECK(well.streak() != before);
  CHECK(well.is_only_asked());
}

TEST_CASE("circuit: a proof that was followed by failures of many rows is an outage, and it is told") {
  CircuitBreaker circuit;
  circuit.ask_for_proof(start);
  circuit.record(Result::success, circuit.ask(start).round, 1, start, 0);
  CHECK(circuit.is_only_asked());
  Change last = Change::none;
  for (std::uint64_t row = 1; row <= CircuitBreaker::rows_to_open; ++row) {
    const auto next = circuit.ask(start);
    REQUIRE(next.go);
    last = circuit.record(Result::failure, next.round, row, start, latest);
  }
  CHECK(last == Change::opened);
  CHECK_FALSE(circuit.is_only_asked());
}

TEST_CASE("circuit: a probe that fails makes it an outage, which is told once, and its probes become rarer") {
  CircuitBreaker circuit;
  circuit.ask_for_proof(start);
  auto now = start;
  for (int n = 0; n < 20; ++n) {
    const auto probe = circuit.ask(now);
    REQUIRE(probe.go);
    CHECK(circuit.record(Result::gateway, probe.round, 0, now, latest) == (n == 0 ? Change::opened : Change::none));
    CHECK(circuit.probe_at() - now <= CircuitBreaker::wait_max);
    now = circuit.probe_at();
  }
  CHECK(now - start >= 4min);
  CHECK(circuit.record(Result::proof, circuit.ask(now).round, 0, now, 0) == Change::closed);
}

TEST_CASE("circuit: the number of the failures in a row changes with each success behind a failure, and only then") {
  CircuitBreaker circuit;
  const auto first = circuit.streak();
  circuit.record(Result::success, CircuitBreaker::no_round, 1, start, 0);
  CHECK(circuit.streak() == first);
  circuit.record(Result::failure, CircuitBreaker::no_round, 1, start, 0);
  circuit.record(Result::refusal, CircuitBreaker::no_round, 2, start, 0);
  CHECK(circuit.failures() == 2);
  circuit.record(Result::success, CircuitBreaker::no_round, 3, start, 0);
  CHECK(circuit.streak() == first + 1);
  circuit.record(Result::success, CircuitBreaker::no_round, 4, start, 0);
  CHECK(circuit.streak() == first + 1);
}
