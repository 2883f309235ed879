// The connections of a worker: what is reported when none can be made, what stops the run, when one is opened.
#include <doctest/doctest.h>

#include "worker_bench.hpp"

using namespace amend;
using namespace amend::test;
using namespace std::chrono_literals;

namespace {

void answer_and_close(FakeSession& session) {
  session.reply_well();
  session.end(CloseCause::announced);
}

}  // namespace

TEST_CASE(
    "worker: connections that fail in the middle of a run are reported with their cause, and when they work again") {
  WorkerBench bench;
  bench.config.load.pipeline = 1;
  int failures = 0;
  bench.server.serve = [&](FakeSession& session) {
    session.reply_well();
    if (session.received() == 3) session.end(CloseCause::announced);
  };
  bench.server.on_open = [&] {
    const bool down = bench.server.connections == 1 && failures < 4;
    return down ? (++failures, Opened(OpenError::refused, "fake: Connection refused")) : Opened();
  };
  bench.run(6);
  CHECK(bench.count(Status::success) == 6);
  const auto notices = bench.control.notices();
  REQUIRE(notices.size() == 2);
  CHECK(notices[0] == "cannot connect to fake: Connection refused; rows wait, amend retries for up to 1 h");
  CHECK(notices[1].starts_with("connected again after "));
  const auto seen = bench.admission.connections().view(std::chrono::steady_clock::now());
  CHECK_FALSE(seen.present);
  CHECK(seen.times == 1);
  CHECK(seen.error == OpenError::refused);
}

TEST_CASE("worker: a refused certificate, ours or the server's, stops the run at once also in its middle") {
  for (const OpenError error : {OpenError::certificate_refused, OpenError::client_certificate_refused}) {
    CAPTURE(to_string(error));
    WorkerBench bench;
    bench.config.load.pipeline = 1;
    bench.server.serve = answer_and_close;
    bench.server.on_open = [&] {
      return bench.server.connections == 0 ? Opened() : Opened(error, "as the test wished");
    };
    bench.run(6);
    CHECK(bench.control.cause() == StopCause::tls);
    CHECK(bench.count(Status::success) == 1);
    CHECK(bench.dropped == 5);
    CHECK(bench.metrics.handshakes_failed.value() == 1);
  }
}

TEST_CASE("worker: in the middle of a run a host that is gone for a while stops nothing") {
  for (const OpenError error : {OpenError::no_such_host, OpenError::unreachable, OpenError::timeout, OpenError::refused,
                                OpenError::broken_off, OpenError::proxy_refused, OpenError::handshake_failed}) {
    CAPTURE(to_string(error));
    WorkerBench bench;
    bench.config.load.pipeline = 1;
    bench.server.serve = answer_and_close;
    bench.server.on_open = [&, failures = 0]() mutable {
      return bench.server.connections == 1 && failures++ < 3 ? Opened(error, "as the test wished") : Opened();
    };
    bench.run(3);
    CHECK(bench.count(Status::success) == 3);
    CHECK(bench.control.notices().size() == 2);
  }
}

TEST_CASE("worker: no thread for a look-up stops a run that has had no response, and no other") {
  for (const bool has_begun : {false, true}) {
    CAPTURE(has_begun);
    WorkerBench bench;
    bench.config.load.pipeline = 1;
    bench.server.serve = answer_and_close;
    bench.server.on_open = [&, failures = 0]() mutable {
      if (bench.server.connections == (has_begun ? 1 : 0) && failures++ < 3) throw ThreadError("none left");
      return Opened();
    };
    bench.run(3);
    CHECK(bench.control.cause() == (has_begun ? StopCause::none : StopCause::no_threads));
    CHECK(bench.count(Status::success) == (has_begun ? 3 : 0));
    const std::string first = has_begun ? bench.control.notices().front() : bench.control.text();
    CHECK(first.find("cannot start a thread: none left") != std::string::npos);
  }
}

TEST_CASE("worker: what was sent before the server refused our certificate was not processed: no row is unknown") {
  WorkerBench bench;
  bench.config.retry.attempts_max = 1;
  bench.server.serve = [](FakeSession& session) { session.end(CloseCause::refused); };
  bench.run(8);
  CHECK(bench.control.cause() == StopCause::tls);
  CHECK(bench.control.text() == "fake: as the test wished");
  CHECK(bench.ended.empty());
  CHECK(bench.dropped == 8);
}

TEST_CASE("worker: while rows wait for the pace, connections that the server closes are not opened again before time") {
  WorkerBench bench;
  bench.connections = 4;
  bench.config.load.rate.interval = 250ms;
  bench.server.idle_close = 80ms;
  bench.config.load.canary = CanaryMode::off;
  AdmissionControl paced(bench.config.load);
  bench.run_with(paced, 4);
  CHECK(bench.count(Status::success) == 4);
  CHECK(bench.server.connections <= 5);
}
