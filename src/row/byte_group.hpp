// Tests eight bytes as one word, in any byte order. Pure. Layer 0.
#pragma once

#include <cstdint>
#include <cstring>

namespace amend {

inline std::uint64_t load_group(const char* from) noexcept {
  std::uint64_t group;
  std::memcpy(&group, from, sizeof group);
  return group;
}

constexpr std::uint64_t in_each(std::uint64_t byte) noexcept { return byte * 0x0101'0101'0101'0101; }

inline constexpr std::uint64_t high_bits = in_each(0x80);

/// Not zero when a byte of the group is below `bound` (1 … 0x80). Only zero or not zero is exact. The marked byte may
/// be wrong, because a borrow may also mark the next byte.
constexpr std::uint64_t any_below(std::uint64_t group, std::uint64_t bound) noexcept {
  return (group - in_each(bound)) & ~group & high_bits;
}

/// Not zero when a byte equals `byte`.
constexpr std::uint64_t any_equal(std::uint64_t group, std::uint64_t byte) noexcept {
  return any_below(group ^ in_each(byte), 1);
}

}  // namespace amend
