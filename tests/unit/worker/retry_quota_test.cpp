// The retry quota of the AWS SDKs ("standard" mode), by hand: what each attempt leaves in the bucket, what becomes of
// the row, and how long it waits. With one difference: where an SDK gives a request up for want of tokens, a row waits.
#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "admission/retry_budget.hpp"
#include "admission/retry_policy.hpp"
#include "wonder/response_classifier.hpp"

using namespace amend;
using namespace std::chrono_literals;
using wonder::ResponseClass;

namespace {

const RetryPolicy::time_point first_moment(1'000h);
constexpr std::uint64_t longest_jitter = std::numeric_limits<std::uint64_t>::max();

// One attempt of a row: how it ended, and what is to be seen then.
class Attempt {
 public:
  Attempt(std::uint16_t http_, Verdict::Kind kind_, std::int32_t tokens_, std::chrono::milliseconds longest_wait_)
      : http(http_), kind(kind_), tokens(tokens_), longest_wait(longest_wait_) {}
  std::uint16_t http;
  Verdict::Kind kind;
  std::int32_t tokens;                     // after the verdict, the next attempt paid for
  std::chrono::milliseconds longest_wait;  // before the next attempt: the ceiling of the jitter
};

// The row's way as the worker goes it.
void check_row(RetryBudget& budget, std::uint32_t attempts_max, const std::vector<Attempt>& attempts) {
  RetryConfig config;
  config.attempts_max = attempts_max;
  const RetryPolicy policy(config, 168h);
  std::uint32_t counted = 0;
  std::uint32_t throttled = 0;
  std::int32_t paid = 0;
  for (const Attempt& attempt : attempts) {
    CAPTURE(attempt.http);
    CAPTURE(counted);
    const auto end = AttemptEnd::answered(wonder::class_of(attempt.http), attempt.http);
    const RowState state(++counted, first_moment, false, throttled);
    const Verdict verdict = policy.decide(end, state, first_moment, longest_jitter);
    CHECK(verdict.kind == attempt.kind);
    if (verdict.kind == Verdict::Kind::done) budget.give_back(std::max(paid, RetryBudget::first_success));
    if (verdict.kind == Verdict::Kind::retry) {
      CHECK(verdict.retry_at - first_moment <= attempt.longest_wait);
      CHECK(policy.decide(end, state, first_moment, 0).retry_at == first_moment);
      paid = is_throttled(end) ? RetryBudget::throttle_cost : RetryBudget::transient_cost;
      CHECK(budget.take(paid));
      if (is_throttled(end)) {
        ++throttled;
        --counted;
      }
    }
    CHECK(budget.tokens() == attempt.tokens);
  }
}

constexpr auto retry = Verdict::Kind::retry;
constexpr auto done = Verdict::Kind::done;
constexpr auto give_up = Verdict::Kind::give_up;

}  // namespace

TEST_CASE("retry quota: by hand: attempts, tokens, outcome, delay") {
  RetryBudget budget;
  // It succeeds in the end: what its last retry took comes back.
  check_row(budget, 6, {{500, retry, 486, 500ms}, {500, retry, 472, 1s}, {200, done, 486, 0ms}});
  // It never does: each retry stays paid.
  check_row(budget, 3, {{502, retry, 472, 500ms}, {502, retry, 458, 1s}, {502, give_up, 458, 0ms}});
  // Throttled: 5 instead of 14, no attempt, longer waits.
  check_row(budget, 2, {{429, retry, 453, 500ms}, {429, retry, 448, 1s}, {429, retry, 443, 2s}, {200, done, 448, 0ms}});
  // Both kinds in one row: the wait after a 5xx goes by the attempts, that after a 429 by the 429s.
  check_row(budget, 6,
            {{429, retry, 443, 500ms}, {503, retry, 429, 500ms}, {429, retry, 424, 1s}, {200, done, 429, 0ms}});
  // Refused: nothing to retry, nothing taken.
  check_row(budget, 6, {{404, give_up, 429, 0ms}});
  // Successes at the first attempt fill it up again, one by one, up to 500.
  for (int row = 0; row < 100; ++row) check_row(budget, 6, {{200, done, std::min(430 + row, 500), 0ms}});
}
