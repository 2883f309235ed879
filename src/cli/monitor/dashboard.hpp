// The page of an active run, for a browser on this machine.
//
// GET of /<token>/ returns the page; GET of /<token>/events returns its changes as server-sent events. Another path
// gets 404, another method 405, and a Host that is not this machine 403. It is read-only: it cannot change the run.
//
// Threads: the Console's. Bounds: those of HttpEndpoint, and 16 pages at once (a further one gets 503). A browser that
// does not read an update misses it, and is disconnected after 5 s. Source: layer 5.
#pragma once

#include <functional>
#include <string>

#include "cli/monitor/dashboard_page.hpp"
#include "cli/monitor/http_endpoint.hpp"

namespace amend::cli {

class Dashboard {
 public:
  /// Listens; clients wait until start(). `content` returns the present content.
  ///
  /// Errors: throws ConfigError, which names --dashboard, when the port is not available.
  /// Lifetime: `context` outlives this object, and it outlives the handlers that end() releases.
  Dashboard(boost::asio::io_context& context, const ListenAddress& address, std::function<PageContent()> content);

  /// "http://127.0.0.1:8080/<token>/", with the actual port. Everyone who knows it may look.
  std::string url() const;

  void start() { endpoint_.start(); }

  /// Sends the present state to all pages; without pages it does nothing.
  void update();

  /// Sends `last` to all pages as the final state, then disconnects all immediately, whether it was delivered or not.
  /// Without pages, `last` is not called.
  void end(const std::function<PageContent()>& last);

 private:
  HttpResponse response(const HttpRequest& request) const;
  HttpResponse page() const;
  HttpResponse events() const;

  const std::string token_;
  const std::function<PageContent()> content_;
  HttpEndpoint endpoint_;
};

}  // namespace amend::cli
