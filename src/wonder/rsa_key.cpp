// The RSA half of amend/wonder/request_signer.hpp.
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>
#include <vector>

#include "amend/error.hpp"
#include "amend/wonder/request_signer.hpp"
#include "wonder/key_text.hpp"

namespace amend::wonder {
namespace {

constexpr int bits_min = 2048;
constexpr int bits_max = 4096;
constexpr std::size_t signature_bytes_max = bits_max / 8;
constexpr std::size_t base64_bytes_max = (signature_bytes_max + 2) / 3 * 4;

struct Free {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD* digest) const noexcept { EVP_MD_free(digest); }
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, Free>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free>;
using DigestHandle = std::unique_ptr<EVP_MD, Free>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free>;
using BioHandle = std::unique_ptr<BIO, Free>;

// Wipes its text on every exit, because it contains a private key.
class SecretText {
 public:
  explicit SecretText(std::string_view text) { value_.reserve(text.size()); }
  ~SecretText() { OPENSSL_cleanse(value_.data(), value_.size()); }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  std::string& value() noexcept { return value_; }

 private:
  std::string value_;
};

// Editors on Windows write a byte order mark, and OpenSSL finds no key after one.
void unfold_line_ends(std::string_view pem, std::string& out) {
  if (pem.starts_with("\xef\xbb\xbf")) pem.remove_prefix(3);
  for (std::size_t i = 0; i < pem.size(); ++i) {
    if (pem[i] == '\\' && i + 1 < pem.size() && (pem[i + 1] == 'n' || pem[i + 1] == 'r')) {
      if (pem[++i] == 'n') out += '\n';
      continue;
    }
    out += pem[i];
  }
}

// Without a callback, OpenSSL would ask for the passphrase on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return 0; }

BioHandle memory_bio(std::string_view text) {
  BioHandle bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!bio) throw std::runtime_error("OpenSSL is out of memory");
  return bio;
}

void require_rsa(const EVP_PKEY* key, std::string_view what) {
  if (EVP_PKEY_is_a(key, "RSA") != 1) throw ConfigError(std::string(what) + " is not an RSA key");
  const int bits = EVP_PKEY_get_bits(key);
  if (bits >= bits_min && bits <= bits_max) return;
  throw ConfigError(std::string(what) + " has " + std::to_string(bits) + " bits; 2048 to 4096 are accepted");
}

const unsigned char* as_bytes(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool rsa_verify(EVP_PKEY* key, std::string_view text, const unsigned char* signature, std::size_t size) {
  const DigestContext context(EVP_MD_CTX_new());
  const bool valid = context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
                     EVP_DigestVerify(context.get(), signature, size, as_bytes(text), text.size()) == 1;
  ERR_clear_error();
  return valid;
}

}  // namespace

class PrivateKey::Impl {
 public:
  explicit Impl(KeyHandle key) noexcept : key_(std::move(key)) {}
  EVP_PKEY* get() const noexcept { return key_.get(); }

 private:
  KeyHandle key_;
};

class SignatureMaker::Impl {
 public:
  explicit Impl(EVP_PKEY* key);
  std::size_t sign(std::string_view text, unsigned char* out, std::size_t capacity);

 private:
  KeyHandle key_;
  DigestHandle sha256_;
  DigestContext digest_;
  KeyContext context_;
};

// OpenSSL keeps a key's blinding under a lock, so threads that share a key would wait for each other.
SignatureMaker::Impl::Impl(EVP_PKEY* key)
    : key_(EVP_PKEY_dup(key)),
      sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)),
      digest_(EVP_MD_CTX_new()),
      context_(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)) {
  if (key_ && sha256_ && digest_ && context_ && EVP_PKEY_sign_init(context_.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(context_.get(), RSA_PKCS1_PADDING) == 1 &&
      EVP_PKEY_CTX_set_signature_md(context_.get(), sha256_.get()) == 1)
    return;
  ERR_clear_error();
  throw std::runtime_error("OpenSSL cannot prepare signing");
}

std::size_t SignatureMaker::Impl::sign(std::string_view text, unsigned char* out, std::size_t capacity) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned digest_size = 0;
  std::size_t size = capacity;
  if (EVP_DigestInit_ex2(digest_.get(), sha256_.get(), nullptr) != 1 ||
      EVP_DigestUpdate(digest_.get(), text.data(), text.size()) != 1 ||
      EVP_DigestFinal_ex(digest_.get(), digest, &digest_size) != 1 ||
      EVP_PKEY_sign(context_.get(), out, &size, digest, digest_size) != 1) {
    ERR_clear_error();
    throw std::runtime_error("OpenSSL cannot sign with the private key");
  }
  return size;
}

SignatureMaker::SignatureMaker(const PrivateKey& key) : impl_(std::make_unique<Impl>(key.impl_->get())) {}
SignatureMaker::~SignatureMaker() = default;

void SignatureMaker::append_signature(std::string_view text, std::string& out) {
  unsigned char signature[signature_bytes_max];
  unsigned char base64[base64_bytes_max + 1];
  const std::size_t size = impl_->sign(text, signature, sizeof signature);
  const int length = EVP_EncodeBlock(base64, signature, static_cast<int>(size));
  out.append(reinterpret_cast<const char*>(base64), static_cast<std::size_t>(length));
}

PrivateKey::PrivateKey(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}

PrivateKey PrivateKey::from_pem(std::string_view pem) {
  SecretText text(pem);
  unfold_line_ends(pem, text.value());
  const BioHandle bio = memory_bio(text.value());
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!key) throw ConfigError(describe_wrong_key(text.value()));
  require_rsa(key.get(), "the private key");
  PrivateKey read(std::make_shared<const Impl>(std::move(key)));
  if (!read.signs_truly())
    throw ConfigError("the private key is damaged: its signatures are not valid. Copy the whole key again");
  return read;
}

// A damaged key can be well-formed. Find out now, not by 100,000 refused requests.
bool PrivateKey::signs_truly() const {
  constexpr std::string_view probe = "amend";
  unsigned char signature[signature_bytes_max];
  try {
    const std::size_t size = SignatureMaker::Impl(impl_->get()).sign(probe, signature, sizeof signature);
    return rsa_verify(impl_->get(), probe, signature, size);
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::string PrivateKey::sign(std::string_view text) const {
  std::string out;
  SignatureMaker(*this).append_signature(text, out);
  return out;
}

unsigned PrivateKey::bits() const noexcept { return static_cast<unsigned>(EVP_PKEY_get_bits(impl_->get())); }

std::string PrivateKey::public_pem() const {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), impl_->get()) != 1) {
    throw std::runtime_error("OpenSSL cannot write the public key");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

class PublicKey::Impl {
 public:
  explicit Impl(KeyHandle key) noexcept : key_(std::move(key)) {}
  EVP_PKEY* get() const noexcept { return key_.get(); }

 private:
  KeyHandle key_;
};

PublicKey::PublicKey(std::shared_ptr<const Impl> impl) noexcept : impl_(std::move(impl)) {}

PublicKey PublicKey::from_pem(std::string_view pem) {
  const BioHandle bio = memory_bio(pem);
  KeyHandle key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!key) throw ConfigError("no public key in PEM form found (BEGIN PUBLIC KEY)");
  require_rsa(key.get(), "the public key");
  return PublicKey(std::make_shared<const Impl>(std::move(key)));
}

PublicKey PublicKey::from_der(std::string_view der) {
  const unsigned char* at = as_bytes(der);
  KeyHandle key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!key) throw ConfigError("the public key is not a DER SubjectPublicKeyInfo");
  require_rsa(key.get(), "the public key");
  return PublicKey(std::make_shared<const Impl>(std::move(key)));
}

bool PublicKey::verify(std::string_view text, std::string_view base64_signature) const {
  const auto size = static_cast<std::size_t>(EVP_PKEY_get_size(impl_->get()));
  if (base64_signature.size() != (size + 2) / 3 * 4) return false;
  std::vector<unsigned char> signature(base64_signature.size());
  const int decoded =
      EVP_DecodeBlock(signature.data(), as_bytes(base64_signature), static_cast<int>(base64_signature.size()));
  if (decoded < 0 || static_cast<std::size_t>(decoded) < size) return false;
  // EVP_DecodeBlock accepts blanks, stray padding and unused bits. Only the one canonical spelling is valid.
  std::vector<unsigned char> again(base64_signature.size() + 1);
  EVP_EncodeBlock(again.data(), signature.data(), static_cast<int>(size));
  const std::string_view canonical(reinterpret_cast<const char*>(again.data()), base64_signature.size());
  return canonical == base64_signature && rsa_verify(impl_->get(), text, signature.data(), size);
}

}  // namespace amend::wonder
