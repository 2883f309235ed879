// Accepts a bounded number of connections at once. One too many replaces the connection that has been silent longest,
// so that silent connections cannot exclude other clients. When all are busy, further ones wait in the kernel's queue.
//
// Threads: the io_context's only one. Bounds: `at_once` connections and one more; each must end by a deadline, as
// otherwise no further one is accepted. Source: layer 5.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace amend::cli {

/// One connection, from its acceptance to its end.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  /// Starts reading. Its handlers keep it alive.
  virtual void begin() = 0;
  /// Ends it immediately, whatever it does. It may be called again.
  virtual void close() = 0;
  /// Whether its client has no unanswered request.
  virtual bool is_silent() const noexcept = 0;
};

template <class Protocol>
class AcceptLoop {
 public:
  using Socket = typename Protocol::socket;
  using Acceptor = typename Protocol::acceptor;
  using Gone = std::function<void()>;
  /// Makes the object for a socket. It calls `gone` once, when it has closed.
  using Receive = std::function<std::shared_ptr<Connection>(Socket socket, Gone gone)>;

  AcceptLoop(boost::asio::io_context& context, std::size_t at_once, Receive receive)
      : acceptor_(context), again_(context), at_once_(at_once), receive_(std::move(receive)) {}

  /// Make it listen before start().
  Acceptor& acceptor() noexcept { return acceptor_; }
  const Acceptor& acceptor() const noexcept { return acceptor_; }

  void start() {
    if (accepting_ || closed_ || connections_.size() > at_once_) return;
    accepting_ = true;
    acceptor_.async_accept([this](boost::system::error_code error, Socket socket) {
      accepting_ = false;
      if (closed_) return;
      if (error) return wait();
      admit(std::move(socket));
      start();
    });
  }

  /// Ends all connections and accepts no more. The object must outlive the handlers that this call releases.
  void close() {
    closed_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    again_.cancel();
    const auto connections = connections_;
    for (const auto& [number, connection] : connections) connection->close();
  }

 private:
  void admit(Socket socket) {
    const auto number = ++numbers_;
    const auto connection = receive_(std::move(socket), [this, number] {
      connections_.erase(number);
      start();
    });
    make_room();
    connections_.emplace(number, connection);
    connection->begin();
  }

  // They are in the order of arrival.
  void make_room() {
    if (connections_.size() < at_once_) return;
    const auto silent = std::ranges::find_if(connections_, [](const auto& entry) { return entry.second->is_silent(); });
    if (silent == connections_.end()) return;
    const auto connection = silent->second;
    connection->close();
  }

  // Probably no descriptor is free. An immediate retry would only use the processor.
  void wait() {
    again_.expires_after(std::chrono::milliseconds(100));
    again_.async_wait([this](boost::system::error_code error) {
      if (!error) start();
    });
  }

  Acceptor acceptor_;
  boost::asio::steady_timer again_;
  const std::size_t at_once_;
  const Receive receive_;
  std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::uint64_t numbers_ = 0;
  bool accepting_ = false;
  bool closed_ = false;
};

}  // namespace amend::cli
