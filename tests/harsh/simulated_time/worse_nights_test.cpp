// Several troubles at once: pauses, low rates, few connections, limits far below the rate.
#include <doctest/doctest.h>

#include "night.hpp"

using namespace amend;
using namespace amend::test;

namespace {

std::uint16_t always_well(std::chrono::nanoseconds) { return 200; }

// A token bucket of the server.
TimedServer::StatusAt hidden_limit(double rate) {
  return [tokens = rate / 10 + 1, last = std::chrono::nanoseconds(0), rate](auto at) mutable {
    tokens = std::min(rate / 10 + 1, tokens + rate * std::chrono::duration<double>(at - last).count());
    last = at;
    if (tokens < 1) return std::uint16_t{429};
    tokens -= 1;
    return std::uint16_t{200};
  };
}

// Pauses the run once `after` requests have come, for so long.
void pause_once(Night& night, AdmissionControl& admission, std::size_t after, std::chrono::milliseconds length) {
  night.bench.server.serve = [&night, &admission, after, length, paused = false](FakeSession& session) mutable {
    night.serve(session);
    if (paused || night.server.arrivals.size() < after) return;
    paused = true;
    admission.pause(std::chrono::steady_clock::now());
    session.later_by(length, [&] {
      admission.unpause(std::chrono::steady_clock::now());
      night.bench.control.wake();
    });
  };
}

// No answer; and the worker's own patience with the oldest request, which the fake session has not.
void swallow(Night& night, FakeSession& session) {
  session.later_by(30s, [&session] {
    if (session.requests().empty()) return;
    if (std::chrono::steady_clock::now() - session.requests().front().at >= 30s) session.end(CloseCause::timeout);
  });
  night.bench.move_on();
}

}  // namespace

TEST_CASE("night: a pause of two hours, while the server closes idle connections, stops nothing") {
  Night night(40ms, always_well);
  night.bench.server.idle_close = 75s;
  AdmissionControl admission(night.load);
  pause_once(night, admission, 100, 2h);
  night.run_with(admission, 300);
  CHECK(night.time() >= 2h);
  CHECK(night.bench.server.connections <= 4 * 3);  // none is made while nothing can go
}

TEST_CASE("night: a server that closes connections before anything was sent on them is there all the same") {
  Night night(1min, always_well);
  night.bench.server.idle_close = 5s;
  night.run(20);
}

TEST_CASE("night: an outage in which the run is paused for two hours counts without the pause") {
  Night night(40ms, [](auto at) { return within(at, 5s, 7'400s) ? std::uint16_t{503} : std::uint16_t{200}; });
  AdmissionControl admission(night.load);
  pause_once(night, admission, 150, 2h);
  night.run_with(admission, 500);
  CHECK(night.time() >= 2h);
}

TEST_CASE("night: a limit far below --rate: no row fails, and few requests are refused once it is found") {
  for (const double limit : {10.0, 5.0, 2.0, 1.0}) {
    CAPTURE(limit);
    Night night(40ms, hidden_limit(limit));
    night.run(2'000);
    // To find out whether a share of 429s has nothing to do with the rate costs some refusals.
    CHECK(night.server.refused <= 2'000 * 5 / 100 + 150);
    CHECK(std::chrono::duration<double>(night.time()).count() <= 2'000 / limit * 1.25 + 60);
    REQUIRE(night.bench.control.notices().size() == 1);
    CHECK(night.bench.control.notices().front().starts_with("the API returns 429 (too many requests) at this rate"));
  }
}

TEST_CASE("night: an outage of ten minutes at slow paces burns no row, at the start and later") {
  for (const auto interval : {40ms, 200ms, 1'000ms, 2'000ms, 10'000ms}) {
    for (const auto from : {0s, 30s}) {
      CAPTURE(interval.count());
      CAPTURE(from.count());
      Night night(interval,
                  [=](auto at) { return within(at, from, from + 600s) ? std::uint16_t{503} : std::uint16_t{200}; });
      night.run(300);
    }
  }
}

TEST_CASE("night: a server that answers nothing for twenty minutes burns no row, also with one connection") {
  for (const std::uint32_t connections : {4U, 1U}) {
    for (const auto interval : {40ms, 1'000ms}) {
      CAPTURE(connections);
      CAPTURE(interval.count());
      Night night(interval, always_well);
      night.load.connections = connections;
      night.bench.config.load = night.load;
      night.bench.connections = connections;
      night.bench.server.serve = [&](FakeSession& session) {
        within(night.time(), 60s, 1'260s) ? swallow(night, session) : night.serve(session);
      };
      night.run(2'500);
    }
  }
}

TEST_CASE("night: rows that always fail are told from an outage that is over, and the run ends") {
  Night night(40ms, always_well);
  night.load.canary = CanaryMode::off;
  night.bench.config.load = night.load;
  night.bench.server.serve = [&](FakeSession& session) {
    session.later_by(20ms, [&session, requests = session.requests().size(), &night] {
      for (std::size_t i = 0; i < requests && !session.requests().empty(); ++i) {
        const std::string& row = session.requests().front().body;
        const bool fails = row == "row 60" || row == "row 61" || within(night.time(), 2s, 20s);
        fails ? session.reply(500, api_refusal) : session.reply_well();
      }
      night.bench.move_on();
    });
  };
  AdmissionControl admission(night.load);
  night.bench.run_with(admission, 100);
  CHECK(night.bench.count(Status::success) == 98);
  CHECK(night.bench.row(60).status == Status::failed);
  CHECK(night.bench.row(61).status == Status::failed);
  CHECK(night.time() < 5min);
}

TEST_CASE("night: time without any connection does not count against --row-timeout") {
  for (const bool with_answer : {true, false}) {
    CAPTURE(with_answer);
    Night night(40ms, always_well);
    const auto refused = [&] { return within(night.time(), 5s, 905s); };
    night.bench.server.on_open = [&] { return refused() ? Opened(OpenError::unreachable, "refused") : Opened(); };
    int trouble = 0;
    night.bench.server.serve = [&](FakeSession& session) {
      if (refused()) return session.end(CloseCause::ended);
      if (night.time() < 905s || trouble++ >= 3) return night.serve(session);
      session.later_by(20ms, [&session, with_answer] {
        if (!with_answer) return session.end(CloseCause::lost);
        while (!session.requests().empty()) session.reply(503, api_refusal);
      });
    };
    night.run(500);
  }
}

TEST_CASE("night: no connection can be made for --outage-limit: the run stops, however long it was paused before") {
  Night night(40ms, always_well);
  AdmissionControl admission(night.load);
  pause_once(night, admission, 100, 2h);
  night.bench.server.on_open = [&] { return night.time() < 1h ? Opened() : Opened(OpenError::unreachable, "refused"); };
  const auto serve = night.bench.server.serve;
  night.bench.server.serve = [&, serve](FakeSession& session) {
    night.time() < 2h + 10s ? serve(session) : session.end(CloseCause::ended);
  };
  night.bench.run_with(admission, 2'000);
  CHECK(night.bench.control.cause() == StopCause::outage);
  CHECK(night.time() >= 3h);
  CHECK(night.time() < 3h + 2min);
  CHECK(night.bench.count(Status::success) == night.bench.ended.size());
}

TEST_CASE("night: a connection that is closed before anything was sent on it says nothing about the API") {
  // While the first row waits for its answer nothing else may go, and a second connection stands idle.
  Night night(40ms, always_well);
  night.bench.server.idle_close = 2s;
  night.bench.server.serve = [&](FakeSession& session) {
    session.later_by(night.bench.server.seen.size() == 1 ? 25s : 20ms, [&] {
      session.reply_to_all();
      night.bench.move_on();
    });
  };
  night.run(100);
}

TEST_CASE("night: after a pause of two hours a retry still waits before it goes") {
  Night night(40ms, always_well);
  AdmissionControl admission(night.load);
  bool paused = false;
  std::map<std::string, int> seen;
  night.bench.server.serve = [&](FakeSession& session) {
    session.later_by(server_latency, [&session, &seen] {
      while (!session.requests().empty()) {
        const std::string row = session.requests().front().body;
        ++seen[row] == 1 && row.ends_with('7') ? session.reply(500, api_refusal) : session.reply_well();
      }
    });
    session.later_by(server_latency + 1ms, [&night] { night.bench.move_on(); });
    if (paused || night.bench.server.seen.size() < 20) return;
    paused = true;
    admission.pause(std::chrono::steady_clock::now());
    session.later_by(2h, [&] {
      admission.unpause(std::chrono::steady_clock::now());
      night.bench.control.wake();
    });
  };
  night.run_with(admission, 400);
  std::chrono::nanoseconds waited{0};
  int retries = 0;
  for (std::uint64_t row = 107; row <= 400; row += 10, ++retries) {
    const auto sent = night.bench.sent(row);
    REQUIRE(sent.size() == 2);
    waited += sent[1].at - sent[0].at - server_latency;
  }
  CHECK(waited / retries >= 125ms);  // 250 ms on average: between 0 and 500 ms
}

namespace {

// A millisecond for a signature; remembers when each row was last signed.
class SlowSigner final : public Signer {
 public:
  SlowSigner(std::map<std::string, std::chrono::nanoseconds>& signed_at, std::function<void()> on_signature)
      : signed_at_(signed_at), on_signature_(std::move(on_signature)) {}
  void append_headers(const Request& request, std::chrono::system_clock::time_point, std::string&) override {
    signed_at_[std::string(request.body)] = simulated_time();
    let_pass(1ms);
    on_signature_();
  }
  std::size_t signatures_per_turn() const noexcept override { return 1; }

 private:
  std::map<std::string, std::chrono::nanoseconds>& signed_at_;
  std::function<void()> on_signature_;
};

}  // namespace

namespace {

// As fast as it goes, in lots.
void without_pace(Night& night, std::uint32_t pipeline) {
  night.load.pipeline = pipeline;
  night.load.canary = CanaryMode::off;
  night.bench.config.load = night.load;
}

}  // namespace

TEST_CASE("night: what was signed before a pause of two hours is signed again after it") {
  Night night(0ns, always_well);
  without_pace(night, 64);
  AdmissionControl admission(night.load);
  std::map<std::string, std::chrono::nanoseconds> signed_at;
  std::size_t signatures = 0;
  bool to_pause = false;
  night.bench.make_signer = [&] {
    return std::make_unique<SlowSigner>(signed_at, [&] {
      ++signatures;
      if (std::exchange(to_pause, false)) admission.pause(std::chrono::steady_clock::now());
    });
  };
  std::chrono::nanoseconds oldest{0};
  std::size_t looked_at = 0;
  night.bench.server.serve = [&](FakeSession& session) {
    for (; looked_at < night.bench.server.seen.size(); ++looked_at) {
      oldest = std::max(oldest, simulated_time() - signed_at.at(night.bench.server.seen[looked_at].body));
      if (looked_at != 100) continue;
      to_pause = true;
      session.later_by(2h, [&] {
        admission.unpause(std::chrono::steady_clock::now());
        night.bench.control.wake();
      });
    }
    night.serve(session);
  };
  night.run_with(admission, 400);
  CHECK(night.time() >= 2h);
  CHECK(signatures > 400);
  CHECK(oldest <= 1s);
}

TEST_CASE("night: a row's time is the server's: what its signature took is not in it") {
  Night night(500ms, always_well);
  std::map<std::string, std::chrono::nanoseconds> signed_at;
  night.bench.make_signer = [&] { return std::make_unique<SlowSigner>(signed_at, [] { let_pass(100ms); }); };
  night.run(100);
  for (const Ended& row : night.bench.ended) CHECK(row.service < server_latency + 50ms);
}

TEST_CASE("night: a lot that is signed goes out at once, not behind the first signature of the next") {
  Night night(0ns, always_well);
  night.load.pipeline = 16;
  night.load.connections = night.bench.connections = 1;  // so that lots are complete before there is room for them
  night.bench.config.load = night.load;
  std::map<std::string, std::chrono::nanoseconds> signed_at;
  night.bench.make_signer = [&] { return std::make_unique<SlowSigner>(signed_at, [] {}); };
  std::size_t looked_at = 0;
  std::size_t largest_lot = 0;
  night.bench.server.serve = [&](FakeSession& session) {
    const auto& seen = night.bench.server.seen;
    largest_lot = std::max(largest_lot, seen.size() - looked_at);
    for (; looked_at < seen.size(); ++looked_at) CHECK(seen[looked_at].at == std::chrono::steady_clock::now());
    night.serve(session);
  };
  night.run(200);
  CHECK(largest_lot == 8);
}

TEST_CASE("night: rows that are signed when the run is to stop do not go out") {
  Night night(0ns, always_well);
  without_pace(night, 32);
  AdmissionControl admission(night.load);
  std::map<std::string, std::chrono::nanoseconds> signed_at;
  night.bench.make_signer = [&] {
    return std::make_unique<SlowSigner>(signed_at, [&] {
      if (signed_at.size() == 5) night.bench.control.stop(StopCause::interrupted, "");
    });
  };
  night.bench.run_with(admission, 64);
  CHECK(signed_at.size() == 5);
  CHECK(night.bench.server.seen.empty());
  CHECK(night.bench.ended.empty());
  CHECK(night.bench.dropped == 64);
}
