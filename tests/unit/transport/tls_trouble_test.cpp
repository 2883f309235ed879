// OpenSSL's errors, in words that show an operator what to do.
#include "transport/tls_trouble.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <utility>

using namespace amend;

namespace {

unsigned long tls_error(int reason) { return ERR_PACK(ERR_LIB_SSL, 0, reason); }

HandshakeNotes notes(bool wanted, bool given) {
  HandshakeNotes out;
  out.server_wants_certificate = wanted;
  out.has_certificate = given;
  return out;
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("tls trouble: an alert about our certificate counts only when the server asked for one") {
  for (const int reason :
       {SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
        SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
        SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_TLSV1_ALERT_ACCESS_DENIED,
        SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE}) {
    CAPTURE(reason);
    CHECK(explain_tls_error(tls_error(reason), notes(false, false)).error == OpenError::handshake_failed);
    const Opened missing = explain_tls_error(tls_error(reason), notes(true, false));
    CHECK(missing.error == OpenError::client_certificate_refused);
    CHECK(holds(missing.text, "requires a client certificate"));
    CHECK(holds(missing.text, "--client-cert and --client-key"));
    const Opened wrong = explain_tls_error(tls_error(reason), notes(true, true));
    CHECK(wrong.error == OpenError::client_certificate_refused);
    CHECK(holds(wrong.text, "refuses the client certificate of --client-cert"));
  }
  const auto other = explain_tls_error(tls_error(SSL_R_TLSV1_ALERT_INTERNAL_ERROR), notes(true, false));
  CHECK(other.error == OpenError::handshake_failed);
}

TEST_CASE("tls trouble: what the server speaks instead is named by its first bytes") {
  HandshakeNotes http;
  http.first_bytes = "HTTP/1.1 400 Bad";
  CHECK(holds(explain_tls_error(tls_error(SSL_R_WRONG_VERSION_NUMBER), http).text, "plain HTTP"));
  CHECK(holds(explain_end_in_handshake("", http).text, "plain HTTP"));
  HandshakeNotes ssh;
  ssh.first_bytes = "SSH-2.0-\x1b[2J";
  const std::string text = explain_tls_error(tls_error(SSL_R_WRONG_VERSION_NUMBER), ssh).text;
  CHECK(holds(text, "does not speak TLS on this port"));
  CHECK(text.find('\x1b') == std::string::npos);
  for (char type = 20; type <= 24; ++type) {
    HandshakeNotes record;
    record.first_bytes = std::string(1, type) + "\x03\x03";
    CHECK(holds(explain_tls_error(tls_error(SSL_R_WRONG_VERSION_NUMBER), record).text, "TLS: "));
  }
}

TEST_CASE("tls trouble: an end in the middle of a handshake says whether anything was received") {
  CHECK(holds(explain_end_in_handshake("", HandshakeNotes()).text, "does it speak TLS on this port?"));
  HandshakeNotes some;
  some.first_bytes = "\x16\x03\x03";
  CHECK(explain_end_in_handshake("", some).text == "the server closed the connection during the TLS handshake");
  CHECK(explain_end_in_handshake("reset", some).text ==
        "the server closed the connection during the TLS handshake (reset)");
  some.server_wants_certificate = true;
  CHECK(holds(explain_end_in_handshake("", some).text, "--client-cert"));
}

TEST_CASE("tls trouble: old versions of TLS are named as such") {
  for (const int reason : {SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION})
    CHECK(holds(explain_tls_error(tls_error(reason), HandshakeNotes()).text, "older than 1.2"));
}

TEST_CASE("tls trouble: the dates of a certificate are shown as they are, also without an end (RFC 5280 §4.1.2.5)") {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  for (const auto& [asn1, shown] : {std::pair{"19700101000000Z", "1970-01-01 00:00:00 UTC"},
                                    std::pair{"20261201083000Z", "2026-12-01 08:30:00 UTC"},
                                    std::pair{"22620411234717Z", "2262-04-11 23:47:17 UTC"},
                                    std::pair{"22620412000000Z", "2262-04-12 00:00:00 UTC"},
                                    std::pair{"99991231235959Z", "9999-12-31 23:59:59 UTC"}}) {
    REQUIRE(ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), asn1) == 1);
    REQUIRE(ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), asn1) == 1);
    CHECK(holds(certificate_facts(certificate.get(), X509_V_ERR_CERT_NOT_YET_VALID),
                std::string("it is valid from ") + shown + " to " + shown + "; "));
  }
}

TEST_CASE("tls trouble: a refused certificate says what is known of it") {
  HandshakeNotes facts;
  facts.certificate = "it is valid from A to B";
  const Opened expired = explain_refused_certificate(X509_V_ERR_CERT_HAS_EXPIRED, facts);
  CHECK(expired.error == OpenError::certificate_refused);
  CHECK(holds(expired.text, "certificate has expired: it is valid from A to B"));
  CHECK(holds(explain_refused_certificate(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, facts).text, "--ca-file"));
  CHECK(certificate_facts(nullptr, X509_V_ERR_CERT_HAS_EXPIRED).empty());
}
