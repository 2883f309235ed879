#include "admission/retry_policy.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>

#include "wonder/response_classifier.hpp"

using amend::Applied;
using amend::AttemptEnd;
using amend::parse_retry_after;
using amend::RetryConfig;
using amend::RetryPolicy;
using amend::RowState;
using amend::Status;
using amend::Verdict;
using amend::wonder::ResponseClass;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

using PolicyTime = RetryPolicy::time_point;
using EndKind = AttemptEnd::Kind;

const PolicyTime policy_start = PolicyTime(1'000h);
const std::chrono::system_clock::time_point today = std::chrono::sys_days(std::chrono::March / 5 / 2024) + 10h;
constexpr std::uint64_t random_max = std::numeric_limits<std::uint64_t>::max();

RetryConfig config() {
  RetryConfig c;
  c.attempts_max = 3;
  c.backoff_first = 500ms;
  c.backoff_max = 30s;
  c.retry_after_max = 60s;
  return c;
}

Verdict decide(const AttemptEnd& end, std::uint32_t attempts, bool applied_maybe = false) {
  return RetryPolicy(config(), 10min)
      .decide(end, RowState(attempts, policy_start, applied_maybe), policy_start + 1s, 0);
}

// Of an end that is final at once: what becomes of the row.
void check_final(const AttemptEnd& end, Verdict::Kind kind, Status status, Applied fresh, Applied after_maybe) {
  for (const std::uint32_t attempts : {1U, 2U, 3U}) {
    const auto verdict = decide(end, attempts);
    CHECK(verdict.kind == kind);
    CHECK(verdict.status == status);
    CHECK(verdict.applied == fresh);
    CHECK(decide(end, attempts, true).applied == after_maybe);
  }
}

// Of an end that is tried again: what becomes of the row when no attempt is left.
void check_retried(const AttemptEnd& end, Status last, Applied fresh) {
  for (const std::uint32_t attempts : {1U, 2U}) {
    const auto verdict = decide(end, attempts);
    CHECK(verdict.kind == Verdict::Kind::retry);
    CHECK(verdict.applied == fresh);
    CHECK(decide(end, attempts, true).applied == Applied::maybe);
  }
  for (const std::uint32_t attempts : {3U, 4U}) {
    const auto verdict = decide(end, attempts);
    CHECK(verdict.kind == Verdict::Kind::give_up);
    CHECK(verdict.status == last);
    CHECK(verdict.applied == fresh);
    CHECK(decide(end, attempts, true).applied == Applied::maybe);
  }
}

}  // namespace

TEST_CASE("retry_policy: a complete answer that settles the row ends it at once") {
  using V = Verdict::Kind;
  const auto answered = [](ResponseClass response_class, std::uint16_t http) {
    return AttemptEnd::answered(response_class, http);
  };
  check_final(answered(ResponseClass::success, 200), V::done, Status::success, Applied::yes, Applied::yes);
  check_final(answered(ResponseClass::card_refused, 200), V::give_up, Status::failed, Applied::yes, Applied::yes);
  check_final(answered(ResponseClass::guard_mismatch, 200), V::give_up, Status::failed, Applied::yes, Applied::yes);
  check_final(answered(ResponseClass::refused, 422), V::give_up, Status::failed, Applied::no, Applied::maybe);
  check_final(answered(ResponseClass::refused, 501), V::give_up, Status::failed, Applied::maybe, Applied::maybe);
  check_final(answered(ResponseClass::credentials, 401), V::give_up, Status::failed, Applied::no, Applied::maybe);
  check_final(answered(ResponseClass::next_request, 200), V::done, Status::success, Applied::yes, Applied::yes);
  check_final(answered(ResponseClass::unchanged, 200), V::done, Status::unchanged, Applied::no, Applied::no);
  check_final(answered(ResponseClass::withheld, 200), V::give_up, Status::failed, Applied::no, Applied::maybe);
}

TEST_CASE("retry_policy: after a request that only read, what may be applied is what was sent before it") {
  const auto read = [](const AttemptEnd& end, std::uint32_t attempts, Applied before) {
    return decide(end, attempts, before == Applied::maybe).of_a_read(before);
  };
  const AttemptEnd lost[] = {
      AttemptEnd::without_response(EndKind::timeout), AttemptEnd::without_response(EndKind::closed),
      AttemptEnd::answered(ResponseClass::unusable, 200), AttemptEnd::answered(ResponseClass::transient, 503)};
  for (const AttemptEnd& end : lost) {
    for (const Applied before : {Applied::no, Applied::maybe}) {
      CHECK(read(end, 1, before).kind == Verdict::Kind::retry);
      CHECK(read(end, 1, before).applied == before);
      CHECK(read(end, 1, before).retry_at == decide(end, 1).retry_at);
      CHECK(read(end, 3, before).kind == Verdict::Kind::give_up);
      CHECK(read(end, 3, before).applied == before);
    }
    CHECK(read(end, 3, Applied::no).status == Status::failed);
    CHECK(read(end, 3, Applied::maybe).status == decide(end, 3, true).status);
  }
  const auto refused = read(AttemptEnd::answered(ResponseClass::refused, 501), 1, Applied::no);
  CHECK(refused.status == Status::failed);
  CHECK(refused.applied == Applied::no);
  const auto guarded = read(AttemptEnd::answered(ResponseClass::guard_mismatch, 200), 1, Applied::no);
  CHECK(guarded.status == Status::failed);
  CHECK(guarded.applied == Applied::no);
  const auto unchanged = read(AttemptEnd::answered(ResponseClass::unchanged, 200), 1, Applied::no);
  CHECK(unchanged.kind == Verdict::Kind::done);
  CHECK(unchanged.status == Status::unchanged);
  CHECK(unchanged.applied == Applied::no);
}

TEST_CASE("retry_policy: what may pass is tried again; with no attempt left the row fails or is unknown") {
  check_retried(AttemptEnd::answered(ResponseClass::transient, 408), Status::failed, Applied::maybe);
  check_retried(AttemptEnd::answered(ResponseClass::transient, 503), Status::failed, Applied::maybe);
  check_retried(AttemptEnd::answered(ResponseClass::transient, 500), Status::failed, Applied::maybe);
  check_retried(AttemptEnd::answered(ResponseClass::unusable, 200), Status::unknown, Applied::maybe);
  check_retried(AttemptEnd::answered(ResponseClass::mismatch, 200), Status::unknown, Applied::maybe);
  check_retried(AttemptEnd::without_response(EndKind::not_processed), Status::failed, Applied::no);
  check_retried(AttemptEnd::without_response(EndKind::closed), Status::unknown, Applied::maybe);
  check_retried(AttemptEnd::without_response(EndKind::protocol), Status::unknown, Applied::maybe);
  check_retried(AttemptEnd::without_response(EndKind::timeout), Status::unknown, Applied::maybe);
}

TEST_CASE("retry_policy: a gateway response is tried again at any status, and the row then fails, never unknown") {
  for (int status = 200; status <= 599; ++status) {
    CAPTURE(status);
    if (status == 429) continue;  // about the rate, whoever says it
    const auto http = static_cast<std::uint16_t>(status);
    const bool may_be_applied = status < 300 || status == 408 || status >= 500;
    check_retried(AttemptEnd::answered(ResponseClass::gateway, http), Status::failed,
                  may_be_applied ? Applied::maybe : Applied::no);
  }
}

TEST_CASE("retry_policy: which ends of an attempt leave it open whether the API applies the request later") {
  for (std::uint16_t status = 100; status <= 599; ++status) {
    CAPTURE(status);
    const ResponseClass response_class = amend::wonder::class_of(status);
    const bool open = status == 408 || status >= 500 || response_class == ResponseClass::unusable;
    CHECK(amend::may_be_applied_late(AttemptEnd::answered(response_class, status)) == open);
    CHECK(amend::may_be_applied_late(AttemptEnd::answered(response_class, status, std::chrono::seconds(1))) ==
          (open && status != 503));
    CHECK(amend::may_be_applied_late(AttemptEnd::answered(ResponseClass::mismatch, status)));
    const bool passed_on = status == 408 || status >= 500 || (status >= 200 && status < 300);
    CHECK(amend::may_be_applied_late(AttemptEnd::answered(ResponseClass::gateway, status)) == passed_on);
  }
  for (const auto kind : {EndKind::closed, EndKind::timeout, EndKind::protocol})
    CHECK(amend::may_be_applied_late(AttemptEnd::without_response(kind)));
  CHECK_FALSE(amend::may_be_applied_late(AttemptEnd::without_response(EndKind::not_processed)));
}

TEST_CASE("retry_policy: a row that may have been applied and then got no connection is unknown, not failed") {
  const auto verdict = decide(AttemptEnd::without_response(EndKind::not_processed), 3, true);
  CHECK(verdict.status == Status::unknown);
  CHECK(verdict.applied == Applied::maybe);
}

TEST_CASE("retry_policy: the wait is uniform in 0 to first · 2^(n−1), at most the cap") {
  RetryConfig c = config();
  c.attempts_max = 100;
  const RetryPolicy policy(c, 24h);
  const auto end = AttemptEnd::without_response(EndKind::timeout);
  const auto longest = [&](std::uint32_t attempts) {
    std::chrono::nanoseconds most{0};
    std::mt19937_64 random(attempts);
    for (int i = 0; i < 2'000; ++i) {
      const auto verdict = policy.decide(end, RowState(attempts, policy_start, false), policy_start, random());
      REQUIRE(verdict.kind == Verdict::Kind::retry);
      REQUIRE(verdict.retry_at >= policy_start);
      most = std::max(most, verdict.retry_at - policy_start);
    }
    return most;
  };
  const std::chrono::milliseconds ceilings[] = {500ms, 1s, 2s, 4s, 8s, 16s, 30s, 30s};
  for (std::uint32_t n = 1; n <= 8; ++n) {
    CAPTURE(n);
    CHECK(longest(n) <= ceilings[n - 1]);
    CHECK(longest(n) >= ceilings[n - 1] * 98 / 100);
  }
  CHECK(longest(99) <= 30s);
  CHECK(policy.decide(end, RowState(1, policy_start, false), policy_start, 0).retry_at == policy_start);
}

TEST_CASE("retry_policy: a Retry-After is the least wait, up to its ceiling") {
  const RetryPolicy policy(config(), 10min);
  const auto wait = [&](std::chrono::milliseconds asked, std::uint64_t random) {
    const auto end = AttemptEnd::answered(ResponseClass::transient, 429, asked);
    return policy.decide(end, RowState(1, policy_start, false), policy_start, random).retry_at - policy_start;
  };
  CHECK(wait(7s, 0) == 7s);
  CHECK(wait(7s, random_max) == 7s);
  CHECK(wait(0s, 400'000'000) == 400ms);
  CHECK(wait(60s, 0) == 60s);
  CHECK(wait(8'760h, 0) == 60s);
  CHECK(wait(amend::retry_after_ceiling, 0) == 60s);
}

TEST_CASE("retry_policy: no attempt starts later than the row deadline, for which a Retry-After does not count") {
  const RetryPolicy policy(config(), 30s);
  constexpr std::uint64_t ms_500 = 500'000'000;
  for (const std::uint16_t http : {std::uint16_t{429}, std::uint16_t{503}}) {
    const auto decide_at = [&](PolicyTime now, std::optional<std::chrono::milliseconds> asked) {
      return policy.decide(AttemptEnd::answered(ResponseClass::transient, http, asked),
                           RowState(1, policy_start, false), now, ms_500);
    };
    const auto last = policy_start + 30s - 500ms;
    CHECK(decide_at(last, std::nullopt).kind == Verdict::Kind::retry);
    CHECK(decide_at(last, std::nullopt).retry_at == policy_start + 30s);
    CHECK(decide_at(last, 50s).retry_at == last + 50s);
    CHECK(decide_at(last + 1ms, 50s).kind == Verdict::Kind::give_up);
    CHECK(decide_at(last + 1ms, 50s).status == Status::failed);
  }
}

TEST_CASE("retry_policy: a 429 costs no attempt, and the waits grow with the 429s") {
  const RetryPolicy policy(config(), 10min);
  const auto end = AttemptEnd::answered(ResponseClass::transient, 429);
  for (const std::uint32_t attempts : {1U, 3U, 100U}) {
    const auto verdict = policy.decide(end, RowState(attempts, policy_start, false), policy_start, 0);
    CHECK(verdict.kind == Verdict::Kind::retry);
    CHECK(verdict.applied == Applied::no);
  }
  CHECK(policy.decide(end, RowState(1, policy_start, true), policy_start, 0).applied == Applied::maybe);
  const auto longest = [&](std::uint32_t throttled) {
    std::chrono::nanoseconds most{0};
    std::mt19937_64 random(throttled);
    for (int i = 0; i < 2'000; ++i)
      most = std::max(most,
                      policy.decide(end, RowState(1, policy_start, false, throttled), policy_start, random()).retry_at -
                          policy_start);
    return most;
  };
  const std::chrono::milliseconds ceilings[] = {500ms, 1s, 2s, 4s};
  for (std::uint32_t throttled = 0; throttled < 4; ++throttled) {
    CHECK(longest(throttled) <= ceilings[throttled]);
    CHECK(longest(throttled) >= ceilings[throttled] * 98 / 100);
  }
}

TEST_CASE("retry_policy: one attempt means no retry") {
  RetryConfig c = config();
  c.attempts_max = 1;
  const auto verdict = RetryPolicy(c, 10min).decide(AttemptEnd::without_response(EndKind::closed),
                                                    RowState(1, policy_start, false), policy_start, 0);
  CHECK(verdict.kind == Verdict::Kind::give_up);
  CHECK(verdict.status == Status::unknown);
}

TEST_CASE("retry_policy: Retry-After in seconds, a fraction of one rounded up") {
  struct Row {
    std::string value;
    milliseconds wait;
  };
  for (const Row& row : {Row{"0", 0ms}, Row{"120", 120s}, Row{"007", 7s}, Row{"31536000", 8'760h}, Row{"0.0", 0ms},
                         Row{"0.0001", 1s}, Row{"0.999", 1s}, Row{"2.0", 2s}, Row{"2.7", 3s}, Row{"3.25", 4s},
                         Row{"59.000000000000000000001", 60s}, Row{std::string(400, '9'), amend::retry_after_ceiling},
                         Row{std::string(400, '9') + ".5", amend::retry_after_ceiling},
                         Row{"18446744073709551617", amend::retry_after_ceiling}}) {
    CAPTURE(row.value);
    for (const std::string date : {"", "garbage", "Sun, 06 Nov 1994 08:49:37 GMT"})
      CHECK(parse_retry_after(row.value, date, today) == row.wait);
  }
}

TEST_CASE("retry_policy: Retry-After as a date is measured against the response's own Date, whatever our clock shows") {
  const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:50:37 GMT", date, today) == 60s);
  CHECK(parse_retry_after("Mon, 07 Nov 1994 08:49:37 GMT", date, today) == 24h);
  CHECK(parse_retry_after(date, date, today) == 0ms);
  CHECK(parse_retry_after("Wed, 01 Mar 2000 00:00:00 GMT", "Mon, 28 Feb 2000 00:00:00 GMT", today) == 48h);
  CHECK(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", date, today) == amend::retry_after_ceiling);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:36 GMT", date, today) == std::nullopt);
}

TEST_CASE("retry_policy: a Retry-After date without a usable Date is measured against the local clock") {
  for (const std::string date : {"", "yesterday", "Sun, 06 Nov 1994 08:49:37", "784111777"}) {
    CAPTURE(date);
    CHECK(parse_retry_after("Tue, 05 Mar 2024 10:01:00 GMT", date, today) == 60s);
    CHECK(parse_retry_after("Tue, 05 Mar 2024 10:00:00 GMT", date, today) == 0ms);
    CHECK(parse_retry_after("Tue, 05 Mar 2024 10:00:01 GMT", date, today + 999ms) == 1s);
    CHECK(parse_retry_after("Tue, 05 Mar 2024 09:59:59 GMT", date, today) == std::nullopt);
    CHECK(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", date, today) == amend::retry_after_ceiling);
  }
}

TEST_CASE("retry_policy: a Retry-After that is neither is ignored") {
  const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (const auto* garbage : {"",
                              " ",
                              "-1",
                              "+5",
                              "1.",
                              ".5",
                              ".",
                              "1.5.2",
                              "1,5",
                              "1.5s",
                              "-1.5",
                              "1e3",
                              "5s",
                              "0x10",
                              "5 ",
                              "soon",
                              "Sun, 06 Nov 1994 08:50:37",
                              "Sun, 06 Nov 1994 08:50:37 UTC",
                              "Sun, 31 Feb 1994 08:50:37 GMT",
                              "Sun, 06 Nov 1994 24:50:37 GMT",
                              "Sun, 06 Nov 1994 08:60:37 GMT",
                              "Sun, 06 Nov 1994 08:50:61 GMT",
                              "Sun, 06 nov 1994 08:50:37 GMT",
                              "Xyz, 06 Nov 1994 08:50:37 GMT",
                              "Sun, -6 Nov 1994 08:50:37 GMT",
                              "Sun, 00 Nov 1994 08:50:37 GMT"}) {
    CAPTURE(garbage);
    CHECK(parse_retry_after(garbage, date, today) == std::nullopt);
    CHECK(parse_retry_after(garbage, "", today) == std::nullopt);
  }
}
