#include "sim/faults/fault_plan.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/option_values.hpp"

using namespace amend::sim;
using namespace std::chrono_literals;

namespace {

constexpr int draws = 100'000;

Shares some_of_each() {
  Shares shares;
  shares.statuses = {{500, 0.02}, {503, 0.05}};
  shares.reset = 0.04;
  shares.hang = 0.02;
  shares.truncate = 0.01;
  shares.bad_json = 0.01;
  shares.html = 0.01;
  shares.wrong_uuid = 0.01;
  shares.reject_pipelined = 0.03;
  return shares;
}

bool near(int count, double share) { return std::abs(count - share * draws) < 5 * std::sqrt(share * draws); }

}  // namespace

TEST_CASE("fault_plan: a decision depends on the seed and the ordinal only") {
  const FaultPlan one(7, some_of_each(), 20ms, 10ms);
  const FaultPlan same(7, some_of_each(), 20ms, 10ms);
  const FaultPlan other(8, some_of_each(), 20ms, 10ms);
  int different = 0;
  for (std::uint64_t i = 1000; i > 0; --i) {
    const auto decision = one.decide(i);
    CHECK(decision.fault == same.decide(i).fault);
    CHECK(decision.delay == same.decide(i).delay);
    CHECK(decision.delay >= 20ms);
    CHECK(decision.delay <= 30ms);
    if (decision.fault != other.decide(i).fault) ++different;
  }
  CHECK(different > 100);
}

TEST_CASE("fault_plan: every fault gets its share of the requests, resets and hangs half before and half after") {
  const FaultPlan plan(1, some_of_each(), 0ms, 0ms);
  std::map<Fault, int> count;
  std::map<int, int> statuses;
  for (std::uint64_t i = 1; i <= draws; ++i) {
    const auto decision = plan.decide(i);
    ++count[decision.fault];
    ++statuses[decision.status];
  }
  CHECK(near(statuses[500], 0.02));
  CHECK(near(statuses[503], 0.05));
  CHECK(near(count[Fault::status], 0.07));
  CHECK(near(count[Fault::reset_before], 0.02));
  CHECK(near(count[Fault::reset_after], 0.02));
  CHECK(near(count[Fault::hang_before], 0.01));
  CHECK(near(count[Fault::hang_after], 0.01));
  CHECK(near(count[Fault::truncate], 0.01));
  CHECK(near(count[Fault::bad_json], 0.01));
  CHECK(near(count[Fault::html], 0.01));
  CHECK(near(count[Fault::wrong_uuid], 0.01));
  CHECK(near(count[Fault::reject_pipelined], 0.03));
}

TEST_CASE("fault_plan: without shares nothing happens; a share of 1 hits all") {
  Shares all;
  all.truncate = 1;
  all.interim = 1;
  const FaultPlan quiet;
  const FaultPlan loud(3, all, 0ms, 0ms);
  for (std::uint64_t i = 1; i < 1000; ++i) {
    CHECK(quiet.decide(i).fault == Fault::none);
    CHECK(quiet.decide(i).delay == 0ns);
    CHECK(loud.decide(i).fault == Fault::truncate);
    CHECK(loud.decide(i).interim);
    CHECK_FALSE(loud.decide(i).extra_response);
  }
}

TEST_CASE("request_quota: so many in each window, and it tells when the next one begins") {
  RequestQuota quota(2, 10s);
  const std::chrono::system_clock::time_point start{1'000'000s};
  CHECK(quota.take(start));
  CHECK(quota.remaining() == 1);
  CHECK(quota.take(start + 9s));
  CHECK_FALSE(quota.take(start + 9999ms));
  CHECK(quota.reset_in(start) == 10s);
  CHECK(quota.reset_in(start + 9001ms) == 1s);
  CHECK(quota.reset_at(start) == start + 10s);
  CHECK(quota.reset_at(start + 9999ms) == start + 10s);
  CHECK(quota.take(start + 10s));
}

TEST_CASE("option_values: durations, shares, rates, outages and Retry-After as they are written") {
  CHECK(parse_duration("20ms") == 20ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("10m") == 10min);
  CHECK(parse_duration("0") == 0ns);
  CHECK(parse_share("0.5%") == doctest::Approx(0.005));
  CHECK(parse_share("1") == 1);
  CHECK(parse_status_share("503:1%").first == 503);
  CHECK(parse_quota("100/s").limit() == 100);
  CHECK(parse_quota("600/m").window() == 60s);
  CHECK(parse_quota("50/10s").window() == 10s);
  CHECK(parse_outage("5s..10s").second == 10s);
  CHECK(parse_retry_after("2s").form == RetryAfter::Form::seconds);
  CHECK(parse_retry_after("date:5s").wait == 5s);
  CHECK(parse_retry_after("raw:-5").text == "-5");
  for (const char* wrong : {"", "5", "s", "-5s", "5 s", "nan s", "1e400h"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_duration(wrong), std::invalid_argument);
  }
  for (const char* wrong : {"", "101%", "-1%", "x", "1%%", "nan"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_share(wrong), std::invalid_argument);
  }
  CHECK_THROWS_AS(parse_status_share("200:1%"), std::invalid_argument);
  CHECK_THROWS_AS(parse_status_share("503"), std::invalid_argument);
  CHECK_THROWS_AS(parse_quota("0/s"), std::invalid_argument);
  CHECK_THROWS_AS(parse_quota("5"), std::invalid_argument);
  CHECK_THROWS_AS(parse_outage("10s..5s"), std::invalid_argument);
  CHECK(parse_stall("1s/10s").held(9'500ms, 0ns) == 500ms);
  for (const char* wrong : {"1s", "0/10s", "10s/1s", "10s/10s", "/"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_stall(wrong), std::invalid_argument);
  }
}

TEST_CASE("option_values: what is not taken is said in these words") {
  class Case {
   public:
    std::function<void()> parse;
    std::string words;
  };
  const std::vector<Case> cases{
      {[] { parse_duration("5"); }, "'5' is not a duration such as 20ms, 2s, 10m or 1h"},
      {[] { parse_share("101%"); }, "'101%' is not a share from 0 to 1, such as 0.005 or 0.5%"},
      {[] { parse_status_share("200:1%"); },
       "'200:1%' is not STATUS:SHARE such as 503:1%, with a status from 400 to 599"},
      {[] { parse_quota("5"); }, "'5' is not a rate such as 100/s, 600/m or 50/10s"},
      {[] { parse_hidden_rate("100/m"); },
       "'100/m' is not a limit such as 100/s or 100/s,20 or 50/s@30s, at most 1000000/s"},
      {[] { parse_capacity("20"); },
       "'20' is not a capacity such as 20:50ms or 20:50ms:100, with at most 100000 requests at once"},
      {[] { parse_rate_fields("all"); }, "'all' is not ietf, legacy, x or none"},
      {[] { parse_outage("10s..5s"); }, "'10s..5s' is not an interval FROM..TO such as 5s..10s, with FROM before TO"},
      {[] { parse_stall("1s"); }, "'1s' is not a stall TIME/PERIOD such as 1s/10s, with TIME shorter than PERIOD"}};
  for (const Case& one : cases) CHECK_THROWS_WITH_AS(one.parse(), one.words.c_str(), std::invalid_argument);
}

TEST_CASE("Stall: no answer leaves while the server stands still, and work done for it waits as well") {
  const Stall stall(1s, 10s);
  CHECK(stall.held(0s, 20ms) == 20ms);
  CHECK(stall.held(8'970ms, 20ms) == 20ms);
  CHECK(stall.held(8'990ms, 20ms) == 1'010ms);  // its answer would be ready in the stall
  CHECK(stall.held(9s, 20ms) == 1'020ms);       // work begins behind it
  CHECK(stall.held(9'999ms, 20ms) == 21ms);
  CHECK(stall.held(10s, 20ms) == 20ms);
  CHECK(stall.held(19'500ms, 0ms) == 500ms);
}

TEST_CASE("option_values: hidden limits, with a burst and a beginning or without") {
  class Case {
   public:
    const char* text;
    std::uint32_t rate;
    std::uint32_t burst;
    std::chrono::nanoseconds from;
  };
  for (const auto& c : {Case{"100/s", 100, 10, 0s}, Case{"5/s", 5, 1, 0s}, Case{"100/s,3", 100, 3, 0s},
                        Case{"50/s@30s", 50, 5, 30s}, Case{"10000/s,1@1.5s", 10'000, 1, 1500ms}}) {
    CAPTURE(c.text);
    const auto limit = parse_hidden_rate(c.text);
    CHECK(limit.rate == c.rate);
    CHECK(limit.burst == c.burst);
    CHECK(limit.from == c.from);
  }
  for (const char* wrong : {"", "100", "0/s", "100/m", "100/s,", "100/s,0", "100/s@", "100/s@5", "1.5/s", "-1/s",
                            "1000001/s", "100/s@30s,5", ",5/s"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_hidden_rate(wrong), std::invalid_argument);
  }
}

TEST_CASE("option_values: a capacity with and without a bound for those who wait; the names of the rate fields") {
  const std::chrono::system_clock::time_point start{1'700'000'000s};
  Capacity bounded = parse_capacity("1:50ms:0");
  CHECK(bounded.admit(start) == 50ms);
  CHECK_FALSE(bounded.admit(start));
  Capacity unbounded = parse_capacity("1:50ms");
  CHECK(unbounded.admit(start) == 50ms);
  CHECK(unbounded.admit(start) == 100ms);
  for (const char* wrong : {"", "5", "0:5ms", "5:", "5:5", "5:5ms:", "5:5ms:-1", "100001:5ms", "5:5ms:1:1"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parse_capacity(wrong), std::invalid_argument);
  }
  CHECK(parse_rate_fields("ietf") == RateFields::ietf);
  CHECK(parse_rate_fields("legacy") == RateFields::legacy);
  CHECK(parse_rate_fields("x") == RateFields::x);
  CHECK(parse_rate_fields("none") == RateFields::none);
  CHECK_THROWS_AS(parse_rate_fields("X"), std::invalid_argument);
  CHECK(parse_retry_after("none").form == RetryAfter::Form::none);
}
