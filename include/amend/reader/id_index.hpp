// Which customers stand in several rows of a file, and which of those rows --duplicates keeps back. Layer 2 (it asks
// the system for random bits once); any one thread.
//
// An id is kept as 74 bits of its SipHash-1-3 under a random key: 10 choose one of 1,024 buckets, 64 are stored with
// the row number. Two different ids are taken for one with a probability of rows² / 2^75: 3e-9 for 10 million rows.
// Nobody who does not know the key can write a file for which it is larger.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "amend/config.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

/// A customer that stands in several rows.
class DuplicateRows {
 public:
  DuplicateRows() = default;
  DuplicateRows(std::uint64_t first_, std::uint64_t second_, std::uint64_t rows_) noexcept
      : first(first_), second(second_), rows(rows_) {}
  friend bool operator==(const DuplicateRows&, const DuplicateRows&) = default;

  std::uint64_t first = 0;  ///< row numbers (Position::row)
  std::uint64_t second = 0;
  std::uint64_t rows = 0;  ///< how many there are in all, at least 2
};

class DuplicateCount {
 public:
  std::uint64_t ids = 0;   ///< customers that stand in several rows
  std::uint64_t rows = 0;  ///< the rows they stand in
  bool exact = true;       ///< false: "at least", because the rows behind the first `rows_seen` were not looked at
  std::uint64_t rows_seen = 0;
  std::vector<DuplicateRows> first;  ///< those that begin first in the file, at most `examples_max`

  static constexpr std::size_t examples_max = 3;
};

/// Memory: 12.1 bytes a row + 1.3 MiB; while it counts, 12 bytes more for each row of the largest bucket: a thousandth
/// of the rows, unless one customer fills the file.
class IdIndex {
 public:
  static constexpr std::size_t default_bytes_max = std::size_t{40} << 20;  ///< 3.4 million rows
  static constexpr std::size_t unbounded = ~std::size_t{0};
  static constexpr std::uint64_t row_max = 0xFFFF'FFFF;

  /// Rows that do not fit into `bytes_max` are not kept: the count is a lower bound then.
  explicit IdIndex(std::size_t bytes_max = default_bytes_max, CustomerKey names = CustomerKey::uuid);
  ~IdIndex();
  IdIndex(const IdIndex&) = delete;
  IdIndex& operator=(const IdIndex&) = delete;

  /// `id` is what `names` says: a uuid (wonder::is_uuid), in any case of letters, or a reference_number, compared
  /// exactly; rows come in ascending order. False: the row was not kept, and none will be from here on, as memory or
  /// row numbers (`row_max`) are used up.
  bool add(std::string_view id, std::uint64_t row);

  /// What the rows added say.
  DuplicateCount count() const;

  /// The rows that are not sent: all but the last or the first one of a customer, or all of them (Duplicates::reject).
  /// Empty for Duplicates::order.
  RowSet hidden(Duplicates duplicates) const;

  /// Held now.
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
