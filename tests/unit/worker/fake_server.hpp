// A transport without sockets: a worker's requests go to a function of the test, which answers, ends or holds the
// connection. Everything happens on the worker's thread.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "transport/transport.hpp"

namespace amend::test {

/// One request as the server saw it.
class Sent {
 public:
  using Clock = std::chrono::steady_clock;

  Sent(std::size_t connection_, std::size_t unanswered_before_, const Request& request)
      : connection(connection_),
        unanswered_before(unanswered_before_),
        tag(request.tag),
        body(request.body),
        at(Clock::now()),
        target_(request.target) {}

  std::string id() const { return target_.substr(target_.rfind('/') + 1); }

  std::size_t connection;  ///< counted from 1 over all sessions
  std::size_t unanswered_before;
  std::uint32_t tag;
  std::string body;
  Clock::time_point at;

 private:
  std::string target_;
};

inline std::string customer_json(const std::string& id) { return R"({"data":{"customer":{"uuid":")" + id + "\"}}}"; }

/// The body of a refusal by the API itself; with any other body it is a gateway response.
inline const std::string api_refusal = R"({"code":"E1","message":"no"})";

class FakeSession;

/// What the test says about all connections, and what they saw.
class FakeServer {
 public:
  /// Called at each flush, with the connection that has new requests.
  std::function<void(FakeSession&)> serve;
  /// What open() comes to; by default it succeeds.
  std::function<Opened()> on_open = [] { return Opened(); };

  /// Connections that stand idle for so long are closed without a word; 0: never.
  std::chrono::milliseconds idle_close{0};

  /// The response to an echo call: its status and body. By default the API is well.
  std::function<std::pair<std::uint16_t, std::string>()> on_echo = [] {
    return std::pair<std::uint16_t, std::string>(200, R"({"code":200,"data":{}})");
  };

  std::vector<Sent> seen;
  std::size_t echoes = 0;
  std::size_t connections = 0;
  std::size_t connections_open = 0;
  std::size_t distrusted = 0;
};

class FakeSession final : public Session {
 public:
  FakeSession(const boost::asio::any_io_executor& executor, FakeServer& server, std::size_t depth)
      : server_(server), depth_(depth), woken_(executor) {}

  // For the test.
  const std::deque<Sent>& requests() const { return requests_; }
  bool is_open() const { return closed_ == CloseCause::open; }
  /// Answers the oldest request; `retry_after` is the field's value.
  void reply(std::uint16_t status, std::string body, const std::string& retry_after = {}) {
    texts_.push_back(std::move(body));
    texts_.push_back(retry_after);
    Response response;
    response.status = status;
    response.body = *(texts_.end() - 2);
    response.retry_after = texts_.back();
    answered_.emplace_back(requests_.front().tag, response);
    requests_.pop_front();
    woken_.cancel();
    echo_ = echo_ && !requests_.empty();
    reply_to_echo();
  }
  void reply_well() {
    const std::string id = requests_.front().id();
    reply(200, customer_json(id));
  }
  /// A success whose head holds these field lines.
  void reply_well_with(std::string rate_fields) {
    reply_well();
    add_rate_fields(std::move(rate_fields));
  }
  /// To the answer given last.
  void add_rate_fields(std::string rate_fields) {
    texts_.push_back(std::move(rate_fields));
    answered_.back().response.head = texts_.back();
    answered_.back().response.has_rate_fields = true;
  }
  void reply_to_all() {
    while (!requests_.empty()) reply_well();
  }
  /// Answers one request each time the worker has gone round its loop.
  void reply_one_by_one() {
    if (requests_.empty()) return;
    reply_well();
    later([this] { reply_one_by_one(); });
  }
  /// Answers with `Connection: close`, which ends the connection.
  void reply_last(std::uint16_t status, const std::string& body = api_refusal) {
    reply(status, body);
    answered_.back().response.close = true;
    end(CloseCause::announced);
  }
  void end(CloseCause cause) {
    if (closed_ != CloseCause::open) return;
    closed_ = cause;
    --server_.connections_open;
    woken_.cancel();
  }
  void close_when_idle(std::size_t connection) {
    later_by(server_.idle_close, [this, connection] {
      if (connection_ != connection || !is_open()) return;
      if (in_flight() == 0) return end(CloseCause::ended);
      close_when_idle(connection);
    });
  }
  void end_in_idle_race() {
    idle_race_ = true;
    end(CloseCause::ended);
  }

  /// Requests that came on this connection and those before it.
  std::size_t received() const { return received_; }
  /// Calls `action` on the worker's thread after so long.
  void later_by(std::chrono::milliseconds time, std::function<void()> action) {
    auto timer = std::make_shared<boost::asio::steady_timer>(woken_.get_executor(), time);
    timer->async_wait([timer, action = std::move(action)](boost::system::error_code) { action(); });
  }

  /// Calls `action` on the worker's thread, after everything the worker has still to do now.
  void later(std::function<void()> action) { boost::asio::post(woken_.get_executor(), std::move(action)); }

  // Session
  boost::asio::awaitable<Opened> open() override {
    Opened opened = server_.on_open();
    if (opened.error == OpenError::none) {
      connection_ = ++server_.connections;
      ++server_.connections_open;
      if (server_.idle_close.count() > 0) close_when_idle(connection_);
      closed_ = CloseCause::open;
      idle_race_ = false;
      requests_.clear();
      answered_.clear();
    }
    co_return opened;
  }
  std::size_t capacity() const noexcept override { return is_open() ? depth_ - in_flight() : 0; }
  std::size_t in_flight() const noexcept override { return requests_.size() + answered_.size(); }
  void submit(const Request& request) override {
    if (request.method == "POST") {
      echo_ = true;
      requests_.emplace_back(connection_, in_flight(), request);
      ++server_.echoes;
      return;
    }
    ++received_;
    requests_.emplace_back(connection_, in_flight(), request);
    server_.seen.push_back(requests_.back());
  }
  void flush() override {
    if (is_open() && echo_ && requests_.size() == 1) return reply_to_echo();
    if (is_open()) server_.serve(*this);
  }
  boost::asio::awaitable<Received> next() override {
    constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    while (is_open() && answered_.empty()) {
      woken_.expires_at(std::chrono::steady_clock::time_point::max());
      auto waited = co_await woken_.async_wait(token);
      static_cast<void>(waited);
    }
    delivered_.swap(answered_);
    answered_.clear();
    delivered_texts_.swap(texts_);
    texts_.clear();
    Received received;
    received.responses = delivered_;
    if (!is_open()) {
      unanswered_.clear();
      for (const auto& request : requests_) unanswered_.push_back(request.tag);
      requests_.clear();
      received.unanswered = unanswered_;
      received.closed = closed_;
      received.idle_race = idle_race_;
      received.text = "as the test wished";
    }
    co_return received;
  }
  void close() override { end(CloseCause::local); }
  void distrust() override {
    ++server_.distrusted;
    close();
  }
  std::string security() const override { return {}; }
  std::string peer() const override { return "fake"; }

 private:
  // The echo call is the last request on its connection: its response follows those of the requests before it.
  void reply_to_echo() {
    if (!echo_ || requests_.size() != 1) return;
    echo_ = false;
    const auto [status, body] = server_.on_echo();
    reply(status, body);
  }

  FakeServer& server_;
  std::size_t depth_;
  boost::asio::steady_timer woken_;
  std::size_t connection_ = 0;
  std::size_t received_ = 0;
  CloseCause closed_ = CloseCause::local;
  bool idle_race_ = false;
  bool echo_ = false;  // the newest request is the echo call
  std::deque<Sent> requests_;
  std::vector<TaggedResponse> answered_;
  std::vector<TaggedResponse> delivered_;
  std::deque<std::string> texts_;
  std::deque<std::string> delivered_texts_;
  std::vector<std::uint32_t> unanswered_;
};

class FakeTransport final : public Transport {
 public:
  FakeTransport(FakeServer& server, std::size_t depth) : server_(server), depth_(depth) {}
  std::unique_ptr<Session> make_session(const boost::asio::any_io_executor& executor) override {
    return std::make_unique<FakeSession>(executor, server_, depth_);
  }

 private:
  FakeServer& server_;
  std::size_t depth_;
};

}  // namespace amend::test
