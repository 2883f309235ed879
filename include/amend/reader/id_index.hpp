// Finds the customers that have several rows in a file, and the rows that --duplicates keeps from being sent.
//
// It uses 74 bits of an id's SipHash-1-3 under a random key. 10 bits choose one of 1,024 buckets, and 64 are stored
// with the row number. Two different ids count as one with a probability of rows² / 2^75: 3e-9 for 10 million rows.
// Without the key, no file can be written that raises this probability.
//
// Threads: one at a time. Source: layer 2, as it asks the system once for random bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "amend/config.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

/// A customer that has several rows.
class DuplicateRows {
 public:
  DuplicateRows() = default;
  DuplicateRows(std::uint64_t first_, std::uint64_t second_, std::uint64_t rows_) noexcept
      : first(first_), second(second_), rows(rows_) {}
  friend bool operator==(const DuplicateRows&, const DuplicateRows&) = default;

  std::uint64_t first = 0;  ///< row numbers (Position::row)
  std::uint64_t second = 0;
  std::uint64_t rows = 0;  ///< how many rows the customer has, at least 2
};

class DuplicateCount {
 public:
  std::uint64_t ids = 0;   ///< customers that have several rows
  std::uint64_t rows = 0;  ///< the rows of these customers
  bool exact = true;       ///< false: "at least", because the rows behind the first `rows_seen` were not looked at
  std::uint64_t rows_seen = 0;
  std::vector<DuplicateRows> first;  ///< the customers that come first in the file, at most `examples_max`

  static constexpr std::size_t examples_max = 3;
};

/// The ids of all rows and their row numbers.
///
/// Bounds: 12.1 bytes per row + 1.3 MiB. count() needs another 12 bytes for each row of the largest bucket: a
/// thousandth of the rows, unless most rows are of one customer.
class IdIndex {
 public:
  static constexpr std::size_t default_bytes_max = std::size_t{40} << 20;  ///< enough for 3.4 million rows
  static constexpr std::size_t unbounded = ~std::size_t{0};
  static constexpr std::uint64_t row_max = 0xFFFF'FFFF;

  /// When the ids exceed `bytes_max`, the index drops further rows, and the count is a lower bound.
  explicit IdIndex(std::size_t bytes_max = default_bytes_max, CustomerKey names = CustomerKey::uuid);
  ~IdIndex();
  IdIndex(const IdIndex&) = delete;
  IdIndex& operator=(const IdIndex&) = delete;

  /// Adds a row; rows come in ascending order. `id` is a uuid in any case of letters (wonder::is_uuid), or a
  /// reference_number, compared exactly: the constructor's `names` decides. Returns false when the row was dropped:
  /// memory or row numbers (`row_max`) are used up, and later rows will be dropped too.
  bool add(std::string_view id, std::uint64_t row);

  /// Counts the customers with several rows among the rows added.
  DuplicateCount count() const;

  /// The rows that are not sent: for Duplicates::last all but the last row of a customer, for ::first all but the
  /// first, for ::reject all. Empty for Duplicates::order.
  RowSet hidden(Duplicates duplicates) const;

  /// The bytes in use now.
  std::size_t bytes() const noexcept;

 private:
  class Entry {
   public:
    std::uint64_t hash() const noexcept { return std::uint64_t{high} << 32 | low; }
    std::uint32_t high;
    std::uint32_t low;
    std::uint32_t row;
  };
  class Chunk;
  class Bucket {
   public:
    Chunk* last = nullptr;
    std::uint64_t entries = 0;
  };
  static constexpr std::size_t bucket_bits = 10;

  Chunk* take_chunk();
  std::vector<Entry> sorted(const Bucket& bucket) const;
  template <class Visit>
  void for_each_duplicate(Visit visit) const;

  std::array<std::uint64_t, 2> key_;
  std::size_t bytes_max_;
  CustomerKey names_;
  std::vector<Bucket> buckets_;
  std::vector<std::unique_ptr<Chunk[]>> slabs_;
  std::size_t chunks_left_ = 0;  // in the last slab
  std::uint64_t rows_ = 0;
  bool full_ = false;
};

}  // namespace amend
