#include "tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "amend/error.hpp"
#include "amend/wonder/secret_file.hpp"
#include "tls_trouble.hpp"
#include "wonder/key_text.hpp"

namespace amend {
namespace {

// A key with a passphrase must fail immediately. A prompt on the terminal would block an unattended run.
int no_passphrase(char*, int, int, void*) { return 0; }

HandshakeNotes& notes_of(SSL* ssl) noexcept { return *static_cast<HandshakeNotes*>(SSL_get_app_data(ssl)); }

// Called when the server asks for a certificate, whether there is one or not.
int note_request(SSL* ssl, void*) noexcept {
  notes_of(ssl).server_wants_certificate = true;
  return 1;
}

void note_alert(const SSL* ssl, int where, int alert) noexcept {
  if (where != SSL_CB_WRITE_ALERT || (alert & 0xFF) != SSL_AD_NO_RENEGOTIATION) return;
  static_cast<HandshakeNotes*>(SSL_get_app_data(ssl))->refused_renegotiation = true;
}

// Only here is the faulty certificate known: it may be an intermediate authority.
int note_refusal(int accepted, X509_STORE_CTX* check) noexcept {
  if (accepted == 1) return accepted;
  auto* const ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
  try {
    notes_of(ssl).certificate =
        certificate_facts(X509_STORE_CTX_get_current_cert(check), X509_STORE_CTX_get_error(check));
  } catch (...) {
    // No exception may pass through OpenSSL. The refusal is valid without its details.
  }
  return accepted;
}

constexpr std::size_t certificate_file_bytes_max = 16U << 20;

std::string read_certificate_file(const std::string& path, const std::string& option) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file || file.peek() == std::ifstream::traits_type::eof()) {
    const std::string why = !file.is_open() ? "cannot be opened: " + std::string(std::strerror(errno))
                            : errno != 0    ? "cannot be read: " + std::string(std::strerror(errno))
                                            : "is empty";
    throw ConfigError(option + " " + printable(path) + ": " + why);
  }
  std::string content(certificate_file_bytes_max, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<std::size_t>(file.gcount()));
  return content;
}

// OpenSSL's own text ("PEM lib") would not help.
[[noreturn]] void refuse_certificate_file(const std::string& path, const std::string& option) {
  ERR_clear_error();
  const std::string content = read_certificate_file(path, option);
  throw ConfigError(option + " " + printable(path) + ": " + wonder::describe_wrong_certificate(content));
}

void load_client_certificate(SSL_CTX* ctx, const TargetConfig& config) {
  if (config.client_cert.empty() != config.client_key.empty())
    throw ConfigError("use --client-cert and --client-key together, or neither");
  if (config.client_cert.empty()) return;
  const std::string key = wonder::read_secret_file(config.client_key, "--client-key");
  if (SSL_CTX_use_certificate_chain_file(ctx, config.client_cert.c_str()) != 1)
    refuse_certificate_file(config.client_cert, "--client-cert");
  const bool is_key = SSL_CTX_use_PrivateKey_file(ctx, config.client_key.c_str(), SSL_FILETYPE_PEM) == 1;
  if (is_key && SSL_CTX_check_private_key(ctx) == 1) return;
  const bool other_key = is_key || ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
  ERR_clear_error();
  throw ConfigError("--client-key " + printable(config.client_key) + ": " +
                    (other_key
                         ? "the key does not match the certificate in --client-cert " + printable(config.client_cert)
                         : wonder::describe_wrong_key(key)));
}

}  // namespace

void SslDeleter::operator()(ssl_ctx_st* p) const noexcept { SSL_CTX_free(p); }
void SslDeleter::operator()(ssl_st* p) const noexcept { SSL_free(p); }
void SslDeleter::operator()(ssl_session_st* p) const noexcept { SSL_SESSION_free(p); }

TlsContext::TlsContext(const Target& target, const TargetConfig& config)
    : target_(target), has_client_certificate_(!config.client_cert.empty()), ctx_(SSL_CTX_new(TLS_client_method())) {
  if (!ctx_) throw ConfigError("TLS cannot be set up: " + explain_tls_error(ERR_peek_last_error(), {}).text);
  SSL_CTX_set_min_proto_version(ctx_.get(), TLS1_2_VERSION);
  // A server that asks for another handshake later is refused (RFC 5246 §7.4.1.1).
  SSL_CTX_set_options(ctx_.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_info_callback(ctx_.get(), note_alert);
  SSL_CTX_set_verify(ctx_.get(), SSL_VERIFY_PEER, note_refusal);
  SSL_CTX_set_cert_cb(ctx_.get(), note_request, nullptr);
  SSL_CTX_set_session_cache_mode(ctx_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(ctx_.get(), no_passphrase);
  SSL_CTX_set_mode(ctx_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (config.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(ctx_.get());
  } else if (SSL_CTX_load_verify_file(ctx_.get(), config.ca_file.c_str()) != 1) {
    refuse_certificate_file(config.ca_file, "--ca-file");
  }
  load_client_certificate(ctx_.get(), config);
  ERR_clear_error();
}

SslPtr TlsContext::make_client(BIO* network, HandshakeNotes& notes) const {
  SslPtr ssl(SSL_new(ctx_.get()));
  if (!ssl) {
    BIO_free(network);
    throw std::bad_alloc();
  }
  SSL_set_bio(ssl.get(), network, network);
  notes = HandshakeNotes();
  notes.has_certificate = has_client_certificate_;
  SSL_set_app_data(ssl.get(), &notes);
  X509_VERIFY_PARAM* verify = SSL_get0_param(ssl.get());
  // A common name is not a host name (RFC 9525 §6.3), even when the certificate has no other name.
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (target_.literal_address) {
    X509_VERIFY_PARAM_set1_ip_asc(verify, target_.host.c_str());
  } else {
    SSL_set_tlsext_host_name(ssl.get(), target_.host.c_str());
    X509_VERIFY_PARAM_set1_host(verify, target_.host.c_str(), target_.host.size());
  }
  SSL_set_connect_state(ssl.get());
  if (session_) SSL_set_session(ssl.get(), session_.get());
  return ssl;
}

void TlsContext::remember_session(ssl_st& ssl) {
  SslSessionPtr session(SSL_get1_session(&ssl));
  if (session && SSL_SESSION_is_resumable(session.get())) session_ = std::move(session);
}

}  // namespace amend
