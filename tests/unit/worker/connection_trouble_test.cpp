#include "admission/connection_trouble.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace amend;
using namespace std::chrono_literals;
using TroubleChange = ConnectionTrouble::Change;

namespace {

constexpr ConnectionTrouble::time_point trouble_start{1'000'000s};

ConnectFailure failure(ConnectionTrouble::time_point tried_since, OpenError error = OpenError::refused) {
  return ConnectFailure(error, "host:1: Connection refused", tried_since, 1h);
}

}  // namespace

TEST_CASE("connection trouble: begins with three failures in a row, and one response ends it") {
  ConnectionTrouble trouble;
  CHECK(trouble.failed(failure(trouble_start), trouble_start) == TroubleChange::none);
  CHECK(trouble.failed(failure(trouble_start), trouble_start + 50ms) == TroubleChange::none);
  CHECK_FALSE(trouble.view(trouble_start + 50ms).present);
  CHECK(trouble.failed(failure(trouble_start + 50ms), trouble_start + 100ms) == TroubleChange::began);
  CHECK(trouble.failed(failure(trouble_start + 100ms), trouble_start + 200ms) == TroubleChange::none);
  const auto view = trouble.view(trouble_start + 8s);
  CHECK(view.present);
  CHECK(view.error == OpenError::refused);
  CHECK(view.lasted == 8s);
  CHECK(view.total == 8s);
  CHECK(view.times == 1);
  CHECK(begin_notice(view) == "cannot connect to host:1: Connection refused; rows wait, amend retries for up to 1 h");
  CHECK(trouble.reached(trouble_start + 10s) == TroubleChange::ended);
  CHECK(trouble.reached(trouble_start + 11s) == TroubleChange::none);
  CHECK(trouble.view(trouble_start + 20s).total == 10s);
  CHECK(end_notice(trouble.view(trouble_start + 20s)).starts_with("connected again after 10 s; the cause was: host:1"));
}

TEST_CASE("connection trouble: one attempt that took long is enough") {
  ConnectionTrouble trouble;
  CHECK(trouble.failed(failure(trouble_start, OpenError::timeout), trouble_start + 5s) == TroubleChange::began);
  CHECK(trouble.view(trouble_start + 5s).lasted == 5s);
}

TEST_CASE("connection trouble: failures now and then, with responses between them, are none") {
  ConnectionTrouble trouble;
  for (int i = 0; i < 100; ++i) {
    const auto now = trouble_start + i * 10s;
    CHECK(trouble.failed(failure(now), now) == TroubleChange::none);
    CHECK(trouble.failed(failure(now), now + 10ms) == TroubleChange::none);
    CHECK(trouble.reached(now + 20ms) == TroubleChange::none);
  }
  CHECK(trouble.view(trouble_start).times == 0);
}

TEST_CASE("connection trouble: the second time its notices are others, or they would be left out as repeated") {
  ConnectionTrouble trouble;
  std::string first_begin, first_end;
  for (int time = 1; time <= 2; ++time) {
    const auto now = trouble_start + time * 100s;
    CHECK(trouble.failed(failure(now - 1s), now) == TroubleChange::began);
    const std::string begin = begin_notice(trouble.view(now));
    CHECK(trouble.reached(now + 4s) == TroubleChange::ended);
    const std::string end = end_notice(trouble.view(now + 4s));
    CHECK(begin != first_begin);
    CHECK(end != first_end);
    first_begin = begin, first_end = end;
  }
  CHECK(trouble.view(trouble_start).total == 10s);
  CHECK(trouble.view(trouble_start).times == 2);
}

TEST_CASE("open error: what got further is greater, and each has a name of its own") {
  constexpr std::array all{OpenError::none,
                           OpenError::no_such_host,
                           OpenError::unreachable,
                           OpenError::timeout,
                           OpenError::refused,
                           OpenError::broken_off,
                           OpenError::proxy_refused,
                           OpenError::handshake_failed,
                           OpenError::client_certificate_refused,
                           OpenError::certificate_refused};
  for (std::size_t i = 1; i < all.size(); ++i) {
    CHECK(all[i - 1] < all[i]);
    CHECK(to_string(all[i - 1]) != to_string(all[i]));
    CHECK(is_about_tls(all[i]) == (i >= 7));
    CHECK(is_refusal(all[i]) == (i >= 8));
    CHECK(is_refusal_at_start(all[i]) == (i == 1 || i == 6 || i >= 8));
  }
}
