// Why a run stops that cannot connect. Pure. Layer 2.
#pragma once

#include "amend/row/stop_cause.hpp"
#include "amend/transport/open_error.hpp"

namespace amend {

/// Distinguishes failures that need an operator from those that may pass.
constexpr StopCause stop_cause_of(OpenError error) noexcept {
  switch (error) {
    case OpenError::no_such_host:
    case OpenError::proxy_refused: return StopCause::wrong_host;
    case OpenError::certificate_refused:
    case OpenError::client_certificate_refused:
    case OpenError::handshake_failed: return StopCause::tls;
    default: return StopCause::outage;
  }
}

}  // namespace amend
