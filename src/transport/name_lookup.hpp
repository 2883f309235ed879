// Looks up the addresses of a host on a thread of its own. The system's look-up cannot be bounded or cancelled, and
// with Asio's resolver the end of the process would wait for it.
//
// Threads: a NameLookup belongs to the thread of its transport. It has at most one thread, and never waits for it.
// Lifetime: its waits must end before their executor. A look-up that hangs outlives the NameLookup.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "transport/transport.hpp"

namespace amend {

enum class AddressFamily : std::uint8_t { any, ipv4 };

/// The result of a look-up.
class Names {
 public:
  explicit Names(std::vector<boost::asio::ip::tcp::endpoint> endpoints_) : endpoints(std::move(endpoints_)) {}
  explicit Names(Opened failure_) : failure(std::move(failure_)) {}

  std::vector<boost::asio::ip::tcp::endpoint> endpoints;  ///< in the system's order; empty after a failure
  Opened failure;
};
static_assert(!std::is_aggregate_v<Names>);

/// One wait for a look-up; use a new object for each. `timer.cancel()` ends it early.
class NameWait {
 public:
  explicit NameWait(const boost::asio::any_io_executor& executor) : timer(executor) {}

  boost::asio::steady_timer timer;
  std::optional<Names> found;  ///< guarded by the look-up
};

class NameLookup {
 public:
  NameLookup(std::string host, std::string port, AddressFamily family);
  ~NameLookup();
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  /// Returns the addresses, or a failure when it takes longer than `limit`. It joins a look-up that is already running,
  /// so a look-up that hangs costs one thread. Throws ThreadError.
  boost::asio::awaitable<Names> find(std::shared_ptr<NameWait> wait, std::chrono::milliseconds limit);

 private:
  class Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace amend
