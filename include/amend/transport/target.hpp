// Where requests go: `--url`, taken apart once. Layer 2 value; parsing does no I/O.
#pragma once

#include <string>
#include <string_view>

#include "amend/config.hpp"

namespace amend {

/// An API's address. `host` is without brackets and without a dot at its end; `authority` is what the Host field says.
class Target {
 public:
  Target() = default;

  bool tls = true;
  std::string host;
  std::string resolved_name;     ///< what a resolver is asked for: `host`, with its dot when --url has one
  std::string port;              ///< 1 … 65535 in digits
  std::string authority;         ///< host, or host:port when the port is not the scheme's own
  std::string path_prefix;       ///< "" or "/gateway": goes before every API path, without a trailing slash
  std::string proxy_host;        ///< without brackets; empty: none
  std::string proxy_port;        ///< 1 … 65535 in digits
  bool loopback = false;         ///< 127.0.0.0/8, ::1 or localhost; with a proxy: that too
  bool literal_address = false;  ///< the host is an IP address: no SNI, the certificate must name the address
};

/// Whether NO_PROXY (a list of host names, of domains with or without a dot before them, of addresses, or `*`; commas
/// between) says that `host` is reached without a proxy. Case of letters does not count.
bool is_exempt_from_proxy(std::string_view host, std::string_view no_proxy);

/// Takes `--url` and `--proxy` apart (RFC 3986). A proxy without a scheme is an http:// one. Throws ConfigError naming
/// --url: not http(s), a port that is not one, user information, a query, a fragment or the API's own path in it, plain
/// http to a host that is not loopback without --allow-http; and naming --proxy: not http://, credentials or a path in
/// it.
Target parse_target(const TargetConfig& config);

}  // namespace amend
