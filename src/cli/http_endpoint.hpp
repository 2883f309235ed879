// A small HTTP/1.1 server on a port of this machine: what is asked is answered at once, from memory. Layer 5;
// everything on the io_context's one thread.
//
// An answer may stay open as a stream, into which publish() puts piece after piece (server-sent events).
// Bounds: `connections_max` at once (a further one takes the place of a silent one, or waits), 8 KiB of request head,
// no body; 5 s for a request and its answer, idle time before it included, and for each piece of a stream; 100 requests
// on a connection. A stream holds one piece at most: one that has not been taken yet makes its client miss those behind
// it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/units.hpp"

namespace boost::asio {
class io_context;
}

namespace amend::cli {

/// As it came in, never trusted.
class HttpRequest {
 public:
  HttpRequest(std::string_view method_, std::string_view target_, std::string_view host_)
      : method(method_), target(target_), host(host_) {}

  std::string_view method;  ///< "GET"
  std::string_view target;  ///< "/metrics?x=1"
  std::string_view host;    ///< of the field Host; empty: none was sent, or more than one
};

inline constexpr std::string_view plain_text = "text/plain; charset=utf-8";

class HttpAnswer {
 public:
  HttpAnswer(unsigned status_, std::string_view content_type, std::string body_)
      : status(status_), body(std::move(body_)) {
    add("Content-Type", std::string(content_type));
  }
  HttpAnswer& add(std::string_view name, std::string value) {
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
  /// Called for each request that is one.
  using Handle = std::function<HttpAnswer(const HttpRequest& request)>;
  using Piece = std::shared_ptr<const std::string>;

  /// Listens; clients wait until start(). Must outlive the handlers that close() sets free. Throws ConfigError naming
  /// `option` when the port cannot be had.
  HttpEndpoint(boost::asio::io_context& context, std::string_view option, const ListenAddress& address,
               std::size_t connections_max, Handle handle);
  ~HttpEndpoint();

  /// With the port that it got.
  ListenAddress address() const;

  void start();

  std::size_t streams() const noexcept;

  /// To each stream whose client has taken what came before.
  void publish(const Piece& piece);

  /// Lets all clients go at once. Each stream whose client has taken all so far is given `last`, as far as the kernel
  /// takes it without waiting; it is sent on even when this process has ended.
  void close(std::string_view last = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::cli
