// Signs requests with "Wonder-RSA-SHA256" (src/wonder/README.md §2), in steps that can be checked one by one.
//
// It has no clock, no random numbers and no files: the caller passes time and nonce.
//
// Threads: keys are immutable and may be shared. Source: layer 1.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Forward declaration that keeps OpenSSL's headers out of this one.
struct evp_mac_ctx_st;

namespace amend::wonder {

inline constexpr std::string_view algorithm = "Wonder-RSA-SHA256";

inline constexpr std::size_t nonce_size = 16;

using Digest = std::array<unsigned char, 32>;

/// HMAC-SHA-256 (RFC 2104). It keeps what OpenSSL looks up and allocates, which costs more than the hashing.
///
/// Threads: one. Errors: throws std::runtime_error when OpenSSL is out of memory.
class HmacSha256 {
 public:
  HmacSha256();
  Digest operator()(std::string_view key, std::string_view data);

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

/// UTC as `YYYYMMDDHHMMSS`, without fractions. Years 0000 … 9999.
std::array<char, 14> format_time(std::chrono::system_clock::time_point at) noexcept;

/// The reverse of format_time(). nullopt for any text that is not 14 digits of a second of a real day.
std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text) noexcept;

/// Appends METHOD "\n" URI, and "\n" BODY only when there is a body (src/wonder/README.md §2, step 5).
void append_string_to_sign(std::string& out, std::string_view method, std::string_view uri, std::string_view body);

/// Steps 3 to 6 of src/wonder/README.md §2. Keep one per thread and call `compute` for every request, so that its
/// buffers are reused.
class SigningSteps {
 public:
  /// `uri` is the path with its query, exactly as on the request line. `body` is exactly the bytes sent.
  void compute(std::string_view nonce, std::string_view time, std::string_view method, std::string_view uri,
               std::string_view body);

  const Digest& k1() const noexcept { return k1_; }
  const Digest& k2() const noexcept { return k2_; }
  std::string_view message() const noexcept { return message_; }
  /// k3 in lower-case hexadecimal, 64 characters. The RSA signature is computed over it.
  std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

 private:
  HmacSha256 hmac_sha256_;
  Digest k1_{};
  Digest k2_{};
  std::string message_;
  std::array<char, 64> text_{};
};

/// The merchant's RSA key. It is never printed and in no error text.
///
/// Threads: copies share the key, and signing is thread-safe.
class PrivateKey {
 public:
  /// Reads PEM, PKCS#8 or PKCS#1, RSA of 2048 to 4096 bits. Literal `\n` sequences (as in environment variables) count
  /// as line ends. It never asks for a passphrase: an encrypted key is refused.
  ///
  /// Errors: throws ConfigError with the fault of the key. The caller adds the source, as it knows the option.
  static PrivateKey from_pem(std::string_view pem);

  /// Makes one signature. For many, use a SignatureMaker.
  std::string sign(std::string_view text) const;

  unsigned bits() const noexcept;

  /// The public half, PEM (SubjectPublicKeyInfo).
  std::string public_pem() const;

 private:
  friend class SignatureMaker;
  class Impl;
  explicit PrivateKey(std::shared_ptr<const Impl> impl) noexcept;
  bool signs_truly() const;
  std::shared_ptr<const Impl> impl_;
};

/// Signs with a key and prepares OpenSSL only once. It copies the key, because threads that share a key would wait for
/// each other.
///
/// Threads: one.
class SignatureMaker {
 public:
  /// Throws std::runtime_error when OpenSSL is out of memory.
  explicit SignatureMaker(const PrivateKey& key);
  ~SignatureMaker();

  /// Appends the signature as padded base64 on one line: RSASSA-PKCS1-v1_5 with SHA-256 (step 7). It takes 0.25 to 1 ms
  /// of a core for 2048 bits.
  ///
  /// Errors: throws std::runtime_error when OpenSSL fails.
  void append_signature(std::string_view text, std::string& out);

 private:
  friend class PrivateKey;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Checks signatures, for the simulator and for tests.
///
/// Threads: copies share the key; thread-safe.
class PublicKey {
 public:
  /// Reads PEM or DER of a SubjectPublicKeyInfo. Both throw ConfigError when it is not an RSA public key.
  static PublicKey from_pem(std::string_view pem);
  static PublicKey from_der(std::string_view der);

  /// Returns false also for base64 that is not canonical or that differs in length from the key.
  bool verify(std::string_view text, std::string_view base64_signature) const;

 private:
  class Impl;
  explicit PublicKey(std::shared_ptr<const Impl> impl) noexcept;
  std::shared_ptr<const Impl> impl_;
};

/// Appends `Credential: …`, `Nonce: …` and `Signature: …`, each line with CRLF. `steps` must have computed the same
/// `time` and `nonce`.
void append_signature_headers(std::string& out, std::string_view app_id, std::string_view time, std::string_view nonce,
                              const SigningSteps& steps, SignatureMaker& maker);

}  // namespace amend::wonder
