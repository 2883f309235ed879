// The page of a run while it goes on, for a browser on this machine. Layer 5; on the Console's thread.
//
// GET of /<token>/: the page; of /<token>/events: what changes, as server-sent events. Another path 404, another method
// 405, a Host that is not this machine 403. Read-only: nothing here changes the run.
// Bounds: 16 pages at once (a further one 503), and those of HttpEndpoint. A browser that does not take an update
// misses it, and is let go when it has not taken it for 5 s.
#pragma once

#include <functional>
#include <string>

#include "cli/dashboard_page.hpp"
#include "cli/http_endpoint.hpp"

namespace amend::cli {

class Dashboard {
 public:
  /// Listens; clients wait until start(). `content` gives what is shown now. `context` must outlive this, and
  /// this the handlers that end() sets free. Throws ConfigError naming --dashboard when the port cannot be had.
  Dashboard(boost::asio::io_context& context, const ListenAddress& address, std::function<PageContent()> content);

  /// "http://127.0.0.1:8080/<token>/", with the port that it got. Who knows it may look.
  std::string url() const;

  void start() { endpoint_.start(); }

  /// Shows all pages how the run stands now; does nothing when there are none.
  void update();

  /// Shows all pages `last`, which is not called when there are none, and that nothing follows; then lets all go at
  /// once, whatever becomes of that.
  void end(const std::function<PageContent()>& last);

 private:
  HttpAnswer answer(const HttpRequest& request) const;
  HttpAnswer page() const;
  HttpAnswer events() const;

  const std::string token_;
  const std::function<PageContent()> content_;
  HttpEndpoint endpoint_;
};

}  // namespace amend::cli
