// A set of rows with one bit per row. Layer 1.
#pragma once

#include <cstdint>
#include <vector>

namespace amend {

/// Row numbers from 1.
///
/// Bounds: 1 bit for each row up to the largest one inserted (1.2 MiB for 10 million).
class RowSet {
 public:
  /// Returns false when the row was already in the set.
  bool insert(std::uint64_t row) {
    const std::uint64_t word = row / 64;
    if (word >= bits_.size()) bits_.resize(word + 1);
    const std::uint64_t bit = std::uint64_t{1} << (row % 64);
    if ((bits_[word] & bit) != 0) return false;
    bits_[word] |= bit;
    ++size_;
    return true;
  }
  bool contains(std::uint64_t row) const noexcept {
    return row / 64 < bits_.size() && (bits_[row / 64] >> (row % 64) & 1) != 0;
  }
  std::uint64_t size() const noexcept { return size_; }
  /// All rows in the set are smaller than this number.
  std::uint64_t end() const noexcept { return bits_.size() * 64; }

 private:
  std::vector<std::uint64_t> bits_;
  std::uint64_t size_ = 0;
};

}  // namespace amend
