#include "amend/worker/entropy.hpp"

#include <openssl/rand.h>

#include <stdexcept>

namespace amend {

void Entropy::refill() {
  if (RAND_bytes(bytes_.data(), static_cast<int>(bytes_.size())) != 1) {
    throw std::runtime_error("the system's source of random numbers failed (RAND_bytes)");
  }
  used_ = 0;
}

unsigned char Entropy::byte() {
  if (used_ == bytes_.size()) refill();
  return bytes_[used_++];
}

void Entropy::nonce(std::span<char, 16> out) {
  constexpr char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (char& c : out) {
    // 62 of 64 values are taken and the other two thrown away: a remainder would favour some characters.
    unsigned pick = byte() & 63U;
    while (pick >= 62) pick = byte() & 63U;
    c = alphabet[pick];
  }
}

RequestId Entropy::request_id() {
  constexpr char digits[] = "0123456789abcdef";
  RequestId id;
  std::size_t at = 0;
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id[at++] = '-';
    unsigned value = byte();
    if (i == 6) value = (value & 0x0FU) | 0x40U;
    if (i == 8) value = (value & 0x3FU) | 0x80U;
    id[at++] = digits[value >> 4];
    id[at++] = digits[value & 15U];
  }
  return id;
}

std::uint64_t Entropy::next() {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = (value << 8) | byte();
  return value;
}

}  // namespace amend
