// SEAM: how requests reach the API. A worker drives sessions and never sees a socket. Layer 2.
//
// `Transport` makes sessions for one worker thread; a `Session` is one connection that is opened again and again.
// Everything here belongs to the thread that runs the executor; nothing is thread-safe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "amend/config.hpp"
#include "amend/row/request.hpp"
#include "amend/row/response.hpp"
#include "amend/transport/open_error.hpp"
#include "amend/transport/target.hpp"

namespace amend {

class Opened {
 public:
  Opened() = default;
  Opened(OpenError error_, std::string text_) : error(error_), text(std::move(text_)) {}

  OpenError error = OpenError::none;
  std::string text;  ///< for people; names the address and the reason
};
static_assert(!std::is_aggregate_v<Opened>);

/// Why a session is closed.
enum class CloseCause : std::uint8_t {
  open,       ///< it is not
  announced,  ///< an answer said `Connection: close`: what is unanswered was not processed (RFC 9112 §9.6)
  ended,      ///< the server closed without a word
  lost,       ///< reset, or another error of the network
  timeout,    ///< the oldest request got no complete answer in time
  protocol,   ///< bytes that are no answer, or that nobody asked for
  refused,    ///< the server did not accept our client certificate: what is unanswered was not processed
  local,      ///< we closed it
};

/// One complete answer and the tag of its request.
class Answer {
 public:
  Answer(std::uint32_t tag_, const Response& response_) noexcept : tag(tag_), response(response_) {}

  std::uint32_t tag;
  Response response;
};

/// What one wake-up brought. Views are valid until the next call of `Session::next` or `open`.
class Lot {
 public:
  Lot() = default;

  std::span<const Answer> answers;            ///< in the order of their requests
  CloseCause closed = CloseCause::open;       ///< set: this is the connection's last lot
  std::span<const std::uint32_t> unanswered;  ///< with `closed`: tags without an answer, oldest first
  bool idle_race = false;  ///< with `ended` or `lost`: the server had closed a connection that stood idle before it saw
                           ///< these requests; nobody is to blame
  bool depth_fell = false;  ///< with `closed`: the host never stands pipelining; from here on one request at a time
  std::string_view text;    ///< with `closed`: the reason, for people
};
static_assert(!std::is_aggregate_v<Lot>);

/// One connection. Requests are answered in the order of submission.
class Session {
 public:
  virtual ~Session() = default;

  /// Resolves, then connects to the first address that answers and does the TLS handshake with it: the connect deadline
  /// is for each address, and attempts overlap. Of several failures the one that got furthest comes back.
  virtual boost::asio::awaitable<Opened> open() = 0;

  /// How many more requests may be submitted now. 0 while closed or closing. After an unannounced close the next
  /// connection takes one request, and more only once that is answered (RFC 9112 §9.3.2). Never more than one at a time
  /// for a host that answers only the first of several again and again (Lot::depth_fell).
  virtual std::size_t capacity() const noexcept = 0;
  virtual std::size_t in_flight() const noexcept = 0;

  /// Buffers one request; needs capacity() > 0. Nothing is sent before flush().
  virtual void submit(const Request& request) = 0;
  virtual void flush() = 0;

  /// Completes when at least one answer is there or the connection is closed. One call at a time; the views of the lot
  /// before die. Never throws for what the server does.
  virtual boost::asio::awaitable<Lot> next() = 0;

  /// Closes the socket; a pending next() completes with `closed == local` unless another cause came first.
  virtual void close() = 0;

  /// close(), because an answer was not to be believed: the next connection has to prove itself.
  virtual void distrust() = 0;

  /// For people: "TLSv1.3, TLS_AES_256_GCM_SHA384" and "127.0.0.1:8443"; empty before the first open.
  virtual std::string security() const = 0;
  virtual std::string peer() const = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual std::unique_ptr<Session> make_session(const boost::asio::any_io_executor& executor) = 0;
};

/// HTTP/1.1 with pipelining, over TLS or plain TCP. Loads the trust store and the client certificate: throws
/// ConfigError naming --ca-file, --client-cert or --client-key. One per worker (OpenSSL contexts are not shared between
/// threads). `user_headers`: lines sent with every request, each ending in CRLF.
std::unique_ptr<Transport> make_http1_transport(const Target& target, const TargetConfig& config,
                                                const DeadlineConfig& deadline, std::size_t depth,
                                                const std::string& user_headers);

}  // namespace amend
