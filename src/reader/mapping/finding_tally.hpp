// Adds up the findings in the values of many rows, by field. Pure.
//
// Threads: one. Source: layer 1.
// Bounds: 20 KiB, and for each kind of finding in a field its first places and one example. A row without a new kind of
// finding costs no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "amend/row/finding.hpp"
#include "amend/row/position.hpp"
#include "reader/mapping/value_finding.hpp"

namespace amend {

/// The findings in the values of one row.
class RowFindings {
 public:
  static constexpr std::size_t fields_max = 10;  ///< id, guard, the fields of the API, the row as a whole

  void clear() noexcept {
    size_ = 0;
    seen_ = 0;
  }
  /// Adds a field, at most once per row. `field` is below fields_max. The value must outlive the use of this object.
  void add(std::size_t field, ValueFinding finding, std::string_view value) noexcept {
    seen_ |= 1U << field;
    if (finding != ValueFinding::none) found_[size_++] = Found{field, finding, value};
  }

 private:
  friend class FindingTally;
  struct Found {
    std::size_t field;
    ValueFinding finding;
    std::string_view value;
  };
  std::array<Found, fields_max> found_;
  std::size_t size_ = 0;
  unsigned seen_ = 0;  // bit n: field n has a value
};

class FindingTally {
 public:
  /// How the report names a field.
  class Label {
   public:
    Label() = default;
    std::string name;
    std::uint32_t column = 0;  ///< of a CSV, from 1; 0: not a CSV
  };

  void add(const RowFindings& row, const Position& position);

  /// `labels` has one label per field. Some findings are damage only in most values of a field; this function decides
  /// that.
  InputFindings report(const std::vector<Label>& labels) const;

 private:
  struct Entry {
    std::uint64_t rows = 0;
    std::vector<Position> first;
    std::string example;
  };
  using Entries = std::array<Entry, value_finding_count>;

  void count(const RowFindings::Found& found, const Position& position);
  ValueFinding judged(std::size_t field, ValueFinding finding) const noexcept;

  std::array<std::uint64_t, RowFindings::fields_max> values_{};
  std::array<Entries, RowFindings::fields_max> entries_;
  std::uint64_t damaged_rows_ = 0;
};

}  // namespace amend
