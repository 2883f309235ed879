// A session driven from a test, one step at a time, on the test's own thread.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/scripted_server.hpp"
#include "support/simulator.hpp"
#include "transport/transport.hpp"

namespace test {

/// A lot without views.
class Seen {
 public:
  Seen() = default;
  explicit Seen(const amend::Received& received)
      : closed(received.closed),
        unanswered(received.unanswered.begin(), received.unanswered.end()),
        idle_race(received.idle_race),
        depth_fell(received.depth_fell),
        text(received.text) {
    for (const auto& answer : received.responses) {
      tags.push_back(answer.tag);
      bodies.emplace_back(answer.response.body);
    }
  }

  std::vector<std::uint32_t> tags;
  std::vector<std::string> bodies;
  amend::CloseCause closed = amend::CloseCause::open;
  std::vector<std::uint32_t> unanswered;
  bool idle_race = false;
  bool depth_fell = false;
  std::string text;
};

using Tags = std::vector<std::uint32_t>;

/// What a client of a test is given; by default one that waits long and goes 8 deep.
class ClientSetup {
 public:
  explicit ClientSetup(const std::string& url) { target.url = url; }

  amend::TargetConfig target;
  amend::DeadlineConfig deadline;
  std::size_t depth = 8;
};

inline ClientSetup plain_to(const std::string& port) { return ClientSetup("http://127.0.0.1:" + port); }
inline ClientSetup tls_to(const std::string& port) {
  ClientSetup setup("https://127.0.0.1:" + port);
  setup.target.ca_file = certificates() + "/ca.pem";
  return setup;
}
inline ServerTls server_tls() { return ServerTls(certificates() + "/server.pem", certificates() + "/server.key"); }

class SessionClient {
 public:
  explicit SessionClient(const ClientSetup& setup)
      : transport_(amend::make_http1_transport(amend::parse_target(setup.target), setup.target, setup.deadline,
                                               setup.depth, "User-Agent: test\r\n")),
        session_(transport_->make_session(io_.get_executor())) {}
  ~SessionClient() {
    session_->close();
    io_.restart();
    io_.poll();
  }
  SessionClient(const SessionClient&) = delete;
  SessionClient& operator=(const SessionClient&) = delete;

  amend::Session& operator*() { return *session_; }
  amend::Session* operator->() { return session_.get(); }

  amend::Opened open() { return wait_for(session_->open()); }
  void submit(std::uint32_t tag, std::string_view body = "{}") {
    amend::Request request("PUT", "/x", body);
    request.tag = tag;
    session_->submit(request);
  }
  void send(const Tags& tags) {
    for (const auto tag : tags) submit(tag);
    session_->flush();
  }
  Seen next() { return Seen(wait_for(session_->next())); }
  /// As many lots as it takes until `answers` answers are there or the connection is closed, as one.
  Seen collect(std::size_t responses) {
    Seen all;
    while (all.tags.size() < responses && all.closed == amend::CloseCause::open) add(all, next());
    return all;
  }
  Seen collect_to_the_end() {
    Seen all;
    while (all.closed == amend::CloseCause::open) add(all, next());
    return all;
  }
  /// Starts next(), then calls session.close() while it waits.
  Seen close_while_waiting() {
    std::optional<amend::Received> received;
    start(session_->next(), received);
    io_.restart();
    io_.poll();
    REQUIRE(!received);
    session_->close();
    finish(received);
    return Seen(*received);
  }
  /// Starts open(), then calls session.close() while it waits.
  amend::Opened close_while_opening() {
    std::optional<amend::Opened> opened;
    start(session_->open(), opened);
    io_.restart();
    io_.poll();
    REQUIRE(!opened);
    session_->close();
    finish(opened);
    return *opened;
  }

 private:
  static void add(Seen& all, Seen more) {
    all.tags.insert(all.tags.end(), more.tags.begin(), more.tags.end());
    all.bodies.insert(all.bodies.end(), more.bodies.begin(), more.bodies.end());
    more.tags.swap(all.tags);
    more.bodies.swap(all.bodies);
    all = std::move(more);
  }
  template <class T>
  void start(boost::asio::awaitable<T> task, std::optional<T>& result) {
    boost::asio::co_spawn(io_, std::move(task), [&result](std::exception_ptr error, T value) {
      if (error) std::rethrow_exception(error);
      result.emplace(std::move(value));
    });
  }
  template <class T>
  void finish(std::optional<T>& result) {
    io_.restart();
    while (!result && io_.run_one_for(std::chrono::seconds(20)) > 0) {
    }
    REQUIRE_MESSAGE(result, "nothing came back within 20 seconds");
  }
  template <class T>
  T wait_for(boost::asio::awaitable<T> task) {
    std::optional<T> result;
    start(std::move(task), result);
    finish(result);
    return std::move(*result);
  }

  boost::asio::io_context io_{1};
  std::unique_ptr<amend::Transport> transport_;
  std::unique_ptr<amend::Session> session_;
};

inline const std::string ok = answer(200, "{}");
inline const std::string last_ok = answer(200, "{}", "Connection: close\r\n");

// The same script, once in the clear and once with TLS.
template <class Check>
void with_and_without_tls(const std::vector<Script>& scripts, Check check) {
  {
    INFO("plain");
    ScriptedServer server(scripts);
    SessionClient client(plain_to(server.port()));
    check(client, server);
  }
  INFO("TLS");
  ScriptedServer server(scripts, server_tls());
  SessionClient client(tls_to(server.port()));
  check(client, server);
}

inline void require_open(SessionClient& client) {
  const auto opened = client.open();
  REQUIRE_MESSAGE(opened.error == amend::OpenError::none, opened.text);
}

inline void answer_one_and_finish(Peer& peer) {
  peer.expect(1);
  peer.send(ok);
}

}  // namespace test
