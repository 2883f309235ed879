// Random numbers from OpenSSL's cryptographic source, fetched 4 KiB at a time. Layer 2.
//
// *Threads.* One object per thread. *Errors.* Every member throws std::runtime_error when the source fails
// (RAND_bytes): it has no weaker substitute. *Bounds.* 4 KiB. *Lifetime.* A value. *Source.* RAND_bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "amend/row/request.hpp"

namespace amend {

class Entropy {
 public:
  Entropy() = default;
  Entropy(const Entropy&) = delete;  // two copies would hand out the same numbers
  Entropy& operator=(const Entropy&) = delete;

  /// 16 characters. Each is one of [0-9A-Za-z] with equal probability (src/wonder/README.md §2).
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
