// Opens one connection to whichever of a host's addresses answers first. Attempts overlap; the losers are closed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "address_race.hpp"
#include "amend/transport/transport.hpp"
#include "byte_stream.hpp"

namespace amend {

/// Threads: those of its executor, one. Bounds: AddressRace's addresses at once, `patience` each. Lifetime: outlives
/// each open(), which ends only when all its attempts have.
class Connector {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  /// `tls` null: plain TCP. `tunnel`: the CONNECT request when the addresses are a proxy's; empty: they are the
  /// server's. `name`: of the host, for texts; empty: it is an address.
  Connector(const boost::asio::any_io_executor& executor, TlsContext* tls, AddressMemory& memory,
            std::chrono::milliseconds patience, std::string tunnel, std::string name);
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  /// Of all failures, the one of the address that got furthest. Then the stream is set when it worked. `found` is not
  /// empty.
  boost::asio::awaitable<Opened> open(std::vector<Endpoint> found);
  /// Makes an open() that is under way end soon.
  void give_up();

  /// Null: the last open() failed.
  std::shared_ptr<ByteStream> take_stream() noexcept { return std::move(stream_); }
  /// "127.0.0.1:8443": where the stream leads to, or the address that got furthest.
  const std::string& peer() const noexcept { return peer_; }

 private:
  using Clock = std::chrono::steady_clock;
  class Attempt {
   public:
    explicit Attempt(const Endpoint& endpoint_) : endpoint(endpoint_) {}
    Endpoint endpoint;
    std::shared_ptr<ByteStream> stream;  ///< null: not begun, or ended without success
    Opened result;
    bool is_over = false;
  };

  boost::asio::awaitable<void> try_address(std::size_t address);
  void begin(std::size_t address);
  void look(Clock::time_point now);
  void end_attempt(std::size_t address, Opened result);
  Opened too_late(const ByteStream& stream) const;
  void close_losers(Clock::time_point now);
  Opened conclude();

  boost::asio::any_io_executor executor_;
  TlsContext* tls_;
  AddressMemory& memory_;
  const std::chrono::milliseconds patience_;
  const std::string tunnel_;
  const std::string name_;
  boost::asio::steady_timer timer_;  ///< of the race; cancelled whenever an attempt has ended
  std::vector<Attempt> attempts_;
  std::optional<AddressRace> race_;
  std::optional<std::size_t> winner_;
  std::size_t running_ = 0;
  bool given_up_ = false;
  std::exception_ptr error_;
  std::shared_ptr<ByteStream> stream_;
  std::string peer_;
};

}  // namespace amend
