// A small HTTP/1.1 server on a port of this machine. It responds immediately, from memory.
//
// A response may stay open as a stream, to which publish() adds pieces (server-sent events).
//
// Threads: the io_context's only one.
// Bounds: `connections_max` at once; a further one replaces a silent one, or waits. A request head has at most 8 KiB,
// and a body is refused. A request with its response takes at most 5 s, idle time before it included; so does each
// piece of a stream. A connection has at most 100 requests. A stream keeps at most one piece: a client that has not
// read it misses the next ones.
// Source: layer 5.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/option/units.hpp"

namespace boost::asio {
class io_context;
}

namespace amend::cli {

/// A request as it arrived, never trusted.
class HttpRequest {
 public:
  HttpRequest(std::string_view method_, std::string_view target_, std::string_view host_)
      : method(method_), target(target_), host(host_) {}

  std::string_view method;  ///< "GET"
  std::string_view target;  ///< "/metrics?x=1"
  std::string_view host;    ///< of the field Host; empty: missing, or more than one
};

inline constexpr std::string_view plain_text = "text/plain; charset=utf-8";

class HttpResponse {
 public:
  HttpResponse(unsigned status_, std::string_view content_type, std::string body_)
      : status(status_), body(std::move(body_)) {
    add("Content-Type", std::string(content_type));
  }
  HttpResponse& add(std::string_view name, std::string value) {
    fields.emplace_back(name, std::move(value));
    return *this;
  }

  unsigned status;
  std::vector<std::pair<std::string_view, std::string>> fields;
  std::string body;
  bool is_stream = false;  ///< `body` is its first piece
};

class HttpEndpoint {
 public:
  /// Called for each valid request.
  using Handle = std::function<HttpResponse(const HttpRequest& request)>;
  using Piece = std::shared_ptr<const std::string>;

  /// Listens; clients wait until start().
  ///
  /// Errors: throws ConfigError, which names `option`, when the port is not available.
  /// Lifetime: it must outlive the handlers that close() releases.
  HttpEndpoint(boost::asio::io_context& context, std::string_view option, const ListenAddress& address,
               std::size_t connections_max, Handle handle);
  ~HttpEndpoint();

  /// The address with the actual port.
  ListenAddress address() const;

  void start();

  std::size_t streams() const noexcept;

  /// Sends the piece to each stream whose client has read the previous one.
  void publish(const Piece& piece);

  /// Ends all connections immediately. Each stream whose client has read everything gets `last`, as far as the kernel
  /// accepts it without waiting. The kernel delivers it even after this process has ended.
  void close(std::string_view last = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::cli
