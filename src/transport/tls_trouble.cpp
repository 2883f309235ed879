#include "tls_trouble.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <memory>

#include "amend/error.hpp"
#include "row/utc_time.hpp"

namespace amend {
namespace {

constexpr std::size_t names_shown = 4;
constexpr std::size_t name_bytes_max = 80;

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

// The alerts of a server that does not accept our certificate, or that got none (RFC 8446 §6.2).
constexpr std::array about_our_certificate{
    SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,     SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE,
    SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
    SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, SSL_R_TLSV1_ALERT_UNKNOWN_CA,
    SSL_R_TLSV1_ALERT_ACCESS_DENIED,       SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED};

// Up to TLS 1.2, a missing certificate has no alert of its own: the handshake fails.
bool refuses_client(int reason, const HandshakeNotes& notes) noexcept {
  if (!notes.server_wants_certificate) return false;
  return reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE ||
         std::ranges::find(about_our_certificate, reason) != about_our_certificate.end();
}

// Each record begins with its type (RFC 8446 §5.1).
bool is_tls_record(std::string_view bytes) noexcept {
  const auto type = static_cast<unsigned char>(bytes[0]);
  return type >= 20 && type <= 24;
}

std::string refused_client_text(std::string_view alert, const HandshakeNotes& notes) {
  if (notes.has_certificate)
    return "the server refuses the client certificate of --client-cert (" + std::string(alert) + ")";
  return "the server requires a client certificate (" + std::string(alert) + "): use --client-cert and --client-key";
}

std::string not_tls_text(std::string_view first_bytes) {
  if (first_bytes.starts_with("HTTP/"))
    return "the server responds in plain HTTP: it does not speak TLS on this port. Is the port right, or must the URL "
           "begin with http://?";
  return "the server does not speak TLS on this port: its first bytes are \"" + printable(first_bytes) +
         "\". Is the port right?";
}

std::string utc(std::chrono::system_clock::time_point at) { return utc_text(at, "%Y-%m-%d %H:%M:%S UTC"); }

std::string utc(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  // Not through the system clock: certificates without an end are valid until 9999, and its nanoseconds end in 2262.
  std::array<char, 32> text{};
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts));
}

std::string dates_of(X509* certificate) {
  return "it is valid from " + utc(X509_get0_notBefore(certificate)) + " to " + utc(X509_get0_notAfter(certificate)) +
         "; the clock of this machine shows " + utc(std::chrono::system_clock::now()) + ". Is the clock right?";
}

// Only the host names and addresses that the certificate lists count (RFC 9525), never its common name.
std::string names_of(X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string list;
  std::size_t count = 0;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS || ++count > names_shown) continue;
    const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                                static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    list += (list.empty() ? "" : ", ") + printable(text, name_bytes_max);
  }
  if (count == 0) return "it lists no host name (subjectAltName); a common name does not count";
  if (count > names_shown) list += " and " + std::to_string(count - names_shown) + " more";
  return "it is for " + list;
}

bool is_about_dates(long verdict) noexcept {
  return verdict == X509_V_ERR_CERT_NOT_YET_VALID || verdict == X509_V_ERR_CERT_HAS_EXPIRED;
}

bool is_about_names(long verdict) noexcept {
  return verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

bool is_about_authority(long verdict) noexcept {
  return verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY || verdict == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
         verdict == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

}  // namespace

Opened explain_tls_error(unsigned long error, const HandshakeNotes& notes) {
  const int reason = ERR_GET_REASON(error);
  const char* const words = ERR_reason_error_string(error);
  const std::string text = words ? words : error == 0 ? "connection closed" : "error " + std::to_string(error);
  if (!notes.first_bytes.empty() && !is_tls_record(notes.first_bytes))
    return Opened(OpenError::handshake_failed, not_tls_text(notes.first_bytes));
  if (refuses_client(reason, notes))
    return Opened(OpenError::client_certificate_refused, refused_client_text(text, notes));
  if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
    return Opened(OpenError::handshake_failed,
                  "the server offers only TLS versions older than 1.2 (" + text + "): amend requires TLS 1.2 or newer");
  return Opened(OpenError::handshake_failed, "TLS: " + text);
}

Opened explain_refused_certificate(long verdict, const HandshakeNotes& notes) {
  std::string text = std::string("amend refuses the server's certificate: ") + X509_verify_cert_error_string(verdict);
  if (is_about_authority(verdict))
    text += " (amend does not trust the certificate's authority; name the authority's PEM file with --ca-file)";
  else if (!notes.certificate.empty())
    text += ": " + notes.certificate;
  return Opened(OpenError::certificate_refused, std::move(text));
}

Opened explain_end_in_handshake(const std::string& how, const HandshakeNotes& notes) {
  std::string text = "the server closed the connection during the TLS handshake";
  if (!how.empty()) text += " (" + how + ")";
  if (!notes.first_bytes.empty() && !is_tls_record(notes.first_bytes))
    return Opened(OpenError::handshake_failed, not_tls_text(notes.first_bytes));
  if (notes.first_bytes.empty()) text += " without a response: does it speak TLS on this port?";
  if (notes.server_wants_certificate && !notes.has_certificate)
    text += "; the server had requested a client certificate: use --client-cert and --client-key";
  return Opened(OpenError::handshake_failed, std::move(text));
}

std::string certificate_facts(X509* certificate, long verdict) {
  if (certificate && is_about_dates(verdict)) return dates_of(certificate);
  if (certificate && is_about_names(verdict)) return names_of(certificate);
  return {};
}

}  // namespace amend
