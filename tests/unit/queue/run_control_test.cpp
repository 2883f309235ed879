#include "queue/run_control.hpp"

#include <doctest/doctest.h>

using amend::RunControl;
using amend::StopCause;
using namespace std::chrono_literals;

namespace {

const auto now = RunControl::Clock::time_point(1h);

}  // namespace

TEST_CASE("run control: the first cause counts, but a log that cannot be written and a defect outweigh it") {
  int changes = 0;
  RunControl control([&] { ++changes; });
  CHECK_FALSE(control.draining());
  control.stop(StopCause::interrupted, "first");
  control.stop(StopCause::outage, "second");
  CHECK(control.cause() == StopCause::interrupted);
  CHECK(control.text() == "first");
  control.stop(StopCause::not_durable, "no space");
  CHECK(control.cause() == StopCause::not_durable);
  control.stop(StopCause::defect, "a row lost");
  control.stop(StopCause::not_durable, "no space");
  CHECK(control.cause() == StopCause::defect);
  CHECK(control.text() == "a row lost");
  CHECK(changes == 1);
  control.stop_now(StopCause::interrupted, "again");
  CHECK(control.stopping_now());
  CHECK(changes == 2);
}

TEST_CASE("run control: the last failure is kept with its code and words, to be put behind the reason of a stop") {
  RunControl control([] {});
  CHECK(control.last_failure_clause().empty());
  control.failed("http.503", "HTTP 503, not the API's own response: no body");
  control.failed("E17", "");
  CHECK(control.last_failure() == "E17");
  control.failed("E18", "phone is bad");
  CHECK(control.last_failure_clause() == "; the last failure: E18: phone is bad");
}

TEST_CASE("run control: when a response last came is known") {
  RunControl control([] {});
  CHECK_FALSE(control.ever_answered());
  control.answered(now);
  CHECK(control.ever_answered());
  CHECK(control.last_response() == now);
}

TEST_CASE("run control: whoever keeps connections is woken when there shall be more or fewer") {
  int changes = 0;
  RunControl control([&] { ++changes; });
  CHECK(control.connections() == 0);
  control.set_connections(8);
  CHECK(control.connections() == 8);
  CHECK(changes == 1);
}

TEST_CASE("run control: a notice is kept once, in order, and their number is bounded") {
  RunControl control([] {});
  control.notice("a");
  control.notice("b");
  control.notice("a");
  CHECK(control.notices() == std::vector<std::string>{"a", "b"});
  CHECK(control.notices(1) == std::vector<std::string>{"b"});
  CHECK(control.notices(9).empty());
  for (int i = 0; i < 100; ++i) control.notice(std::to_string(i));
  CHECK(control.notices().size() == RunControl::notices_max);
}

TEST_CASE("run control: whoever keeps connections is woken to make them anew") {
  int changes = 0;
  RunControl control([&] { ++changes; });
  CHECK(control.reconnects() == 0);
  control.reconnect();
  CHECK(control.reconnects() == 1);
  CHECK(changes == 1);
  CHECK_FALSE(control.draining());
}
