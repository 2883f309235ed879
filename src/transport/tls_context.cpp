#include "tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "amend/error.hpp"
#include "amend/wonder/secret_file.hpp"

namespace amend {
namespace {

// A key with a passphrase must fail at once instead of asking on the terminal in the middle of the night.
int no_passphrase(char*, int, int, void*) { return 0; }

void load_client_certificate(SSL_CTX* ctx, const TargetConfig& config) {
  if (config.client_cert.empty() != config.client_key.empty())
    throw ConfigError("--client-cert and --client-key go together");
  if (config.client_cert.empty()) return;
  wonder::read_secret_file(config.client_key, "--client-key");  // for its check of owner and mode
  if (SSL_CTX_use_certificate_chain_file(ctx, config.client_cert.c_str()) != 1)
    throw ConfigError("--client-cert " + config.client_cert + ": " + openssl_error_text());
  if (SSL_CTX_use_PrivateKey_file(ctx, config.client_key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(ctx) != 1)
    throw ConfigError("--client-key " + config.client_key + ": " + openssl_error_text());
}

}  // namespace

void SslDeleter::operator()(ssl_ctx_st* p) const noexcept { SSL_CTX_free(p); }
void SslDeleter::operator()(ssl_st* p) const noexcept { SSL_free(p); }
void SslDeleter::operator()(ssl_session_st* p) const noexcept { SSL_SESSION_free(p); }

std::string openssl_error_text() {
  const auto code = ERR_peek_last_error();
  const char* reason = ERR_reason_error_string(code);
  std::string text = reason ? reason : code == 0 ? "connection closed" : "error " + std::to_string(code);
  ERR_clear_error();
  return text;
}

TlsContext::TlsContext(const Target& target, const TargetConfig& config)
    : target_(target), ctx_(SSL_CTX_new(TLS_client_method())) {
  if (!ctx_) throw ConfigError("TLS cannot be set up: " + openssl_error_text());
  SSL_CTX_set_min_proto_version(ctx_.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(ctx_.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(ctx_.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(ctx_.get(), no_passphrase);
  SSL_CTX_set_mode(ctx_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (config.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(ctx_.get());
  } else if (SSL_CTX_load_verify_file(ctx_.get(), config.ca_file.c_str()) != 1) {
    throw ConfigError("--ca-file " + config.ca_file + ": " + openssl_error_text());
  }
  load_client_certificate(ctx_.get(), config);
  ERR_clear_error();
}

SslPtr TlsContext::make_client(BIO* network) const {
  SslPtr ssl(SSL_new(ctx_.get()));
  if (!ssl) {
    BIO_free(network);
    throw std::bad_alloc();
  }
  SSL_set_bio(ssl.get(), network, network);
  X509_VERIFY_PARAM* verify = SSL_get0_param(ssl.get());
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
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
