// When responses say that the run must stop: by tables over all statuses, who answered, and the moment.
#include "admission/credential_guard.hpp"

#include <doctest/doctest.h>

#include <random>

#include "wonder/response_classifier.hpp"

using namespace amend;
using namespace std::chrono_literals;
using wonder::ResponseClass;
using Stop = CredentialGuard::Stop;

namespace {

constexpr std::uint64_t many = 1'000'000;

AttemptEnd gateway(int http, std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
  return AttemptEnd::answered(ResponseClass::gateway, static_cast<std::uint16_t>(http), retry_after);
}

AttemptEnd api(int http, std::optional<std::chrono::milliseconds> retry_after = std::nullopt) {
  const auto status = static_cast<std::uint16_t>(http);
  return AttemptEnd::answered(wonder::class_of(status), status, retry_after);
}

bool is_refusal(int http) { return http == 401 || http == 403 || http == 407; }

// Shows it responses, each about the next row, and counts. Each request is sent `step` after the one before.
class Bench {
 public:
  Stop see(const AttemptEnd& end) { return see(end, ++row_); }
  Stop see(const AttemptEnd& end, std::uint64_t row) {
    const auto sent = now_;
    now_ += step;
    const auto held_until = sent + end.retry_after.value_or(0ms);
    return guard.look(end, CredentialGuard::Run(row, ++requests, rows_left, sent, held_until));
  }
  Stop see_echo(const AttemptEnd& end) { return see(end, CredentialGuard::no_row); }
  // How many of these, one behind the other, stop the run; 0: a thousand do not.
  int until_stop(const AttemptEnd& end) {
    for (int n = 1; n <= 1'000; ++n)
      if ((stop = see(end)) != Stop::none) return n;
    return 0;
  }

  CredentialGuard guard;
  std::uint64_t requests = 0;
  std::uint64_t rows_left = many;
  std::chrono::milliseconds step{0};
  Stop stop = Stop::none;

 private:
  CredentialGuard::time_point now_{1h};
  std::uint64_t row_ = 0;
};

}  // namespace

TEST_CASE(
    "credential guard: three gateway responses that no waiting mends, before the API's first own one, stop the run") {
  for (int http = 200; http <= 599; ++http) {
    CAPTURE(http);
    const bool may_pass = http >= 500 || http == 408 || http == 425 || http == 429;
    Bench bench;
    CHECK(bench.until_stop(gateway(http)) == (may_pass ? 0 : 3));
    CHECK(bench.stop == (may_pass ? Stop::none : is_refusal(http) ? Stop::gateway_refusal : Stop::not_the_api));
    Bench waits;
    CHECK(waits.until_stop(gateway(http, 1s)) == 0);
    Bench few;
    few.rows_left = 2;
    CHECK(few.until_stop(gateway(http)) == (may_pass ? 0 : 2));
    Bench one;
    one.rows_left = 1;
    CHECK(one.until_stop(gateway(http)) == (may_pass ? 0 : 1));
  }
}

TEST_CASE("credential guard: what may pass, or ends without a response, neither counts nor starts the count again") {
  Bench bench;
  for (int n = 1; n <= 2; ++n) {
    CHECK(bench.see(gateway(404)) == Stop::none);
    CHECK(bench.see(gateway(503)) == Stop::none);
    CHECK(bench.see(gateway(404, 5s)) == Stop::none);
    CHECK(bench.see(AttemptEnd::without_response(AttemptEnd::Kind::timeout)) == Stop::none);
  }
  CHECK_FALSE(bench.guard.api_has_responded());
  CHECK(bench.see(gateway(200)) == Stop::not_the_api);
}

TEST_CASE("credential guard: once the API has responded, whatever it said, no page of a gateway stops the run") {
  for (int first = 200; first <= 599; ++first) {
    Bench bench;
    bench.see(api(first));
    CHECK(bench.guard.api_has_responded());
    for (const int http : {200, 204, 302, 404, 405, 451, 520})
      for (int n = 0; n < 100; ++n) CHECK(bench.see(gateway(http)) == Stop::none);
  }
}

TEST_CASE("credential guard: refusals of whoever asks stop the run: three at the start, twenty in a row later") {
  for (int http = 200; http <= 599; ++http) {
    CAPTURE(http);
    Bench own;
    const bool credentials = http == 401 || http == 403;
    CHECK(own.until_stop(api(http)) == (credentials ? 3 : 0));
    if (credentials) CHECK(own.stop == Stop::credentials);
    CHECK(Bench().until_stop(api(http, 2s)) == 0);
    for (const AttemptEnd& end : {api(http), gateway(http)}) {
      Bench later;
      later.see(api(200));
      later.requests = 1'000;
      const bool refuses = end.response_class == ResponseClass::gateway ? is_refusal(http) : credentials;
      CHECK(later.until_stop(end) == (refuses ? 20 : 0));
      const bool by_gateway = end.response_class == ResponseClass::gateway;
      if (refuses) CHECK(later.stop == (by_gateway ? Stop::gateway_refusal : Stop::credentials));
    }
  }
}

TEST_CASE("credential guard: a Retry-After on a refusal is obeyed first; refused after that wait, requests count") {
  for (const auto& refusal : {gateway(401, 2s), gateway(403, 2s), gateway(407, 2s), api(401, 2s), api(403, 2s)}) {
    CAPTURE(refusal.http);
    for (const bool accepted_before : {false, true}) {
      Bench bench;
      if (accepted_before) bench.see(api(200));
      for (int n = 0; n < 100; ++n) CHECK(bench.see(refusal) == Stop::none);  // all sent before the wait
      bench.step = 2s;
      CHECK(bench.see(refusal) == Stop::none);
      CHECK(bench.until_stop(refusal) == (accepted_before ? 20 : 3));
      CHECK(bench.stop ==
            (refusal.response_class == ResponseClass::gateway ? Stop::gateway_refusal : Stop::credentials));
    }
    Bench again;
    again.step = 2s;
    for (int round = 0; round < 10; ++round) {
      for (int n = 0; n < 200; ++n) again.see(api(200));
      for (int n = 0; n < 20; ++n) CHECK(again.see(refusal) == Stop::none);  // the first of these is obeyed
    }
  }
}

TEST_CASE("credential guard: a refused echo call shows that the refusals before it were about no row") {
  for (const auto& refusal : {gateway(401), gateway(403), gateway(407)}) {
    Bench ten_rows;
    ten_rows.see(api(200));
    for (std::uint64_t n = 0; n < 50; ++n) CHECK(ten_rows.see(refusal, 1 + n % 10) == Stop::none);
    CHECK(ten_rows.see_echo(refusal) == Stop::gateway_refusal);
    Bench proved;
    proved.see(api(200));
    for (std::uint64_t n = 0; n < 500; ++n) {
      CHECK(proved.see(refusal, 1 + n % 10) == Stop::none);
      if (n % 19 == 18) CHECK(proved.see_echo(api(200)) == Stop::none);
    }
    Bench one_row;
    one_row.see(api(200));
    for (int n = 0; n < 5; ++n) CHECK(one_row.see(refusal, 7) == Stop::none);
    for (int n = 0; n < 14; ++n) CHECK(one_row.see_echo(refusal) == Stop::none);
    CHECK(one_row.see_echo(refusal) == Stop::gateway_refusal);
  }
}

TEST_CASE("credential guard: a row that is tried again and refused again counts once") {
  Bench bench;
  bench.see(api(200));
  for (int n = 0; n < 500; ++n) CHECK(bench.see(gateway(403), 1 + static_cast<std::uint64_t>(n) % 19) == Stop::none);
  CHECK(bench.see(gateway(403), 20) == Stop::gateway_refusal);
}

TEST_CASE("credential guard: any request that the API accepts begins the row of refusals again") {
  for (const int http : {200, 400, 404, 422}) {
    Bench bench;
    bench.see(api(http));
    for (int round = 0; round < 50; ++round) {
      for (int n = 0; n < 19; ++n) CHECK(bench.see(gateway(403)) == Stop::none);
      CHECK(bench.see(api(http)) == Stop::none);
    }
  }
}

TEST_CASE("credential guard: a share of 401s that stays stops the run within 100 requests, a rare one does not") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto requests_until_stop = [&](const AttemptEnd& refusal, double share, int most) {
    Bench bench;
    bench.see(api(200));  // or three refusals at the very start may stop it, by another rule
    for (int n = 0; n < most; ++n)
      if (bench.see(std::uniform_real_distribution<double>()(random) < share ? refusal : api(200)) != Stop::none)
        return n + 1;
    return 0;
  };
  int late = 0;
  for (int run = 0; run < 200; ++run) {
    for (const AttemptEnd& refusal : {api(401), api(403), gateway(401), gateway(407)}) {
      const int stopped = requests_until_stop(refusal, 0.3, 1'000);
      late += stopped == 0 || stopped > 100 ? 1 : 0;
    }
  }
  CHECK(late <= 8);  // of 800
  CHECK(requests_until_stop(api(401), 0.02, 20'000) == 0);
  CHECK(requests_until_stop(gateway(403), 0.3, 20'000) == 0);  // a firewall and what rows contain
}
