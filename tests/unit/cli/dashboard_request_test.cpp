#include "cli/monitor/dashboard_request.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace amend::cli;

namespace {

constexpr std::string_view token = "0123456789abcdefghijABCDEFGHIJ99";
constexpr std::uint16_t port = 8080;

DashboardRequest ask(std::string_view target, std::string_view host = "127.0.0.1:8080", std::string_view method = "GET",
                     std::uint16_t listened_at = port) {
  return read_dashboard_request(HttpRequest(method, target, host), token, listened_at);
}

std::string under_token(std::string_view rest) { return "/" + std::string(token) + std::string(rest); }

}  // namespace

TEST_CASE("dashboard: who knows the token sees the page, its events, and nothing else") {
  CHECK(ask(under_token("/")) == DashboardRequest::page);
  CHECK(ask(under_token("/?x=/events")) == DashboardRequest::page);
  CHECK(ask(under_token("/events")) == DashboardRequest::events);
  CHECK(ask(under_token("")) == DashboardRequest::no_slash);
  for (const char* rest : {"//", "/page", "/events/", "/../", "0/", "/%65vents"})
    CHECK(ask(under_token(rest)) == DashboardRequest::unknown);
}

TEST_CASE("dashboard: another token is none, however near it comes") {
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string near(token);
    near[i] = near[i] == 'x' ? 'y' : 'x';
    CHECK(ask("/" + near + "/") == DashboardRequest::unknown);
    CHECK(ask("/" + std::string(token.substr(0, i)) + "/") == DashboardRequest::unknown);
  }
  for (const char* target : {"", "/", "//", "*", "/metrics", "0123456789abcdefghijABCDEFGHIJ99/",
                             "http://127.0.0.1:8080/0123456789abcdefghijABCDEFGHIJ99/"})
    CHECK(ask(target) == DashboardRequest::unknown);
}

TEST_CASE("dashboard: a name that is made to lead to this machine is refused, whatever else is right") {
  for (const char* host : {"127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.0.0.2:8080"})
    CHECK(ask(under_token("/"), host) == DashboardRequest::page);
  for (const char* host : {"", "127.0.0.1", "localhost", "127.0.0.1:8081", "evil.example:8080",
                           "127.0.0.1.evil.example:8080", "localhost.evil.example:8080", "192.0.2.1:8080",
                           "0.0.0.0:8080", "127.0.0.1:8080, evil.example", "127.0.0.1:8080:8080", "::1:8080"})
    CHECK(ask(under_token("/"), host) == DashboardRequest::foreign_host);
  CHECK(ask(under_token("/"), "localhost", "GET", 80) == DashboardRequest::page);
  CHECK(ask(under_token("/"), "evil.example", "GET", 80) == DashboardRequest::foreign_host);
}

TEST_CASE("dashboard: only looking is possible") {
  for (const char* method : {"POST", "PUT", "DELETE", "HEAD", "OPTIONS", "get", "WHATEVER"})
    CHECK(ask(under_token("/"), "127.0.0.1:8080", method) == DashboardRequest::not_get);
}

TEST_CASE("dashboard: each token is another, of letters and digits") {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(new_dashboard_token());
  CHECK(tokens.size() == 100);
  for (const std::string& each : tokens) {
    CHECK(each.size() == 32);
    CHECK(each.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
          std::string::npos);
  }
}
