// Explains to the operator why a TLS connection could not be established or was refused. Pure except for the text
// tables of OpenSSL. Layer 2.
#pragma once

#include <string>

#include "transport/transport.hpp"

struct x509_st;

namespace amend {

/// Facts of a handshake that OpenSSL no longer has when it fails. One object per connection.
class HandshakeNotes {
 public:
  HandshakeNotes() = default;

  bool server_wants_certificate = false;  ///< it asked for a client certificate
  bool has_certificate = false;           ///< --client-cert names one
  bool refused_renegotiation = false;     ///< the server asked for another handshake, which was refused
  std::string first_bytes;                ///< from the server, at most first_bytes_max
  std::string certificate;                ///< about the refused certificate: dates or names; empty: not relevant

  static constexpr std::size_t first_bytes_max = 16;
};
static_assert(!std::is_aggregate_v<HandshakeNotes>);

/// The meaning of `error`, a code of OpenSSL's error queue, on a connection with these notes. 0: the queue was empty.
Opened explain_tls_error(unsigned long error, const HandshakeNotes& notes);

/// The server's certificate was refused; `verdict` is X509_V_ERR_….
Opened explain_refused_certificate(long verdict, const HandshakeNotes& notes);

/// The connection ended during a handshake. `how` is a text of the system; empty: an orderly end.
Opened explain_end_in_handshake(const std::string& how, const HandshakeNotes& notes);

/// The facts of a certificate that explain the verdict: its dates and this machine's time, or its names.
std::string certificate_facts(x509_st* certificate, long verdict);

}  // namespace amend
