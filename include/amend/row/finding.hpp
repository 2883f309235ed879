// What a check found in the values of an input: damage and oddities. Plain values. Layer 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "amend/row/position.hpp"

namespace amend {

/// How certain it is that a value is wrong.
enum class Degree : std::uint8_t {
  damage,  ///< the value cannot be as it was meant: an operator must accept it before it is sent
  hint,    ///< odd, but may be right: shown and counted, stops nothing
};

/// The number of places that a FieldFinding names.
inline constexpr std::size_t finding_places_max = 10;

/// The rows in which one field has the same damage or oddity.
class FieldFinding {
 public:
  FieldFinding() = default;

  std::string code;   ///< one of own_codes(): "value.scientific"
  std::string field;  ///< "phone", "id"; empty: the row as a whole
  Degree degree = Degree::hint;
  std::uint32_t column = 0;  ///< of a CSV, from 1; 0: unknown, or NDJSON
  std::uint64_t rows = 0;
  std::vector<Position> first;  ///< the first of them, at most finding_places_max
  std::string example;          ///< the first one's value, masked; invisible characters as U+XXXX
};

/// All findings of an input.
class InputFindings {
 public:
  InputFindings() = default;

  std::uint64_t damaged_rows = 0;    ///< rows with damage in any of their fields
  std::vector<FieldFinding> fields;  ///< damage first, then the most frequent first
};

}  // namespace amend
