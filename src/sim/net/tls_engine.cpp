#include "tls_engine.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <stdexcept>

namespace amend::sim {
namespace {

constexpr std::size_t plain_chunk = 16 * 1024;

[[noreturn]] void refuse(const std::string& what) {
  std::array<char, 200> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  throw std::runtime_error(what + ": " + text.data());
}

}  // namespace

class TlsContext::Impl {
 public:
  Impl() : context(SSL_CTX_new(TLS_server_method())) {
    if (context == nullptr) refuse("TLS");
  }
  ~Impl() { SSL_CTX_free(context); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  SSL_CTX* context;
};

TlsContext::TlsContext(const std::string& certificate, const std::string& key, const std::string& client_ca)
    : impl_(std::make_unique<Impl>()) {
  SSL_CTX* context = impl_->context;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) refuse("--cert " + certificate);
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) refuse("--key " + key);
  if (SSL_CTX_check_private_key(context) != 1) refuse("--key " + key);
  if (client_ca.empty()) return;
  if (SSL_CTX_load_verify_file(context, client_ca.c_str()) != 1) refuse("--client-ca " + client_ca);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // Without a context id, OpenSSL refuses to resume sessions of verified clients.
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("wonder-sim"), 10);
}
TlsContext::~TlsContext() = default;
TlsContext::TlsContext(TlsContext&&) noexcept = default;

class TlsEngine::Impl {
 public:
  explicit Impl(SSL_CTX* context) : ssl_(SSL_new(context)), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
    if (ssl_ == nullptr || in_ == nullptr || out_ == nullptr) refuse("TLS");
    SSL_set_bio(ssl_, in_, out_);
    SSL_set_accept_state(ssl_);
  }
  ~Impl() { SSL_free(ssl_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  State receive(std::string_view bytes, std::string& plain, std::string& cipher) {
    std::size_t taken = 0;
    if (!bytes.empty() && BIO_write_ex(in_, bytes.data(), bytes.size(), &taken) != 1) return State::failed;
    const State state = read_all(plain);
    drain(cipher);
    return state;
  }

  bool send(std::string_view plain, std::string& cipher) {
    std::size_t written = 0;
    ERR_clear_error();
    const bool sent = plain.empty() || SSL_write_ex(ssl_, plain.data(), plain.size(), &written) == 1;
    drain(cipher);
    return sent;
  }

  void shut(std::string& cipher) {
    ERR_clear_error();
    if (SSL_is_init_finished(ssl_) == 1) SSL_shutdown(ssl_);
    drain(cipher);
  }

 private:
  State read_all(std::string& plain) {
    while (true) {
      const std::size_t before = plain.size();
      plain.resize(before + plain_chunk);
      std::size_t got = 0;
      ERR_clear_error();
      const int result = SSL_read_ex(ssl_, plain.data() + before, plain_chunk, &got);
      plain.resize(before + got);
      if (result == 1) continue;
      const int error = SSL_get_error(ssl_, result);
      if (error == SSL_ERROR_WANT_READ) return State::open;
      return error == SSL_ERROR_ZERO_RETURN ? State::closed : State::failed;
    }
  }

  void drain(std::string& cipher) {
    const std::size_t pending = BIO_ctrl_pending(out_);
    if (pending == 0) return;
    const std::size_t before = cipher.size();
    cipher.resize(before + pending);
    std::size_t got = 0;
    BIO_read_ex(out_, cipher.data() + before, pending, &got);
    cipher.resize(before + got);
  }

  SSL* ssl_;
  BIO* in_;   // owned by ssl_
  BIO* out_;  // owned by ssl_
};

TlsEngine::TlsEngine(const TlsContext& context) : impl_(std::make_unique<Impl>(context.impl_->context)) {}
TlsEngine::~TlsEngine() = default;
TlsEngine::State TlsEngine::receive(std::string_view bytes, std::string& plain, std::string& cipher) {
  return impl_->receive(bytes, plain, cipher);
}
bool TlsEngine::send(std::string_view plain, std::string& cipher) { return impl_->send(plain, cipher); }
void TlsEngine::shut(std::string& cipher) { impl_->shut(cipher); }

}  // namespace amend::sim
