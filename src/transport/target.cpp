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

}  // namespace

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
  target.host = url.host_type() == boost::urls::host_type::name ? url.host() : url.host_address();
  if (target.host.empty()) refuse("the host is missing");
  std::ranges::transform(target.host, target.host.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  target.literal_address = url.host_type() != boost::urls::host_type::name;
  const std::string own_port = target.tls ? "443" : "80";
  if (url.has_port() && (url.port_number() == 0 || std::string_view(url.port()).size() > 5))
    refuse("the port is not a number from 1 to 65535");
  target.port = url.has_port() ? std::string(url.port()) : own_port;
  const std::string bracketed = target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
  target.authority = target.port == own_port ? bracketed : bracketed + ":" + target.port;
  target.path_prefix = std::string(url.encoded_path());
  while (target.path_prefix.ends_with('/')) target.path_prefix.pop_back();
  target.loopback = is_loopback(target.host);
  if (!target.tls && !target.loopback && !config.allow_plain_http)
    throw ConfigError(
        "--url: plain http:// sends customers' data readable to everybody on the way; use https://, or "
        "--allow-http if this network is trusted");
  return target;
}

}  // namespace amend
