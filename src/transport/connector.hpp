// Opens one connection to the address of a host that answers first. Attempts overlap, and the losers are closed.
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
#include "byte_stream.hpp"
#include "transport/transport.hpp"

namespace amend {

/// Opens one connection after the other.
///
/// Threads: the one of its executor. Bounds: AddressRace's addresses at once, `patience` each. Lifetime: outlives each
/// open(), which completes only after all its attempts.
class Connector {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  /// `tls` null: plain TCP. `tunnel` is the CONNECT request when the addresses are a proxy's; empty: they are the
  /// server's. `name` is the host's name for messages; empty: it is an address.
  Connector(const boost::asio::any_io_executor& executor, TlsContext* tls, AddressMemory& memory,
            std::chrono::milliseconds patience, std::string tunnel, std::string name);
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

  /// Returns the failure of the address with the most progress. On success the stream is set. `found` is not empty.
  boost::asio::awaitable<Opened> open(std::vector<Endpoint> found);
  /// Makes a pending open() end soon.
  void give_up();

  /// Null: the last open() failed.
  std::shared_ptr<ByteStream> take_stream() noexcept { return std::move(stream_); }
  /// "127.0.0.1:8443": the address of the stream, or of the attempt with the most progress.
  const std::string& peer() const noexcept { return peer_; }

 private:
  using Clock = std::chrono::steady_clock;
  class Attempt {
   public:
    explicit Attempt(const Endpoint& endpoint_) : endpoint(endpoint_) {}
    Endpoint endpoint;
    std::shared_ptr<ByteStream> stream;  ///< null: not begun, or failed
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
  boost::asio::steady_timer timer_;  ///< of the race; cancelled when an attempt ends
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
