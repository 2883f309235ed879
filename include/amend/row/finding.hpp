// What a check has found in the values of an input: damage and oddities. Layer 0: plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "amend/row/position.hpp"

namespace amend {

/// How sure it is that a value is wrong.
enum class Degree : std::uint8_t {
  damage,  ///< the value cannot be what was meant: an operator must accept it before it is sent
  hint,    ///< odd, but may be right: shown and counted, stops nothing
};

/// How many places a FieldFinding names.
inline constexpr std::size_t finding_places_max = 10;

/// The rows in which one field has the same damage, or the same oddity.
class FieldFinding {
 public:
  FieldFinding() = default;

  std::string code;   ///< one of own_codes(): "value.scientific"
  std::string field;  ///< "phone", "id"; empty: the row as a whole
  Degree degree = Degree::hint;
  std::uint32_t column = 0;  ///< of a CSV, from 1; 0: not known, or NDJSON
  std::uint64_t rows = 0;
  std::vector<Position> first;  ///< the first of them, at most finding_places_max
  std::string example;          ///< the first one's value, masked; characters that cannot be seen as U+XXXX
};

/// All findings of an input.
class InputFindings {
 public:
  InputFindings() = default;

  std::uint64_t damaged_rows = 0;    ///< rows with damage in any of their fields
  std::vector<FieldFinding> fields;  ///< damage first, then the most frequent first
};

}  // namespace amend
