// The place of a row in its input. Layer 0.
#pragma once

#include <cstdint>

namespace amend {

/// `row` counts data rows from 1, without the CSV header. `line` counts physical lines from 1. `byte` is the offset of
/// the row's first byte from the start of the file (a BOM counts).
struct Position {
  constexpr Position() = default;
  constexpr Position(std::uint64_t row_, std::uint64_t line_, std::uint64_t byte_)
      : row(row_), line(line_), byte(byte_) {}
  friend bool operator==(const Position&, const Position&) = default;

  std::uint64_t row = 0;
  std::uint64_t line = 0;
  std::uint64_t byte = 0;
};

}  // namespace amend
