#include "amend/transport/target.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "amend/error.hpp"

namespace amend {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw ConfigError("--url: " + why + "; expected something like https://gateway-stg.wonder.today");
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string host_of(const boost::urls::url_view& url) {
  return lower(url.host_type() == boost::urls::host_type::name ? url.host() : url.host_address());
}

[[noreturn]] void refuse_proxy(const std::string& why) {
  throw ConfigError("--proxy: " + why + "; expected something like http://proxy.example.com:3128");
}

void parse_proxy(const std::string& proxy, Target& target) {
  if (proxy.empty()) return;
  const auto parsed = boost::urls::parse_uri(proxy);
  if (parsed.has_error()) refuse_proxy("this is not a URL");  // it may hold a password: it is not shown
  const boost::urls::url_view& url = parsed.value();
  if (url.has_userinfo()) refuse_proxy("credentials for a proxy are not supported");
  if (url.scheme() != "http") refuse_proxy("only http:// proxies are supported");
  const bool more = url.has_query() || url.has_fragment() || (!url.encoded_path().empty() && url.encoded_path() != "/");
  if (more) refuse_proxy("a path or a query does not belong here");
  target.proxy_host = host_of(url);
  if (target.proxy_host.empty()) refuse_proxy("the host is missing");
  if (url.has_port() && (url.port_number() == 0 || std::string_view(url.port()).size() > 5))
    refuse_proxy("the port is not a number from 1 to 65535");
  target.proxy_port = url.has_port() ? std::string(url.port()) : "80";
}

bool covers(std::string_view entry, std::string_view host) {
  if (entry == "*") return true;
  while (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty() || !host.ends_with(entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

}  // namespace

bool is_exempt_from_proxy(std::string_view host, std::string_view no_proxy) {
  const std::string wanted = lower(host);
  const std::string list = lower(no_proxy);
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string_view entry = std::string_view(list).substr(begin, end - begin);
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (covers(entry, wanted)) return true;
    begin = end + 1;
  }
  return false;
}

Target parse_target(const TargetConfig& config) {
  if (config.url.empty()) throw ConfigError("--url is missing: the API's address, or set AMEND_URL");
  const auto parsed = boost::urls::parse_uri(config.url);
  if (parsed.has_error()) refuse("\"" + printable(config.url, 100) + "\" is not a URL");
  const boost::urls::url_view& url = parsed.value();
  if (url.has_userinfo()) refuse("user information does not belong in a URL");
  if (url.has_query() || url.has_fragment()) refuse("a query or a fragment does not belong here");

  Target target;
  const std::string scheme(url.scheme());
  if (scheme != "https" && scheme != "http") refuse("the scheme must be https");
  target.tls = scheme == "https";
  target.host = host_of(url);
  if (target.host.empty()) refuse("the host is missing");
  target.literal_address = url.host_type() != boost::urls::host_type::name;
  const std::string own_port = target.tls ? "443" : "80";
  if (url.has_port() && (url.port_number() == 0 || std::string_view(url.port()).size() > 5))
    refuse("the port is not a number from 1 to 65535");
  target.port = url.has_port() ? std::string(url.port()) : own_port;
  const std::string bracketed = target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
  target.authority = target.port == own_port ? bracketed : bracketed + ":" + target.port;
  target.path_prefix = std::string(url.encoded_path());
  while (target.path_prefix.ends_with('/')) target.path_prefix.pop_back();
  parse_proxy(config.proxy, target);
  target.loopback = is_loopback(target.host) && (target.proxy_host.empty() || is_loopback(target.proxy_host));
  if (!target.tls && !target.loopback && !config.allow_plain_http)
    throw ConfigError(
        "--url: plain http:// sends customers' data readable to everybody on the way; use https://, or "
        "--allow-http if this network is trusted");
  return target;
}

}  // namespace amend
