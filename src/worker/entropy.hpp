// Random numbers from OpenSSL's cryptographic source, fetched 4 KiB at a time. Layer 2. One per thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "amend/row/request.hpp"

namespace amend {

/// Every member throws std::runtime_error when the source fails (RAND_bytes): nothing weaker takes its place.
class Entropy {
 public:
  Entropy() = default;
  Entropy(const Entropy&) = delete;  // two copies would hand out the same numbers
  Entropy& operator=(const Entropy&) = delete;

  /// 16 characters, each equally likely one of [0-9A-Za-z] (src/wonder/README.md §2).
  void nonce(std::span<char, 16> out);

  /// A UUIDv4 (RFC 4122 §4.4), lower case.
  RequestId request_id();

  /// 64 uniform bits, for jitter.
  std::uint64_t next();

 private:
  static constexpr std::size_t size = 4096;

  void refill();
  unsigned char byte();
  template <std::size_t count>
  std::array<unsigned char, count> take();

  std::array<unsigned char, size> bytes_{};
  std::size_t used_ = size;
};

}  // namespace amend
