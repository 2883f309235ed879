// SEAM: brings requests to the API. A worker uses sessions and never sees a socket.
//
// A `Transport` makes sessions for one worker thread. A `Session` is one connection that is opened repeatedly.
//
// Threads: the thread that runs the executor; nothing is thread-safe. Source: layer 2.
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
#include "amend/transport/open_error.hpp"
#include "row/response.hpp"
#include "transport/target.hpp"

namespace amend {

class Opened {
 public:
  Opened() = default;
  Opened(OpenError error_, std::string text_) : error(error_), text(std::move(text_)) {}

  OpenError error = OpenError::none;
  std::string text;  ///< names the address and the reason
};
static_assert(!std::is_aggregate_v<Opened>);

/// Why a session is closed.
enum class CloseCause : std::uint8_t {
  open,       ///< not closed
  announced,  ///< a response had `Connection: close`: unanswered requests were not processed (RFC 9112 §9.6)
  ended,      ///< the server closed without an announcement
  lost,       ///< reset, or another network error
  timeout,    ///< the oldest request got no complete response in time
  protocol,   ///< bytes that are not a response, or that answer no request
  refused,    ///< the server refused our client certificate: unanswered requests were not processed
  local,      ///< closed by us
};

/// One complete response and the tag of its request.
class TaggedResponse {
 public:
  TaggedResponse(std::uint32_t tag_, const Response& response_) noexcept : tag(tag_), response(response_) {}

  std::uint32_t tag;
  Response response;
};

/// The result of one wake-up.
///
/// Lifetime: views are valid until the next call of `Session::next` or `open`.
class Received {
 public:
  Received() = default;

  std::span<const TaggedResponse> responses;  ///< in the order of their requests
  CloseCause closed = CloseCause::open;       ///< when set, this is the connection's last lot
  std::span<const std::uint32_t> unanswered;  ///< with `closed`: tags without a response, oldest first
  bool idle_race = false;   ///< with `ended` or `lost`: the server closed an idle connection before it saw these
                            ///< requests, which is not a fault
  bool depth_fell = false;  ///< with `closed`: the host never supports pipelining; from now on one request at a time
  std::string_view text;    ///< with `closed`: the reason
};
static_assert(!std::is_aggregate_v<Received>);

/// One connection. It answers requests in the order of submission.
class Session {
 public:
  virtual ~Session() = default;

  /// Resolves the host, connects to the first address that answers, and does the TLS handshake. The connect deadline
  /// applies to each address, and attempts overlap. Of several failures, the one with the most progress is returned.
  virtual boost::asio::awaitable<Opened> open() = 0;

  /// How many more requests may be submitted now. 0 while closed or closing. After an unannounced close, the next
  /// connection takes one request, and more only after its response (RFC 9112 §9.3.2). For a host that repeatedly
  /// answers only the first of several requests, it is at most one (Lot::depth_fell).
  virtual std::size_t capacity() const noexcept = 0;
  virtual std::size_t in_flight() const noexcept = 0;

  /// Buffers one request; needs capacity() > 0. flush() sends it.
  virtual void submit(const Request& request) = 0;
  virtual void flush() = 0;

  /// Completes when a response is available or the connection is closed. One call at a time; it invalidates the views
  /// of the previous lot. Never throws because of the server.
  virtual boost::asio::awaitable<Received> next() = 0;

  /// Closes the socket. A pending next() completes with `closed == local` unless another cause came first.
  virtual void close() = 0;

  /// Closes the connection because a response was not credible. The next connection must prove itself.
  virtual void distrust() = 0;

  /// Texts for the operator: "TLSv1.3, TLS_AES_256_GCM_SHA384" and "127.0.0.1:8443". Empty before the first open().
  virtual std::string security() const = 0;
  virtual std::string peer() const = 0;
};

class Transport {
 public:
  virtual ~Transport() = default;
  virtual std::unique_ptr<Session> make_session(const boost::asio::any_io_executor& executor) = 0;
};

/// HTTP/1.1 with pipelining, over TLS or plain TCP. It loads the trust store and the client certificate. `user_headers`
/// are lines for every request, each with CRLF.
///
/// Threads: one transport per worker, because OpenSSL contexts are not shared.
/// Errors: throws ConfigError, which names --ca-file, --client-cert or --client-key.
std::unique_ptr<Transport> make_http1_transport(const Target& target, const TargetConfig& config,
                                                const DeadlineConfig& deadline, std::size_t depth,
                                                const std::string& user_headers);

}  // namespace amend
