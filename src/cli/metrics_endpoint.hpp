// GET /metrics over HTTP, on this machine only: what Prometheus scrapes. Layer 5; on the Console's thread.
//
// GET and HEAD of /metrics: 200, the text format 0.0.4. Any other path 404, any other method 405.
// Bounds: 16 connections at once, and those of HttpEndpoint.
#pragma once

#include <functional>
#include <string>

#include "cli/http_endpoint.hpp"

namespace amend::cli {

class MetricsEndpoint {
 public:
  /// Listens; clients wait until start(). `render` gives the text of each answer. `context` must outlive this, and this
  /// the handlers that close() sets free. Throws ConfigError naming --metrics-listen when the port cannot be had.
  MetricsEndpoint(boost::asio::io_context& context, const ListenAddress& address, std::function<std::string()> render);

  /// "http://127.0.0.1:9464/metrics", with the port that it got.
  std::string url() const;

  void start() { endpoint_.start(); }

  /// Lets all clients go at once.
  void close() { endpoint_.close(); }

 private:
  HttpEndpoint endpoint_;
};

}  // namespace amend::cli
