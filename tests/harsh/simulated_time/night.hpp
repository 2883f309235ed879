// A night's run in simulated time: the real worker at its defaults, and a server that answers by the time of day.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <vector>

#include "simulated_clock.hpp"
#include "unit/worker/worker_bench.hpp"

namespace amend::test {

using namespace std::chrono_literals;

// Answers each request after `latency`, as `status_at` says at the time of its arrival.
class TimedServer {
 public:
  using StatusAt = std::function<std::uint16_t(std::chrono::nanoseconds)>;
  TimedServer(std::chrono::milliseconds latency, StatusAt status_at)
      : latency_(latency), status_at_(std::move(status_at)) {}

  void serve(FakeSession& session) {
    while (seen_[&session] < session.received()) {
      ++seen_[&session];
      arrivals.push_back(simulated_time());
      const std::uint16_t status = status_at_(arrivals.back());
      refused += status != 200;
      session.later_by(latency_, [&session, status] {
        if (session.requests().empty()) return;
        if (status == 200) {
          session.reply_well();
        } else {
          session.reply(status, api_refusal);
        }
      });
    }
  }
  std::size_t arrivals_between(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(arrivals, [&](const auto at) { return at >= from && at < to; }));
  }
  /// The most in any second.
  std::size_t most_in_a_second() const {
    std::size_t most = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
      while (arrivals[i] - arrivals[first] >= 1s) ++first;
      most = std::max(most, i - first + 1);
    }
    return most;
  }

  std::vector<std::chrono::nanoseconds> arrivals;
  std::size_t refused = 0;

 private:
  std::chrono::milliseconds latency_;
  StatusAt status_at_;
  std::map<const FakeSession*, std::size_t> seen_;
};

constexpr std::chrono::milliseconds server_latency{20};

// A user's run with the defaults, except for its rate.
class Night {
 public:
  Night(std::chrono::nanoseconds interval, TimedServer::StatusAt status_at)
      : server(server_latency, [begin = simulated_time(), status_at](auto at) { return status_at(at - begin); }),
        begin(simulated_time()) {
    ::alarm(60);  // a worker that does not end ends the program
    bench.config = Config();
    load.rate.interval = interval;
    bench.config.load = load;
    bench.connections = load.connections;
    bench.server.serve = [this](FakeSession& session) { serve(session); };
  }
  void serve(FakeSession& session) {
    server.serve(session);
    bench.move_on();
    session.later_by(server_latency + 1ms, [this] { bench.move_on(); });
  }
  ~Night() { ::alarm(0); }
  Night(const Night&) = delete;
  Night& operator=(const Night&) = delete;

  void run(unsigned rows) {
    AdmissionControl admission(load);
    run_with(admission, rows);
  }
  void run_with(AdmissionControl& admission, unsigned rows) {
    bench.run_with(admission, rows);
    CAPTURE(bench.control.text());
    CHECK(bench.count(Status::success) == rows);
  }
  std::chrono::nanoseconds time() const { return simulated_time() - begin; }

  LoadConfig load;
  WorkerBench bench;
  TimedServer server;
  std::chrono::nanoseconds begin;
};

inline bool within(std::chrono::nanoseconds at, std::chrono::nanoseconds from, std::chrono::nanoseconds to) {
  return at >= from && at < to;
}

}  // namespace amend::test
