// GET /metrics over HTTP, on this machine only: what Prometheus scrapes. Layer 5; on the Console's thread.
//
// GET and HEAD of /metrics: 200, the text format 0.0.4. Any other path 404, any other method 405.
// Bounds: 16 connections at once (a further one waits until one has left), 8 KiB of request head, no body, 5 s for a
// request and its answer, idle time before it included; 100 requests on a connection.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/units.hpp"

namespace boost::asio {
class io_context;
}

namespace amend::cli {

class MetricsEndpoint {
 public:
  /// Listens; clients wait until start(). `render` gives the text of each answer. Both must outlive this, and this the
  /// handlers that close() sets free. Throws ConfigError naming --metrics-listen when the port cannot be had.
  MetricsEndpoint(boost::asio::io_context& context, const ListenAddress& address, std::function<std::string()> render);
  ~MetricsEndpoint();

  /// "http://127.0.0.1:9464/metrics", with the port that it got.
  std::string url() const;

  void start();

  /// Lets all clients go at once.
  void close();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::cli
