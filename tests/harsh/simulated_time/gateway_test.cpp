// Responses that are not the API's own, in simulated time with the real worker: all statuses, many bodies, at every
// moment of a run.
#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "night.hpp"

using namespace amend;
using namespace amend::test;

namespace {

constexpr unsigned rows_sent = 40;

const std::vector<std::string> bodies{
    "",
    "<html><body>Sign in</body></html>",
    "no healthy upstream",
    R"({"message":"no Route matched with those values"})",
    R"({"code":200,"data":{"customer":{"uu)",
};

// For what takes long; the policies' own tests go through all statuses.
const std::vector<int> statuses{200, 201, 204, 299, 301, 302, 304, 307, 400, 401, 402, 403, 404, 405, 407, 408, 409,
                                410, 422, 425, 429, 451, 500, 501, 502, 503, 504, 505, 520, 524, 529, 530, 599};

std::string body_for(int status) { return bodies[static_cast<std::size_t>(status) % bodies.size()]; }

bool is_refusal(int status) { return status == 401 || status == 403 || status == 407; }
bool may_pass(int status) { return status >= 500 || status == 408 || status == 425 || status == 429; }

class Reply {
 public:
  Reply(int status_, std::string body_, std::string retry_after_ = {})
      : status(static_cast<std::uint16_t>(status_)), body(std::move(body_)), retry_after(std::move(retry_after_)) {}
  std::uint16_t status;
  std::string body;
  std::string retry_after;
};

// A run whose server says of each request, by its body and the time, what a gateway answers; nothing: the API does.
class GatewayRun {
 public:
  using Says = std::function<std::optional<Reply>(const std::string& body, std::chrono::nanoseconds at)>;

  explicit GatewayRun(Says says) : says_(std::move(says)), begin_(simulated_time()) {
    ::alarm(60);
    bench.config = Config();
    bench.config.deadline.outage = 10min;
    load.rate.interval = 10ms;
    bench.config.load = load;
    bench.connections = load.connections;
    bench.server.serve = [this](FakeSession& session) { serve(session); };
  }
  ~GatewayRun() { ::alarm(0); }
  GatewayRun(const GatewayRun&) = delete;
  GatewayRun& operator=(const GatewayRun&) = delete;

  void run(unsigned count = rows_sent) {
    AdmissionControl admission(load);
    bench.run_with(admission, count);
    time = simulated_time() - begin_;
  }
  void run(const std::vector<std::string>& ids) {
    AdmissionControl admission(load);
    bench.run_with(admission, ids);
    time = simulated_time() - begin_;
  }
  // The echo call is behind the gateway too.
  void echo_as_rows() {
    bench.server.on_echo = [this] {
      const auto reply = says_("echo", simulated_time() - begin_);
      return reply ? std::pair(reply->status, reply->body)
                   : std::pair<std::uint16_t, std::string>(200, R"({"code":200,"data":{}})");
    };
  }
  std::size_t failed() const { return bench.count(Status::failed) + bench.count(Status::unknown); }
  std::size_t notices() const { return bench.control.notices().size(); }

  LoadConfig load;
  WorkerBench bench;
  std::size_t met = 0;  // requests that the gateway answered
  std::chrono::nanoseconds time{0};

 private:
  void serve(FakeSession& session) {
    while (seen_[&session] < session.received()) {
      ++seen_[&session];
      session.later_by(server_latency, [this, &session] {
        if (session.requests().empty()) return;
        const auto reply = says_(session.requests().front().body, simulated_time() - begin_);
        met += reply ? 1 : 0;
        if (!reply) return session.reply_well();
        session.reply(reply->status, reply->body, reply->retry_after);
      });
    }
  }

  Says says_;
  std::chrono::nanoseconds begin_;
  std::map<const FakeSession*, std::size_t> seen_;
};

bool is_one_of(const std::string& body, unsigned first, unsigned last) {
  for (unsigned n = first; n <= last; ++n)
    if (body == "row " + std::to_string(n)) return true;
  return false;
}

}  // namespace

TEST_CASE("gateway: from the first request on: the run stops within seconds, or waits as in an outage; no row fails") {
  for (const int status : statuses) {
    CAPTURE(status);
    for (const CanaryMode canary : {CanaryMode::on, CanaryMode::off}) {
      GatewayRun run([&](const std::string&, auto) { return Reply(status, body_for(status)); });
      run.echo_as_rows();
      run.load.canary = canary;
      run.run();
      CAPTURE(run.bench.control.text());
      CHECK(run.bench.ended.empty());
      CHECK(run.bench.control.text().find("HTTP " + std::to_string(status)) != std::string::npos);
      if (may_pass(status)) {
        CHECK(run.bench.control.cause() == StopCause::outage);
        continue;
      }
      CHECK(run.bench.control.cause() == StopCause::gateway);
      CHECK(run.time <= 10s);
      CHECK(run.met <= 3 + 16);
    }
  }
}

TEST_CASE("gateway: whatever the body, a 200 or 404 of a gateway from the start stops the run, for few rows too") {
  for (const std::string& body : bodies) {
    CAPTURE(body);
    for (const int status : {200, 404}) {
      for (unsigned count = 1; count <= 4; ++count) {
        GatewayRun run([&](const std::string&, auto) { return Reply(status, body); });
        run.run(count);
        CHECK(run.bench.control.cause() == StopCause::gateway);
        CHECK(run.met <= std::min(count, 3U));
        CHECK(run.bench.ended.empty());
      }
    }
  }
}

TEST_CASE("gateway: for five minutes in mid-run: rows wait, none fails, few requests meet it") {
  for (const int status : statuses) {
    CAPTURE(status);
    GatewayRun run([&](const std::string&, auto at) -> std::optional<Reply> {
      if (!within(at, 1s, 301s)) return std::nullopt;
      return Reply(status, body_for(status));
    });
    run.run(250);
    CAPTURE(run.bench.control.text());
    if (is_refusal(status)) {
      CHECK(run.bench.control.cause() == StopCause::gateway);
      CHECK(run.bench.control.text().find("credentials") == std::string::npos);
      CHECK(run.failed() == 0);
      CHECK(run.met <= 60);
      continue;
    }
    CHECK(run.bench.count(Status::success) == 250);
    if (status == 429) continue;  // about the rate
    CHECK(run.met <= 60);
    CHECK(run.bench.control.notices().front().find("HTTP " + std::to_string(status)) != std::string::npos);
  }
}

TEST_CASE("gateway: about one row while the others succeed: it fails after its attempts, and nothing else happens") {
  for (const int status : statuses) {
    if (status == 429) continue;
    CAPTURE(status);
    GatewayRun run([&](const std::string& body, auto) -> std::optional<Reply> {
      if (body != "row 20") return std::nullopt;
      return Reply(status, body_for(status));
    });
    run.load.rate.interval = 200ms;  // others succeed until it ends
    run.run(300);
    CAPTURE(run.bench.control.text());
    CHECK(run.bench.count(Status::success) == 299);
    CHECK(run.bench.row(20).status == Status::failed);
    CHECK(run.bench.row(20).origin == Origin::gateway);
    CHECK(run.bench.row(20).attempts == 6);
    CHECK(run.bench.row(20).applied == (status < 300 || status == 408 || status >= 500 ? Applied::maybe : Applied::no));
    // Where two attempts come one right after the other, before another row has succeeded, the echo call asks.
    CHECK(run.bench.server.echoes <= 2);
    CHECK(run.notices() == 0);
  }
}

TEST_CASE("gateway: an outage at the tail of a file, or in a file of one customer, burns no row") {
  for (const int status : statuses) {
    CAPTURE(status);
    const auto says = [&](const std::string&, auto at) -> std::optional<Reply> {
      if (!within(at, 1s, 241s)) return std::nullopt;
      return Reply(status, body_for(status));
    };
    // Refusals in a row, of the echo call too, stop the run before it is over: then the rows are unsent.
    const auto burns_none = [&](GatewayRun& run, std::size_t count) {
      CAPTURE(run.bench.control.text());
      CHECK(run.failed() == 0);
      if (is_refusal(status) && run.bench.control.cause() == StopCause::gateway) return;
      CHECK(run.bench.count(Status::success) == count);
    };
    for (const unsigned tail : {1U, 4U, 8U}) {
      GatewayRun run(says);
      run.echo_as_rows();
      run.load.canary = CanaryMode::off;
      run.run(100 - 2 + tail);
      burns_none(run, 100 - 2 + tail);
    }
    GatewayRun one(says);
    one.echo_as_rows();
    one.load.canary = CanaryMode::off;
    one.run(std::vector<std::string>(60, uuid(7)));
    burns_none(one, 60);
    if (!may_pass(status)) continue;  // the echo call cannot be used then, and --row-timeout bounds the wait
    // Rows that --row-timeout would end before their last attempt.
    GatewayRun in_a_hurry(says);
    in_a_hurry.echo_as_rows();
    in_a_hurry.load.canary = CanaryMode::off;
    in_a_hurry.bench.config.deadline.row = 2s;
    in_a_hurry.run(100 + 2);
    burns_none(in_a_hurry, 100 + 2);
  }
}

TEST_CASE("gateway: the last rows fail and the echo call succeeds: it is their own trouble, and they end soon") {
  for (const int status : {200, 204, 302, 400, 403, 404, 500, 502, 503, 520}) {
    for (const unsigned tail : {1U, 4U, 12U}) {
      CAPTURE(status);
      CAPTURE(tail);
      for (const bool own : {false, true}) {
        if (own && status < 500) continue;
        GatewayRun run([&](const std::string& body, auto) -> std::optional<Reply> {
          if (!is_one_of(body, rows_sent + 1 - tail, rows_sent)) return std::nullopt;
          return Reply(status, own ? api_refusal : body_for(status));
        });
        run.run();
        CAPTURE(run.bench.control.text());
        CHECK(run.bench.count(Status::success) == rows_sent - tail);
        CHECK(run.bench.count(Status::failed) == tail);
        CHECK(run.time <= 5min);
      }
    }
  }
}

TEST_CASE("gateway: rows that fail for ever get no more requests than --max-attempts, at any pace") {
  for (const auto interval : {0us, 100us, 1'000us, 7'000us, 15'000us, 60'000us}) {
    for (const unsigned rows : {1U, 2U, 3U, 4U}) {
      for (const std::uint32_t attempts : {1U, 2U, 3U, 8U}) {
        CAPTURE(interval.count());
        CAPTURE(rows);
        CAPTURE(attempts);
        GatewayRun run([](const std::string&, auto) { return Reply(500, api_refusal); });
        run.load.rate.interval = interval;
        run.load.canary = CanaryMode::off;
        run.bench.config.load = run.load;
        run.bench.config.retry.attempts_max = attempts;
        run.bench.config.retry.backoff_first = 1ms;  // far less than the latency: last attempts are out side by side
        run.run(rows);
        CHECK(run.bench.count(Status::failed) == rows);
        // Where a row is sent after the retries of the one before, it may be the probe, and show an outage: what fails
        // in one does not count.
        const bool may_show_outage = interval >= 15ms && rows > 1;
        if (!may_show_outage) CHECK(run.notices() == 0);
        if (run.notices() == 0) CHECK(run.met == rows * attempts);
      }
    }
  }
}

TEST_CASE("gateway: where there is no echo call the wait of the last rows is bounded by --row-timeout") {
  for (const int echo : {404, 405, 200, 302}) {
    for (const int status : {404, 503}) {
      CAPTURE(echo);
      CAPTURE(status);
      GatewayRun run([&](const std::string& body, auto) -> std::optional<Reply> {
        if (!is_one_of(body, 38, 40)) return std::nullopt;
        return Reply(status, "<html>");
      });
      run.bench.server.on_echo = [&] { return std::pair<std::uint16_t, std::string>(echo, "<html>"); };
      run.bench.config.deadline.row = 2min;
      run.run();
      CHECK(run.bench.count(Status::success) == 37);
      CHECK(run.bench.count(Status::failed) == 3);
      CHECK(run.time >= 2min);
      CHECK(run.time <= 4min);
    }
  }
}

TEST_CASE("gateway: a Retry-After on any refusal is obeyed, whoever refuses, and the rows succeed behind it") {
  for (const int status : statuses) {
    if (status < 300) continue;
    CAPTURE(status);
    for (const std::string& body : {api_refusal, std::string("<html>")}) {
      GatewayRun run([&](const std::string&, auto at) -> std::optional<Reply> {
        if (!within(at, 500ms, 3s)) return std::nullopt;
        return Reply(status, body, "4");
      });
      run.run(200);
      CAPTURE(run.bench.control.text());
      CHECK(run.bench.count(Status::success) == 200);
      CHECK(run.met <= 16);
    }
  }
}

TEST_CASE("gateway: 401, 403 or 407 for ever, though each Retry-After is obeyed, stops the run and fails no row") {
  for (const int status : {401, 403, 407}) {
    for (const std::string& body : {api_refusal, std::string("<html>")}) {
      const bool by_api = body == api_refusal;
      if (by_api && status == 407) continue;
      for (const auto begin : {0ms, 500ms}) {
        CAPTURE(status);
        CAPTURE(by_api);
        GatewayRun run([&](const std::string&, auto at) -> std::optional<Reply> {
          return at < begin ? std::nullopt : std::optional(Reply(status, body, "1"));
        });
        run.echo_as_rows();
        run.bench.config.deadline.outage = 1h;
        run.run(200);
        CHECK(run.bench.control.cause() == (by_api ? StopCause::credentials : StopCause::gateway));
        CHECK(run.failed() == 0);
        CHECK(run.time <= (begin == 0ms ? std::chrono::minutes(1) : std::chrono::minutes(15)));
      }
    }
  }
}

TEST_CASE("gateway: 401, 403 or 407 for ever at the end of a file, to the echo call too, stops the run") {
  for (const int status : {401, 403, 407}) {
    for (const unsigned left : {10U, 3U, 1U}) {
      CAPTURE(status);
      CAPTURE(left);
      GatewayRun run([&](const std::string& body, auto at) -> std::optional<Reply> {
        const bool refuses = is_one_of(body, rows_sent - left + 1, rows_sent) || (body == "echo" && at > 100ms);
        return refuses ? std::optional(Reply(status, "<html>")) : std::nullopt;
      });
      run.echo_as_rows();
      run.bench.config.deadline.outage = 1h;
      run.run();
      CHECK(run.bench.control.cause() == StopCause::gateway);
      CHECK(run.failed() == 0);
      CHECK(run.bench.count(Status::success) == rows_sent - left);
      CHECK(run.time <= (left == 10 ? std::chrono::minutes(1) : std::chrono::minutes(10)));
    }
  }
}

TEST_CASE("gateway: a page that is a JSON object does not pass for the echo: the rows at the end of a file wait") {
  for (const std::string& page : {std::string("{}"), std::string(R"({"status":"maintenance"})")}) {
    CAPTURE(page);
    GatewayRun run([&](const std::string& body, auto at) -> std::optional<Reply> {
      const bool is_late = is_one_of(body, rows_sent - 2, rows_sent) || body == "echo";
      return is_late && at < 2min ? std::optional(Reply(200, page)) : std::nullopt;
    });
    run.echo_as_rows();
    run.run();
    CHECK(run.bench.count(Status::success) == rows_sent);
  }
}

TEST_CASE("gateway: 429 with a Retry-After for ever ends, with the rows unsent and the reason") {
  for (const unsigned count : {1U, 3U, 40U}) {
    for (const std::string& body : {api_refusal, std::string("<html>")}) {
      CAPTURE(count);
      GatewayRun run([&](const std::string&, auto) { return Reply(429, body, "31"); });
      run.echo_as_rows();
      run.run(count);
      CHECK(run.bench.control.cause() == StopCause::outage);
      CHECK(run.bench.control.text().find("; the last failure: ") != std::string::npos);
      CHECK(run.failed() == 0);
      CHECK(run.time <= 20min);
    }
  }
}

TEST_CASE("gateway: one row that gets 429 with a Retry-After for ever fails, while the others succeed") {
  GatewayRun run([](const std::string& body, auto) -> std::optional<Reply> {
    if (body != "row 5") return std::nullopt;
    return Reply(429, api_refusal, "31");
  });
  run.bench.config.deadline.outage = 2min;
  run.bench.config.deadline.row = 3min;
  run.load.rate.interval = 1s;
  run.run(400);
  CHECK(run.bench.count(Status::success) == 399);
  CHECK(run.bench.row(5).status == Status::failed);
  CHECK(run.met <= 7);  // 3 minutes of 31 s each
}
