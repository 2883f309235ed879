#include "connection_keeper.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace amend {
namespace asio = boost::asio;

void ConnectionKeeper::start() {
  while (timers_.size() < connections_.all().size()) {
    Connection& connection = *connections_.all()[timers_.size()];
    timers_.emplace_back(io_);
    asio::co_spawn(io_, keep(connection), [this](const std::exception_ptr& error) {
      if (error) owner_.broke(error);
    });
  }
}

void ConnectionKeeper::stop() {
  over_ = true;
  connections_.close_all();
}

asio::awaitable<void> ConnectionKeeper::keep(Connection& connection) {
  while (!over_) {
    if (connection.state.phase == Connections::Phase::asleep) owner_.rests(connection);
    while (!over_ && connection.state.phase == Connections::Phase::asleep)
      co_await wait_until(connection, Connection::time_point::max());
    if (over_) break;
    const Opened opened = co_await open(connection);
    if (over_) {
      connection.session->close();
      break;
    }
    const bool is_open = opened.error == OpenError::none;
    if (is_open) connections_.opened(connection, std::chrono::steady_clock::now());
    owner_.opened(connection, opened);
    if (is_open) co_await serve(connection);
    if (over_) break;
    connections_.follow(connection, Connections::Event::rests, std::chrono::steady_clock::now(), entropy_.next());
    if (connection.state.phase != Connections::Phase::backing_off) continue;
    owner_.rests(connection);
    co_await wait_until(connection, connection.state.at);
    connections_.follow(connection, Connections::Event::waited, std::chrono::steady_clock::now());
  }
}

// The first look-up needs its thread. After the API has responded, a missing thread counts as a connection that fails:
// other processes may reach a limit for a moment, and that must not stop a long run. It does stop a measurement, which
// would have fewer connections than it reports.
asio::awaitable<Opened> ConnectionKeeper::open(Connection& connection) {
  try {
    Opened opened = co_await connection.session->open();
    co_return opened;
  } catch (const ThreadError& no_thread) {
    if (!control_.ever_answered() || !connections_.on_demand()) throw;
    co_return Opened(OpenError::unreachable, std::string("the name look-up failed: ") + no_thread.what());
  }
}

asio::awaitable<void> ConnectionKeeper::serve(Connection& connection) {
  for (;;) {
    const Received received = co_await connection.session->next();
    const bool closed = received.closed != CloseCause::open;
    if (closed) connections_.follow(connection, Connections::Event::ended, std::chrono::steady_clock::now());
    owner_.take(connection, received);
    if (closed) break;
    if (!over_ && owner_.reads_later(connection)) co_await wait_until(connection, Connection::time_point::max());
  }
}

asio::awaitable<void> ConnectionKeeper::wait_until(const Connection& connection, Connection::time_point until) {
  asio::steady_timer& timer = timers_[connection.index];
  timer.expires_at(until);
  auto waited = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  static_cast<void>(waited);
}

}  // namespace amend
