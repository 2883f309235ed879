// The ways in which opening a connection can fail. Pure. Layer 2.
#pragma once

#include <cstdint>
#include <string_view>

namespace amend {

/// How an attempt to open a connection ended, ordered by its progress. Of several addresses, the one with the most
/// progress reveals most about the cause.
enum class OpenError : std::uint8_t {
  none,
  no_such_host,                ///< the name does not exist
  unreachable,                 ///< resolver failure, no route
  timeout,                     ///< no TCP connection within the connect deadline
  refused,                     ///< the host exists; no process listens on the port
  broken_off,                  ///< connected, but ended or stalled before it could be used
  proxy_refused,               ///< the proxy answers CONNECT with a 4xx: needs an operator
  handshake_failed,            ///< a TLS failure that is not about certificates
  client_certificate_refused,  ///< the server refuses our certificate, or that we have none: needs an operator
  certificate_refused,         ///< we do not trust the server's certificate: needs an operator
};

/// The name of the enumerator.
constexpr std::string_view to_string(OpenError error) noexcept {
  switch (error) {
    case OpenError::none: return "none";
    case OpenError::no_such_host: return "no_such_host";
    case OpenError::unreachable: return "unreachable";
    case OpenError::timeout: return "timeout";
    case OpenError::refused: return "refused";
    case OpenError::broken_off: return "broken_off";
    case OpenError::proxy_refused: return "proxy_refused";
    case OpenError::handshake_failed: return "handshake_failed";
    case OpenError::client_certificate_refused: return "client_certificate_refused";
    case OpenError::certificate_refused: return "certificate_refused";
  }
  return "none";
}

/// Whether waiting cannot repair it, at any time: the run stops immediately.
constexpr bool is_refusal(OpenError error) noexcept {
  return error == OpenError::certificate_refused || error == OpenError::client_certificate_refused;
}

/// Whether waiting cannot repair it as long as no response was ever received.
constexpr bool is_refusal_at_start(OpenError error) noexcept {
  return is_refusal(error) || error == OpenError::no_such_host || error == OpenError::proxy_refused;
}

/// Whether it failed in TLS.
constexpr bool is_about_tls(OpenError error) noexcept { return error >= OpenError::handshake_failed; }

}  // namespace amend
