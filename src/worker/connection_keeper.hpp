// The coroutines of an event loop's connections. Each opens its connection when it is wanted, reads until it ends, and
// waits before it opens it again. Connections and their owner decide what happens.
//
// *Threads.* The loop's. *Errors.* `Owner::broke` gets the exception of a coroutine. *Bounds.* One coroutine and one
// timer for each connection. *Lifetime.* Owner and connections outlive it. It lives until the loop
// has ended.
// *Source.* connections.hpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <exception>

#include "connections.hpp"
#include "queue/run_control.hpp"
#include "worker/entropy.hpp"

namespace amend {

class ConnectionKeeper {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// The connection sleeps, or backs off.
    virtual void rests(const Connection& connection) = 0;
    /// The connection is open, or could not be opened: `opened` has the error.
    virtual void opened(Connection& connection, const Opened& opened) = 0;
    virtual void take(Connection& connection, const Received& received) = 0;
    /// True: the connection is not read again until wake().
    virtual bool reads_later(Connection& connection) = 0;
    virtual void broke(const std::exception_ptr& error) = 0;
  };

  ConnectionKeeper(boost::asio::io_context& io, Connections& connections, RunControl& control, Owner& owner)
      : io_(io), connections_(connections), control_(control), owner_(owner) {}

  /// Starts the coroutines of connections that have none.
  void start();
  void wake(const Connection& connection) { timers_[connection.index].cancel(); }
  /// Closes all connections, and opens none again.
  void stop();

 private:
  boost::asio::awaitable<void> keep(Connection& connection);
  boost::asio::awaitable<Opened> open(Connection& connection);
  boost::asio::awaitable<void> serve(Connection& connection);
  boost::asio::awaitable<void> wait_until(const Connection& connection, Connection::time_point until);

  boost::asio::io_context& io_;
  Connections& connections_;
  RunControl& control_;
  Owner& owner_;
  Entropy entropy_;
  std::deque<boost::asio::steady_timer> timers_;  // by Connection::index
  bool over_ = false;
};

}  // namespace amend
