#include "cli/monitor/dashboard.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/monitor/dashboard_request.hpp"

namespace amend::cli {
namespace {

constexpr std::size_t pages_max = 16;
constexpr std::size_t pages_and_streams_max = 24;  // more than the pages, so that a further one gets a 503

// The content is valid only now and only for this reader, and its address is a secret.
HttpResponse guarded(HttpResponse response) {
  response.add("Cache-Control", "no-store")
      .add("Referrer-Policy", "no-referrer")
      .add("X-Content-Type-Options", "nosniff")
      .add("Cross-Origin-Resource-Policy", "same-origin")
      .add("Cross-Origin-Opener-Policy", "same-origin");
  return response;
}

}  // namespace

Dashboard::Dashboard(boost::asio::io_context& context, const ListenAddress& address,
                     std::function<PageContent()> content)
    : token_(new_dashboard_token()),
      content_(std::move(content)),
      endpoint_(context, "--dashboard", address, pages_and_streams_max,
                [this](const HttpRequest& request) { return guarded(response(request)); }) {}

std::string Dashboard::url() const { return fmt::format("http://{}/{}/", show_address(endpoint_.address()), token_); }

void Dashboard::update() {
  if (endpoint_.streams() > 0) endpoint_.publish(std::make_shared<const std::string>(update_event(content_())));
}

void Dashboard::end(const std::function<PageContent()>& last) {
  std::string event;
  try {
    if (endpoint_.streams() > 0) event = ended_event(last());
  } catch (...) {
    endpoint_.close();  // the process must end in any case
    throw;
  }
  endpoint_.close(event);
}

HttpResponse Dashboard::response(const HttpRequest& request) const {
  switch (read_dashboard_request(request, token_, endpoint_.address().port)) {
    case DashboardRequest::page: return page();
    case DashboardRequest::events: return events();
    case DashboardRequest::no_slash: return HttpResponse(308, plain_text, "").add("Location", "/" + token_ + "/");
    case DashboardRequest::foreign_host:
      return {403, plain_text, "Open this page on the machine of the run, at the address that the run printed.\n"};
    case DashboardRequest::not_get:
      return HttpResponse(405, plain_text, "This page accepts only GET.\n").add("Allow", "GET");
    case DashboardRequest::unknown: break;
  }
  return {404, plain_text, "There is no page at this address. Use the address that the run printed.\n"};
}

HttpResponse Dashboard::page() const {
  const std::string nonce = new_dashboard_token();
  HttpResponse response(200, "text/html; charset=utf-8", dashboard_page(content_(), nonce));
  response.add("Content-Security-Policy", dashboard_policy(nonce));
  return response;
}

HttpResponse Dashboard::events() const {
  if (endpoint_.streams() >= pages_max)
    return {503, plain_text,
            fmt::format("{} pages of this run are open, and this is the limit. Close one and reload.\n", pages_max)};
  HttpResponse response(200, "text/event-stream", update_event(content_()));
  response.is_stream = true;
  return response;
}

}  // namespace amend::cli
