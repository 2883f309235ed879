// The encrypted bytes between OpenSSL and a socket. OpenSSL reads directly from the buffer that the socket filled, and
// writes directly to the buffer that the socket sends. A memory BIO would copy and clear each byte again.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

struct bio_st;

namespace amend {

/// One per TLS connection, on its thread.
///
/// Lifetime: it must outlive its BIO, and must not move.
class Wire {
 public:
  explicit Wire(std::size_t read_bytes) : in_(read_bytes) {}
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// The room for received bytes. Use it only after OpenSSL has asked for more bytes; otherwise unread bytes are
  /// overwritten.
  std::span<char> room() noexcept { return in_; }
  void received(std::size_t bytes) noexcept;

  /// The bytes to send. Remove those that were sent.
  std::string& out() noexcept { return out_; }

  /// A BIO for OpenSSL, for both directions; the caller owns it. Reading without bytes asks for a retry; writing
  /// accepts all bytes.
  bio_st* make_bio();

  std::size_t read(char* to, std::size_t bytes_max) noexcept;

 private:
  std::vector<char> in_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string out_;
};

}  // namespace amend
