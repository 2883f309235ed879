// The addresses of one host, looked up on a thread of its own: the system's look-up can be neither bounded nor ended,
// and Asio's makes the end of the process wait for it.
//
// Threads: one NameLookup belongs to the thread of its transport. It has one thread at most, which it never waits for.
// Lifetime: its waits must be over before their executor goes; a look-up that hangs outlives the NameLookup.
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

#include "amend/transport/transport.hpp"

namespace amend {

enum class AddressFamily : std::uint8_t { any, ipv4 };

/// What a look-up has found.
class Names {
 public:
  explicit Names(std::vector<boost::asio::ip::tcp::endpoint> endpoints_) : endpoints(std::move(endpoints_)) {}
  explicit Names(Opened failure_) : failure(std::move(failure_)) {}

  std::vector<boost::asio::ip::tcp::endpoint> endpoints;  ///< in the order of the system; empty after a failure
  Opened failure;
};
static_assert(!std::is_aggregate_v<Names>);

/// One wait for a look-up; a further one needs another. `timer.cancel()` ends it early.
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

  /// The addresses now, or a failure when that takes longer than `limit`. A look-up that is under way is waited for, so
  /// one that hangs costs one thread. Throws ThreadError.
  boost::asio::awaitable<Names> find(std::shared_ptr<NameWait> wait, std::chrono::milliseconds limit);

 private:
  class Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace amend
