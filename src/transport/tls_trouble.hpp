// Why a TLS connection could not be made or was refused, in words for the operator. Layer 2; pure but for the texts of
// OpenSSL's own tables.
#pragma once

#include <string>

#include "amend/transport/transport.hpp"

struct x509_st;

namespace amend {

/// What a handshake shows that OpenSSL no longer has when it fails. One for each connection.
class HandshakeNotes {
 public:
  HandshakeNotes() = default;

  bool server_wants_certificate = false;  ///< it asked for a client certificate
  bool has_certificate = false;           ///< --client-cert names one
  bool refused_renegotiation = false;     ///< the server asked for another handshake and was told no
  std::string first_bytes;                ///< of what the server sent, at most first_bytes_max
  std::string certificate;                ///< of the certificate that was refused: dates or names; empty: of no use

  static constexpr std::size_t first_bytes_max = 16;
};
static_assert(!std::is_aggregate_v<HandshakeNotes>);

/// What `error`, a code of OpenSSL's error queue, means on a connection with these notes; 0: the queue was empty.
Opened explain_tls_error(unsigned long error, const HandshakeNotes& notes);

/// The server's certificate was refused; `verdict`: X509_V_ERR_….
Opened explain_refused_certificate(long verdict, const HandshakeNotes& notes);

/// The connection ended in the middle of a handshake; `how`: a text of the system, or empty for an orderly end.
Opened explain_end_in_handshake(const std::string& how, const HandshakeNotes& notes);

/// What of a certificate explains the verdict: its dates and this machine's time, or the names that it is for.
std::string certificate_facts(x509_st* certificate, long verdict);

}  // namespace amend
