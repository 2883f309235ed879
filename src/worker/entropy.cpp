#include "worker/entropy.hpp"

#include <openssl/rand.h>

#include <bit>
#include <cstring>
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

template <std::size_t count>
std::array<unsigned char, count> Entropy::take() {
  if (bytes_.size() - used_ < count) refill();
  std::array<unsigned char, count> taken;
  std::memcpy(taken.data(), bytes_.data() + used_, count);
  used_ += count;
  return taken;
}

void Entropy::nonce(std::span<char, 16> out) {
  constexpr char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  for (char& c : out) {
    // It takes 62 of 64 values and discards the other two: a remainder would favour some characters.
    unsigned pick = byte() & 63U;
    while (pick >= 62) pick = byte() & 63U;
    c = alphabet[pick];
  }
}

RequestId Entropy::request_id() {
  constexpr char digits[] = "0123456789abcdef";
  auto bytes = take<16>();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  RequestId id;
  std::size_t at = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id[at++] = '-';
    id[at++] = digits[bytes[i] >> 4];
    id[at++] = digits[bytes[i] & 15U];
  }
  return id;
}

std::uint64_t Entropy::next() { return std::bit_cast<std::uint64_t>(take<sizeof(std::uint64_t)>()); }

}  // namespace amend
