// Request signing, "Wonder-RSA-SHA256" (api.md §2), in steps that can each be looked at. Layer 1: no clock, no random
// numbers, no files; time and nonce come in. Keys are immutable and may be shared by threads.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace amend::wonder {

inline constexpr std::string_view algorithm = "Wonder-RSA-SHA256";

inline constexpr std::size_t nonce_size = 16;

using Digest = std::array<unsigned char, 32>;

/// HMAC-SHA-256 (RFC 2104). Throws std::runtime_error when OpenSSL cannot (no memory).
Digest hmac_sha256(std::string_view key, std::string_view data);

/// UTC `YYYYMMDDHHMMSS`, fractions cut off. Years 0000 … 9999.
std::array<char, 14> format_time(std::chrono::system_clock::time_point at) noexcept;

/// The reverse; nullopt for anything but 14 digits that name a second of a real day.
std::optional<std::chrono::system_clock::time_point> parse_time(std::string_view text) noexcept;

/// Appends METHOD "\n" URI, and "\n" BODY only when there is a body (api.md §2, step 5).
void append_string_to_sign(std::string& out, std::string_view method, std::string_view uri, std::string_view body);

/// Steps 3 to 6 of api.md §2. Keep one and call `compute` for every request: its buffer is used again.
class SigningSteps {
 public:
  SigningSteps() = default;

  /// `uri` is the path with its query, exactly as on the request line; `body` exactly the bytes sent.
  void compute(std::string_view nonce, std::string_view time, std::string_view method, std::string_view uri,
               std::string_view body);

  const Digest& k1() const noexcept { return k1_; }
  const Digest& k2() const noexcept { return k2_; }
  std::string_view message() const noexcept { return message_; }
  /// k3 in lower-case hexadecimal, 64 characters: what the RSA signature is made over.
  std::string_view text() const noexcept { return {text_.data(), text_.size()}; }

 private:
  Digest k1_{};
  Digest k2_{};
  std::string message_;
  std::array<char, 64> text_{};
};

/// The merchant's RSA key. Copies share the key; signing is thread-safe. Never printed, in no error text.
class PrivateKey {
 public:
  /// PEM, PKCS#8 or PKCS#1, RSA of 2048 to 4096 bits; literal `\n` sequences (as in environment variables) are read as
  /// line ends. Never asks for a passphrase: an encrypted key is refused.
  /// Throws ConfigError saying what is wrong with the key but not where it came from (the caller knows its option).
  static PrivateKey from_pem(std::string_view pem);

  /// Appends the signature as padded base64 on one line: RSASSA-PKCS1-v1_5 with SHA-256 (step 7). About a millisecond
  /// of a core for 2048 bits. Throws std::runtime_error when OpenSSL cannot.
  void append_signature(std::string_view text, std::string& out) const;
  std::string sign(std::string_view text) const;

  unsigned bits() const noexcept;

  /// The public half, PEM (SubjectPublicKeyInfo).
  std::string public_pem() const;

 private:
  class Impl;
  explicit PrivateKey(std::shared_ptr<const Impl> impl) noexcept;
  std::shared_ptr<const Impl> impl_;
};

/// Checks signatures: for the simulator and for tests. Copies share the key; thread-safe.
class PublicKey {
 public:
  /// PEM or DER of a SubjectPublicKeyInfo. Throw ConfigError when it is not an RSA public key.
  static PublicKey from_pem(std::string_view pem);
  static PublicKey from_der(std::string_view der);

  /// False also for base64 that is not canonical or of another length than the key's.
  bool verify(std::string_view text, std::string_view base64_signature) const;

 private:
  class Impl;
  explicit PublicKey(std::shared_ptr<const Impl> impl) noexcept;
  std::shared_ptr<const Impl> impl_;
};

/// Appends `Credential: …`, `Nonce: …` and `Signature: …`, each line ending in CRLF. `steps` must have been computed
/// with the same `time` and `nonce`.
void append_signature_headers(std::string& out, std::string_view app_id, std::string_view time, std::string_view nonce,
                              const SigningSteps& steps, const PrivateKey& key);

}  // namespace amend::wonder
