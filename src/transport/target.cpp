#include "transport/target.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

#include "amend/error.hpp"
#include "row/ascii.hpp"
#include "wonder/routes.hpp"

namespace amend {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw ConfigError("--url: " + why + "; expected something like https://gateway-stg.wonder.today");
}

std::optional<boost::asio::ip::address> literal_address(const std::string& host) {
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  return ec ? std::nullopt : std::optional(address);
}

bool is_loopback(const std::string& host) {
  const auto address = literal_address(host);
  return host == "localhost" || (address && address->is_loopback());
}

std::string host_of(const boost::urls::url_view& url) {
  return in_lower_case(url.host_type() == boost::urls::host_type::name ? url.host() : url.host_address());
}

// The dot at the end of a complete name is for resolvers. Certificates, SNI and Host never have it.
std::string without_root_dot(std::string host) {
  if (host.ends_with('.')) host.pop_back();
  return host;
}

// A percent-encoded host may contain anything, even line breaks.
bool is_ascii_name(std::string_view host) noexcept {
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

// The port may be missing although its colon is there (RFC 3986 §3.2.3). nullopt: not a port. The digits are parsed
// here, because url_view::port_number() reduces large numbers modulo 65,536.
std::optional<std::string> port_of(const boost::urls::url_view& url, std::string_view own_port) {
  const std::string digits(url.port());
  if (!url.has_port() || digits.empty()) return std::string(own_port);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return std::to_string(port);
}

constexpr std::string_view no_port = "the port is not a number from 1 to 65535";

[[noreturn]] void refuse_proxy(const std::string& why) {
  throw ConfigError("--proxy: " + why + "; expected something like http://proxy.example.com:3128");
}

// Most programs accept a proxy as `host:port`, and HTTPS_PROXY often contains it.
void parse_proxy(const std::string& given, Target& target) {
  if (given.empty()) return;
  const std::string proxy = given.find("://") == std::string::npos ? "http://" + given : given;
  const auto parsed = boost::urls::parse_uri(proxy);
  if (parsed.has_error()) refuse_proxy("this is not a URL");  // it may contain a password, so it is not shown
  const boost::urls::url_view& url = parsed.value();
  if (url.has_userinfo()) refuse_proxy("credentials for a proxy are not supported");
  if (in_lower_case(std::string(url.scheme())) != "http") refuse_proxy("only http:// proxies are supported");
  const bool more = url.has_query() || url.has_fragment() || (!url.encoded_path().empty() && url.encoded_path() != "/");
  if (more) refuse_proxy("remove the path or query");
  target.proxy_host = host_of(url);
  if (without_root_dot(target.proxy_host).empty()) refuse_proxy("the host is missing");
  const auto port = port_of(url, "80");
  if (!port) refuse_proxy(std::string(no_port));
  target.proxy_port = *port;
}

bool covers(std::string_view entry, std::string_view host) {
  if (entry == "*") return true;
  while (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

}  // namespace

bool is_exempt_from_proxy(std::string_view host, std::string_view no_proxy) {
  const std::string wanted = without_root_dot(in_lower_case(host));
  const std::string list = in_lower_case(no_proxy);
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string_view entry = std::string_view(list).substr(begin, end - begin);
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (entry.ends_with('.')) entry.remove_suffix(1);
    if (covers(entry, wanted)) return true;
    begin = end + 1;
  }
  return false;
}

Target parse_target(const TargetConfig& config) {
  if (config.url.empty()) throw ConfigError("--url is missing. Give the API's address with --url, or set AMEND_URL");
  const auto parsed = boost::urls::parse_uri(config.url);
  if (parsed.has_error()) refuse("\"" + printable(config.url, 100) + "\" is not a URL");
  const boost::urls::url_view& url = parsed.value();
  if (url.has_userinfo()) refuse("remove the user information from the URL");
  if (url.has_query() || url.has_fragment()) refuse("remove the query or fragment from the URL");

  Target target;
  const std::string scheme = in_lower_case(std::string(url.scheme()));
  if (scheme != "https" && scheme != "http") refuse("the scheme must be https");
  target.tls = scheme == "https";
  target.resolved_name = host_of(url);
  target.host = without_root_dot(target.resolved_name);
  if (target.host.empty()) refuse("the host is missing");
  target.literal_address = literal_address(target.host).has_value();
  if (target.literal_address) target.resolved_name = target.host;
  if (!target.literal_address && !is_ascii_name(target.host))
    refuse("the host has characters that a host name cannot have (write an international name in its xn-- form)");
  const std::string own_port = target.tls ? "443" : "80";
  const auto port = port_of(url, own_port);
  if (!port) refuse(std::string(no_port));
  target.port = *port;
  const std::string bracketed = target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
  target.authority = target.port == own_port ? bracketed : bracketed + ":" + target.port;
  target.path_prefix = std::string(url.encoded_path());
  while (target.path_prefix.ends_with('/')) target.path_prefix.pop_back();
  if (const auto own = wonder::base_path_in(target.path_prefix); !own.empty())
    refuse("remove \"" + std::string(own) + "\" from the path: amend adds this part itself");
  parse_proxy(config.proxy, target);
  target.loopback = is_loopback(target.host) && (target.proxy_host.empty() || is_loopback(target.proxy_host));
  if (!target.tls && !target.loopback && !config.allow_plain_http)
    throw ConfigError(
        "--url: plain http:// sends customers' data unencrypted. Use https://, or "
        "--allow-http if you trust this network");
  return target;
}

}  // namespace amend
