// What all TLS connections of one worker share: trust store, client certificate, the last session for resumption.
#pragma once

#include <memory>

#include "amend/config.hpp"
#include "amend/transport/target.hpp"

// Forward declarations keep OpenSSL's headers out of here.
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

/// TLS ≥ 1.2, server verified by name or address. Not shared between threads.
class TlsContext {
 public:
  /// Throws ConfigError naming the option whose file cannot be used.
  TlsContext(const Target& target, const TargetConfig& config);

  /// A client handle with SNI, host check and the last session, if any. It owns `network`, in and out, and writes to
  /// `notes` while the handshake lasts.
  SslPtr make_client(bio_st* network, HandshakeNotes& notes) const;

  /// Remembers the session of a connection that worked, for a cheaper next handshake.
  void remember_session(ssl_st& ssl);

 private:
  Target target_;
  bool has_client_certificate_;
  SslCtxPtr ctx_;
  SslSessionPtr session_;
};

}  // namespace amend
