#include "cli/monitor/metrics_endpoint.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace amend::cli {
namespace {

constexpr std::size_t scrapers_max = 16;
constexpr std::string_view exposition = "text/plain; version=0.0.4; charset=utf-8";

bool asks_for_metrics(std::string_view target) { return target.substr(0, target.find('?')) == "/metrics"; }

HttpResponse response(const HttpRequest& request, const std::function<std::string()>& render) {
  if (request.method != "GET" && request.method != "HEAD")
    return HttpResponse(405, plain_text, "This address accepts only GET and HEAD.\n").add("Allow", "GET, HEAD");
  if (!asks_for_metrics(request.target)) return {404, plain_text, "only /metrics\n"};
  return {200, exposition, render()};
}

}  // namespace

MetricsEndpoint::MetricsEndpoint(boost::asio::io_context& context, const ListenAddress& address,
                                 std::function<std::string()> render)
    : endpoint_(context, "--metrics-listen", address, scrapers_max,
                [render = std::move(render)](const HttpRequest& request) { return response(request, render); }) {}

std::string MetricsEndpoint::url() const { return fmt::format("http://{}/metrics", show_address(endpoint_.address())); }

}  // namespace amend::cli
