// Long troubles, through the real worker, in simulated time.
#include <doctest/doctest.h>

#include "night.hpp"

using namespace amend;
using namespace amend::test;

TEST_CASE("night: an outage of ten minutes: no row fails, and at most 60 requests a minute are made meanwhile") {
  for (const std::uint16_t status : {std::uint16_t{503}, std::uint16_t{500}, std::uint16_t{429}}) {
    CAPTURE(status);
    Night night(40ms, [=](auto at) { return within(at, 5s, 605s) ? status : std::uint16_t{200}; });
    night.run(500);
    const auto requests = [&](auto from, auto to) {
      return night.server.arrivals_between(night.begin + from, night.begin + to);
    };
    // The first seconds hold what it takes to see that it is an outage.
    for (auto minute = 15s; minute + 60s <= 605s; minute += 60s) CHECK(requests(minute, minute + 60s) <= 60);
    CHECK(requests(5s, 605s) <= 20 + 16 + 60 + 10 * 4);
    for (const Ended& row : night.bench.ended) CHECK(row.attempts <= 6);
    // It is noticed soon that it is over.
    CHECK(requests(605s, 640s) >= (status == 429 ? 10 : 25));  // whose rate is searched again
  }
}

TEST_CASE("night: connections that are refused for ten minutes cost no row an attempt") {
  Night night(40ms, [](auto) { return std::uint16_t{200}; });
  std::size_t attempts = 0;
  night.bench.server.on_open = [&] {
    ++attempts;
    if (within(simulated_time() - night.begin, 0s, 5s) || simulated_time() - night.begin >= 605s) return Opened();
    return Opened(OpenError::unreachable, "refused");
  };
  // The connections of before end with the outage.
  night.bench.server.serve = [&](FakeSession& session) {
    if (within(simulated_time() - night.begin, 5s, 605s)) return session.end(CloseCause::ended);
    night.serve(session);
  };
  night.run(500);
  CHECK(attempts <= 4 * (12 + 600 / 4));  // each after 0 to 10 s, 5 s on average
  for (const Ended& row : night.bench.ended)
    CHECK(row.attempts <= 1 + 4);  // each of the four connections of before may have ended under it
}

TEST_CASE("night: a quota of 1,000 a minute without a word about it: no row fails") {
  Night night(20ms, [used = 0, minute = std::int64_t{-1}](auto at) mutable {
    if (const auto now = at / 60s; now != minute) {
      minute = now;
      used = 0;
    }
    return std::uint16_t(++used <= 1000 ? 200 : 429);
  });
  night.bench.config.deadline.row = 2min;
  night.run(256 * 16);
  CHECK(night.server.refused < 500);
}

TEST_CASE("night: --rate auto finds a limit of 100/s that nobody tells of, and follows it when it halves") {
  // A token bucket of the server, refilled at 100/s, later at 50/s, never more than a tenth of that.
  Night night(0ns, [tokens = 10.0, last = std::chrono::nanoseconds(0)](auto at) mutable {
    const double rate = at < 60s ? 100 : 50;
    tokens = std::min(rate / 10, tokens + rate * std::chrono::duration<double>(at - last).count());
    last = at;
    if (tokens < 1) return std::uint16_t{429};
    tokens -= 1;
    return std::uint16_t{200};
  });
  night.load.rate.mode = RateMode::adaptive;
  night.bench.config.load = night.load;
  night.run(256 * 32);
  const auto used = [&](auto from, auto to) {
    return static_cast<double>(night.server.arrivals_between(night.begin + from, night.begin + to)) /
           std::chrono::duration<double>(to - from).count();
  };
  CHECK(used(30s, 60s) >= 90);
  CHECK(used(30s, 60s) <= 102);
  CHECK(used(75s, 100s) >= 42);
  CHECK(used(75s, 100s) <= 52);
}

TEST_CASE("night: a process that was stopped for an hour saves up no burst, and no row pays for it") {
  Night night(10ms, [](auto) { return std::uint16_t{200}; });
  bool stopped = false;
  night.bench.server.serve = [&](FakeSession& session) {
    night.serve(session);
    if (!stopped && night.server.arrivals.size() == 200) {
      stopped = true;
      let_pass(1h);
    }
  };
  night.run(1000);
  CHECK(stopped);
  CHECK(night.server.most_in_a_second() <= 100 + 1 + 1);
}

TEST_CASE("night: at every pace the mean is within 0.5 %, and no second holds more than it may") {
  for (const unsigned rate : {1U, 10U, 100U, 1'000U, 10'000U}) {
    for (const std::uint32_t burst : {1U, 20U}) {
      CAPTURE(rate);
      CAPTURE(burst);
      Night night(std::chrono::nanoseconds(1s) / rate, [](auto) { return std::uint16_t{200}; });
      night.load.burst = burst;
      night.load.canary = CanaryMode::off;
      night.load.pipeline = 64;
      night.bench.config.load = night.load;
      const unsigned rows = rate * (rate < 10'000 ? 60 : 10);
      night.run(rows);
      const auto allowance = std::max<std::size_t>(burst - 1, rate / 100);
      CHECK(night.server.most_in_a_second() <= rate + burst + allowance);
      const double seconds = std::chrono::duration<double>(night.server.arrivals.back() - night.begin).count();
      CHECK(static_cast<double>(rows - burst) / seconds <= rate * 1.005);
      CHECK(static_cast<double>(rows) / seconds >= rate * 0.995);
    }
  }
}
