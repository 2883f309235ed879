// plan.ndjson read back, line by line, as far as each line fits the one before. That the whole of it is as it was
// written, require_sealed_plan finds out before. Layer 4.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "amend/error.hpp"
#include "amend/reconciliation.hpp"

namespace amend {

/// What the plan says about a row.
class PlannedRow {
 public:
  PlannedRow() = default;

  std::uint64_t row = 0;  ///< 0: a customer that no row names
  std::uint64_t hash = 0;
  std::optional<std::uint64_t> wants;
  RowSign sign = RowSign::same;
  std::string key;
  std::string id;      ///< the customer's uuid; empty: it is not known
  std::string body;    ///< of RowSign::differs
  std::string before;  ///< the same
  Reason reason;       ///< of RowSign::unreadable
};

class PlanReader {
 public:
  /// Throws InputError when the file cannot be read.
  explicit PlanReader(const std::string& file);

  /// False at the end. Throws InputError naming the line that is not as it was written, or when the end is missing.
  bool next(PlannedRow& row);

 private:
  [[noreturn]] void refuse() const;

  std::string name_;
  std::ifstream file_;
  std::string line_;
  std::uint64_t number_ = 0;
  std::uint32_t sum_ = 0;  // of the last line
};

}  // namespace amend
