// GET /metrics over HTTP, on this machine only, for Prometheus.
//
// GET and HEAD of /metrics get 200 and the text format 0.0.4. Any other path gets 404, any other method 405.
//
// Threads: the Console's. Bounds: those of HttpEndpoint, and 16 connections at once. Source: layer 5.
#pragma once

#include <functional>
#include <string>

#include "cli/monitor/http_endpoint.hpp"

namespace amend::cli {

class MetricsEndpoint {
 public:
  /// Listens; clients wait until start(). `render` makes the text of each response.
  ///
  /// Errors: throws ConfigError, which names --metrics-listen, when the port is not available.
  /// Lifetime: `context` outlives this object, and it outlives the handlers that close() releases.
  MetricsEndpoint(boost::asio::io_context& context, const ListenAddress& address, std::function<std::string()> render);

  /// "http://127.0.0.1:9464/metrics", with the actual port.
  std::string url() const;

  void start() { endpoint_.start(); }

  /// Ends all connections immediately.
  void close() { endpoint_.close(); }

 private:
  HttpEndpoint endpoint_;
};

}  // namespace amend::cli
