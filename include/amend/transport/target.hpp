// Where requests go: `--url`, taken apart once. Layer 2 value; parsing does no I/O.
#pragma once

#include <cstdint>
#include <string>

#include "amend/config.hpp"

namespace amend {

/// An API's address. `host` is without brackets; `authority` is what the Host field says.
class Target {
 public:
  Target() = default;

  bool tls = true;
  std::string host;
  std::string port;              ///< digits
  std::string authority;         ///< host, or host:port when the port is not the scheme's own
  std::string path_prefix;       ///< "" or "/gateway": goes before every API path, without a trailing slash
  bool loopback = false;         ///< 127.0.0.0/8, ::1 or localhost
  bool literal_address = false;  ///< the host is an IP address: no SNI, the certificate must name the address
};

/// Takes `--url` apart (RFC 3986). Throws ConfigError naming --url: not http(s), user information, a query or a
/// fragment in it, plain http to a host that is not loopback without --allow-http.
Target parse_target(const TargetConfig& config);

}  // namespace amend
