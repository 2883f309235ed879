// The shared state of a worker's TLS connections: trust store, client certificate, the last session for resumption.
#pragma once

#include <memory>

#include "amend/config.hpp"
#include "transport/target.hpp"

// Forward declarations keep OpenSSL's headers out of this one.
struct ssl_ctx_st;
struct ssl_st;
struct ssl_session_st;
struct bio_st;

namespace amend {

class HandshakeNotes;

struct SslDeleter {
  void operator()(ssl_ctx_st* p) const noexcept;
  void operator()(ssl_st* p) const noexcept;
  void operator()(ssl_session_st* p) const noexcept;
};
using SslCtxPtr = std::unique_ptr<ssl_ctx_st, SslDeleter>;
using SslPtr = std::unique_ptr<ssl_st, SslDeleter>;
using SslSessionPtr = std::unique_ptr<ssl_session_st, SslDeleter>;

/// TLS ≥ 1.2; the server is verified by name or address.
///
/// Threads: one.
class TlsContext {
 public:
  /// Throws ConfigError, which names the option of an unusable file.
  TlsContext(const Target& target, const TargetConfig& config);

  /// A client handle with SNI, host check and the last session, if any. It owns `network` for both directions, and
  /// writes to `notes` during the handshake.
  SslPtr make_client(bio_st* network, HandshakeNotes& notes) const;

  /// Remembers the session of a successful connection, so that the next handshake is cheaper.
  void remember_session(ssl_st& ssl);

 private:
  Target target_;
  bool has_client_certificate_;
  SslCtxPtr ctx_;
  SslSessionPtr session_;
};

}  // namespace amend
