// Admission control of the whole run, in simulated time.
#include "admission/admission_control.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "wonder/response_classifier.hpp"

using namespace amend;
using namespace std::chrono_literals;
using wonder::ResponseClass;
using Allowed = AdmissionControl::Leave;

namespace {

const AdmissionControl::time_point t0(1'000h);

LoadConfig load(std::chrono::nanoseconds interval) {
  LoadConfig out;
  out.rate.interval = interval;
  out.canary = CanaryMode::off;
  return out;
}

AttemptEnd answered(std::uint16_t http) { return AttemptEnd::answered(wonder::class_of(http), http); }

// How many requests go in `length`, asked for as soon as admission control allows.
int requests_in(AdmissionControl& admission, AdmissionControl::time_point from, std::chrono::nanoseconds length) {
  int sent = 0;
  for (auto now = from; now < from + length;) {
    const auto decision = admission.ask(now, 0);
    if (decision.leave == Allowed::go) {
      ++sent;
    } else {
      REQUIRE(decision.at > now);
      now = decision.at;
    }
  }
  return sent;
}

// So many attempts of as many rows come to this end at once.
void end_all(AdmissionControl& admission, int attempts, const AttemptEnd& end, AdmissionControl::time_point now) {
  for (int row = 0; row < attempts; ++row)
    admission.record(end, AdmissionControl::Ended(Permit(), static_cast<std::uint64_t>(row), now - 1ms, 1), now, 0);
}

}  // namespace

TEST_CASE("admission control: a paused run sends nothing until it goes on, and its rows' clock stands still") {
  AdmissionControl admission(load(10ms));
  CHECK(admission.ask(t0, 0).leave == Allowed::go);
  admission.pause(t0);
  CHECK(admission.paused());
  const auto refused = admission.ask(t0 + 1h, 0);
  CHECK(refused.leave == Allowed::wait);
  CHECK(refused.at == AdmissionControl::time_point::max());
  admission.pause(t0 + 1h);  // again: nothing changes
  admission.unpause(t0 + 2h);
  CHECK(admission.clock().stood_still(t0 + 3h) == 2h);
  CHECK(requests_in(admission, t0 + 2h, 1s) <= 101 + 1);  // nothing was saved up
}

TEST_CASE("admission control: a Retry-After holds everybody, and its time does not count for the rows") {
  AdmissionControl admission(load(0ns));
  admission.hold_until(t0 + 37s, t0);
  const auto refused = admission.ask(t0 + 1s, 0);
  CHECK(refused.leave == Allowed::too_fast);
  CHECK(refused.at == t0 + 37s);
  CHECK(admission.ask(t0 + 37s, 0).leave == Allowed::go);
  CHECK(admission.clock().stood_still(t0 + 60s) == 37s);
}

TEST_CASE(
    "admission control: the server's rate-limit fields slow the run for as long as they hold, and never make it "
    "faster") {
  AdmissionControl admission(load(10ms));
  RateHints asked;
  asked.interval = 100ms;
  asked.valid_for = 5s;
  admission.follow_server(asked, t0);
  CHECK(admission.rate().in_force().source == RateControl::RateSource::server);
  CHECK(requests_in(admission, t0, 4s) <= 4 * 10 + 1);
  CHECK(requests_in(admission, t0 + 5s, 1s) >= 99);
  CHECK(admission.rate().in_force().source == RateControl::RateSource::option);
  asked.interval = 1ms;
  admission.follow_server(asked, t0 + 10s);
  CHECK(admission.rate().in_force().interval == 10ms);
}

TEST_CASE("admission control: fields that say the window is used up hold the run until it resets") {
  AdmissionControl admission(load(0ns));
  RateHints asked;
  asked.wait = 3s;
  admission.follow_server(asked, t0);
  CHECK(admission.ask(t0 + 2s, 0).at == t0 + 3s);
}

TEST_CASE("admission control: another rate counts at once, without a burst") {
  AdmissionControl admission(load(60s));
  CHECK(admission.ask(t0, 0).leave == Allowed::go);
  CHECK(admission.ask(t0, 0).at > t0 + 50s);
  RateSetting faster;
  faster.interval = 20ms;
  admission.rate().set(faster, t0 + 1s);
  const int sent = requests_in(admission, t0 + 1s, 2s);
  CHECK(sent >= 99);
  CHECK(sent <= 101);
}

TEST_CASE("admission control: --rate auto grows while the API takes it, and slows down for a 429") {
  LoadConfig adaptive = load(0ns);
  adaptive.rate.mode = RateMode::adaptive;
  AdmissionControl admission(adaptive);
  CHECK(admission.rate().in_force().source == RateControl::RateSource::adaptive);
  const auto at_first = admission.rate().in_force().interval;
  for (int i = 1; i <= 40; ++i) end_all(admission, 1, answered(200), t0 + i * 50ms);
  const auto before = admission.rate().in_force().interval;
  CHECK(before < at_first);
  end_all(admission, 1, answered(429), t0 + 2'010ms);
  CHECK(admission.rate().in_force().interval > before);
}

TEST_CASE("admission control: a 429 at a rate that a person has set makes it be found below that, which is said once") {
  for (const auto interval : {10ms, 0ms}) {
    CAPTURE(interval.count());
    AdmissionControl admission(load(interval));
    end_all(admission, 100, answered(200), t0);
    CHECK(admission.rate().in_force().source == RateControl::RateSource::option);
    CHECK_FALSE(admission.rate().take_slowed_down());
    end_all(admission, 1, answered(429), t0);
    CHECK(admission.rate().in_force().source == RateControl::RateSource::adaptive);
    CHECK(admission.rate().in_force().interval > interval);
    CHECK(admission.rate().take_slowed_down());
    end_all(admission, 1, answered(429), t0 + 5s);
    CHECK_FALSE(admission.rate().take_slowed_down());
    RateSetting again;
    admission.rate().set(again, t0 + 6s);  // the operator's rate begins again
    CHECK(admission.rate().in_force().source == RateControl::RateSource::option);
  }
}

TEST_CASE("admission control: a 429 to one slow request, with room for others, does not make the run crawl") {
  AdmissionControl admission(load(10ms));
  admission.record(answered(429), AdmissionControl::Ended(Permit(), 1, t0 - 500ms, 1), t0, 0);
  CHECK(admission.rate().in_force().interval <= 20ms);
  AdmissionControl full(load(1ms));
  const std::uint64_t all = full.in_flight_max();
  full.record(answered(429), AdmissionControl::Ended(Permit(), 1, t0 - 100ms, all), t0, 0);
  CHECK(full.rate().in_force().interval >= 100ms / all);  // a higher rate than these make was never tried
}

TEST_CASE("admission control: a paused or held run is not worth a connection") {
  AdmissionControl admission(load(10ms));
  CHECK(admission.standing_until(t0) <= t0);
  admission.hold_until(t0 + 5s, t0);
  CHECK(admission.standing_until(t0) == t0 + 5s);
  admission.pause(t0);
  CHECK(admission.standing_until(t0) == AdmissionControl::time_point::max());
}

TEST_CASE(
    "admission control: what an outage has lasted leaves pauses out, and the rows' clock stands still without "
    "connections") {
  AdmissionControl admission(load(0ns));
  CHECK(admission.outage_lasted(t0) == 0ns);
  end_all(admission, CircuitBreaker::failures_to_open, answered(503), t0);
  admission.pause(t0 + 10s);
  admission.unpause(t0 + 2h);
  CHECK(admission.outage_lasted(t0 + 2h + 5s) == 15s);
  AdmissionControl other(load(0ns));
  const ConnectFailure refused(OpenError::unreachable, "Connection refused", t0, 1h);
  other.unreachable(refused, t0);
  other.unreachable(refused, t0 + 5s);
  CHECK(other.clock().stood_still(t0 + 10s) == 10s);
  other.reached(t0 + 10s);
  other.reached(t0 + 11s);
  CHECK(other.clock().stood_still(t0 + 20s) == 10s);
}

TEST_CASE(
    "admission control: in an outage one request now and then goes, and the rows' clock stands still until it is "
    "over") {
  AdmissionControl admission(load(0ns));
  end_all(admission, CircuitBreaker::failures_to_open, answered(503), t0);
  CHECK_FALSE(admission.circuit().closed());
  int probes = 0;
  auto now = t0;
  while (now < t0 + 10min) {
    const auto decision = admission.ask(now, 0);
    if (decision.leave != Allowed::go) {
      now = decision.at;
      continue;
    }
    ++probes;
    admission.record(answered(503), AdmissionControl::Ended(decision.permit, 1, now, 1), now + 1ms, 1'000'000'007);
  }
  CHECK(probes <= 60);
  CHECK(probes >= 20);
  CHECK(admission.clock().stood_still(now) >= 10min);
}

TEST_CASE("admission control: a permit that comes back unsent leaves its place to another request") {
  LoadConfig config = load(1h);
  config.canary = CanaryMode::on;
  AdmissionControl admission(config);
  const auto first = admission.ask(t0, 0);
  CHECK(first.leave == Allowed::go);
  CHECK(admission.ask(t0, 0).leave == Allowed::wait);  // the canary's only place is taken
  admission.give_back(first.permit, t0);
  CHECK(admission.ask(t0, 0).leave == Allowed::too_fast);  // the pace: and the place is free again
  CHECK(admission.ask(t0, 0).leave == Allowed::too_fast);
}

TEST_CASE("admission control: what each end of an attempt says about the API") {
  using R = CircuitBreaker::Result;
  using Kind = AttemptEnd::Kind;
  const auto means = [](ResponseClass response_class, int http) {
    return result_of(AttemptEnd::answered(response_class, static_cast<std::uint16_t>(http)));
  };
  CHECK(means(ResponseClass::success, 200) == R::success);
  CHECK(means(ResponseClass::card_refused, 200) == R::success);
  CHECK(means(ResponseClass::refused, 404) == R::success);
  CHECK(means(ResponseClass::transient, 429) == R::throttled);
  CHECK(means(ResponseClass::transient, 503) == R::failure);
  CHECK(means(ResponseClass::unusable, 200) == R::failure);
  CHECK(means(ResponseClass::credentials, 401) == R::nothing);
  for (const int http : {200, 204, 302, 404, 502, 503, 520}) CHECK(means(ResponseClass::gateway, http) == R::gateway);
  for (const int http : {401, 403, 407}) CHECK(means(ResponseClass::gateway, http) == R::refusal);
  const auto waits = [](ResponseClass response_class, int http) {
    return result_of(AttemptEnd::answered(response_class, static_cast<std::uint16_t>(http), 1s));
  };
  for (const int http : {401, 403, 407, 404}) CHECK(waits(ResponseClass::gateway, http) == R::gateway);
  for (const ResponseClass response_class : {ResponseClass::refused, ResponseClass::credentials})
    CHECK(waits(response_class, 403) == R::failure);
  CHECK(means(ResponseClass::gateway, 429) == R::throttled);
  CHECK(means(ResponseClass::mismatch, 200) == R::nothing);
  CHECK(result_of(AttemptEnd::without_response(Kind::timeout)) == R::failure);
  CHECK(result_of(AttemptEnd::without_response(Kind::closed)) == R::failure);
  CHECK(result_of(AttemptEnd::without_response(Kind::protocol)) == R::failure);
  CHECK(result_of(AttemptEnd::without_response(Kind::not_processed)) == R::nothing);
}

TEST_CASE("admission control: with --concurrency auto other connections move the limit of requests in flight") {
  LoadConfig config = load(0ns);
  config.concurrency = Concurrency::adaptive;
  AdmissionControl admission(config);
  CHECK(admission.ask(t0, 1).leave == Allowed::go);
  CHECK(admission.ask(t0, admission.in_flight_max()).leave == Allowed::wait);
  admission.set_in_flight_max(1);
  CHECK(admission.in_flight_max() == 1);
  CHECK(admission.ask(t0, 1).leave == Allowed::wait);
}

TEST_CASE("admission control: the probes of an outage of 429s do not lower the rate any more") {
  LoadConfig adaptive = load(0ns);
  adaptive.rate.mode = RateMode::adaptive;
  AdmissionControl admission(adaptive);
  auto now = t0;
  for (std::uint64_t row = 0; admission.circuit().closed(); ++row, now += 150ms)
    admission.record(answered(429), AdmissionControl::Ended(Permit(), row, now - 1ms, 1), now, 0);
  const auto when_it_began = admission.rate().in_force().interval;
  for (const auto end = now + 10min; now < end;) {
    const auto decision = admission.ask(now, 0);
    if (decision.leave == Allowed::go)
      admission.record(answered(429), AdmissionControl::Ended(decision.permit, 1, now, 1), now + 1ms, 0);
    now = std::max(decision.at, now + 1ms);
  }
  CHECK(admission.rate().in_force().interval == when_it_began);
}

TEST_CASE(
    "admission control: with --concurrency auto answers raise the limit, 503s and timeouts lower it, 429s leave it "
    "alone") {
  LoadConfig config = load(0ns);
  config.concurrency = Concurrency::adaptive;
  config.connections = config.pipeline = 8;
  AdmissionControl admission(config);
  auto now = t0;
  const auto end_some = [&](const AttemptEnd& end, int attempts) {
    for (int n = 0; n < attempts; ++n, now += 1ms)
      admission.record(
          end, AdmissionControl::Ended(Permit(), static_cast<std::uint64_t>(n), now - 900us, admission.in_flight_max()),
          now, 0);
  };
  end_some(answered(200), 2'000);
  const std::uint32_t grown = admission.in_flight_max();
  CHECK(grown > ConcurrencyLimit::first_limit);
  end_some(answered(429), 10);
  CHECK(admission.in_flight_max() == grown);
  SUBCASE("503") { end_some(answered(503), 10); }
  SUBCASE("timeout") { end_some(AttemptEnd::without_response(AttemptEnd::Kind::timeout), 10); }
  CHECK(admission.in_flight_max() < grown);
}
