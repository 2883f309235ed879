// The address of the requests: `--url`, parsed once. A value of layer 2; parsing does no I/O.
#pragma once

#include <string>
#include <string_view>

#include "amend/config.hpp"

namespace amend {

/// An API's address. `host` has no brackets and no dot at its end. `authority` is the value of the Host field.
class Target {
 public:
  Target() = default;

  bool tls = true;
  std::string host;
  std::string resolved_name;     ///< the name for a resolver: `host`, with its dot when --url has one
  std::string port;              ///< 1 … 65535 in digits
  std::string authority;         ///< host, or host:port when the port differs from the scheme's
  std::string path_prefix;       ///< "" or "/gateway": goes before every API path, without a trailing slash
  std::string proxy_host;        ///< without brackets; empty: no proxy
  std::string proxy_port;        ///< 1 … 65535 in digits
  bool loopback = false;         ///< 127.0.0.0/8, ::1 or localhost; with a proxy: the proxy too
  bool literal_address = false;  ///< the host is an IP address: no SNI, the certificate must name the address
};

/// Whether NO_PROXY exempts `host` from the proxy. NO_PROXY is a list with commas: host names, domains with or without
/// a dot before them, addresses, or `*`. The case of letters does not count.
bool is_exempt_from_proxy(std::string_view host, std::string_view no_proxy);

/// Parses `--url` and `--proxy` (RFC 3986). A proxy without a scheme is an http:// one.
///
/// Errors: throws ConfigError. It names --url for: not http(s), an invalid port, user information, a query, a fragment,
/// the API's own path. Plain http needs a loopback host or --allow-http. It names --proxy for: not http://,
/// credentials, or a path.
Target parse_target(const TargetConfig& config);

}  // namespace amend
