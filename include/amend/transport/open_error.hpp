// How an attempt to open a connection can fail. Layer 2; pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace amend {

/// How an attempt to open a connection ended: in the order of how far it got. Of several addresses, the one that got
/// furthest tells the most about the cause.
enum class OpenError : std::uint8_t {
  none,
  no_such_host,                ///< the name does not exist
  unreachable,                 ///< resolver trouble, no route
  timeout,                     ///< no TCP connection within the connect deadline
  refused,                     ///< the host is there; no process listens on the port
  broken_off,                  ///< connected, and ended or stood still before it was of use
  proxy_refused,               ///< the proxy answers CONNECT with a 4xx: needs an operator
  handshake_failed,            ///< a TLS failure that is not about certificates
  client_certificate_refused,  ///< the server does not accept our certificate, or that we have none: needs an operator
  certificate_refused,         ///< we do not trust what the server showed: needs an operator
};

/// As its enumerators are called.
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

/// Waiting does not mend it, whenever it happens: the run stops at once.
constexpr bool is_refusal(OpenError error) noexcept {
  return error == OpenError::certificate_refused || error == OpenError::client_certificate_refused;
}

/// The same, as long as no response was ever received.
constexpr bool is_refusal_at_start(OpenError error) noexcept {
  return is_refusal(error) || error == OpenError::no_such_host || error == OpenError::proxy_refused;
}

/// It failed in TLS.
constexpr bool is_about_tls(OpenError error) noexcept { return error >= OpenError::handshake_failed; }

}  // namespace amend
