#include "cli/monitor/dashboard_request.hpp"

#include <cstddef>
#include <span>

#include "worker/entropy.hpp"

namespace amend::cli {
namespace {

constexpr std::uint16_t http_port = 80;

// A browser omits the default port of http.
bool is_this_machine(std::string_view host, std::uint16_t port) {
  const auto address = read_listen_address(host);
  if (address) return address->port == port;
  return port == http_port && read_listen_address(std::string(host) + ":80").has_value();
}

// Compares every byte, even after a difference, so that its duration reveals nothing.
bool are_the_same(std::string_view given, std::string_view secret) {
  if (given.size() != secret.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < secret.size(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(secret[i]));
  return difference == 0;
}

}  // namespace

DashboardRequest read_dashboard_request(const HttpRequest& request, std::string_view token, std::uint16_t port) {
  if (!is_this_machine(request.host, port)) return DashboardRequest::foreign_host;
  if (request.method != "GET") return DashboardRequest::not_get;
  if (!request.target.starts_with('/')) return DashboardRequest::unknown;
  const std::string_view path = request.target.substr(1, request.target.find('?') - 1);
  if (!are_the_same(path.substr(0, token.size()), token)) return DashboardRequest::unknown;
  const std::string_view rest = path.substr(token.size());
  if (rest.empty()) return DashboardRequest::no_slash;
  if (rest == "/") return DashboardRequest::page;
  return rest == "/events" ? DashboardRequest::events : DashboardRequest::unknown;
}

std::string new_dashboard_token() {
  Entropy entropy;
  std::string token(32, '\0');
  entropy.nonce(std::span<char, 16>(token.data(), 16));
  entropy.nonce(std::span<char, 16>(token.data() + 16, 16));
  return token;
}

}  // namespace amend::cli
