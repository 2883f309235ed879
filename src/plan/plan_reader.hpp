// Reads plan.ndjson line by line, and refuses a line that does not fit the one before. Layer 4.
//
// *Threads.* One. *Errors.* InputError. *Bounds.* One line. *Lifetime.* A value. *Source.* require_sealed_plan() checks
// the whole file before.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "amend/error.hpp"
#include "amend/reconciliation.hpp"

namespace amend {

/// What the plan contains about a row.
class PlannedRow {
 public:
  PlannedRow() = default;

  std::uint64_t row = 0;  ///< 0: a customer that no row names
  std::uint64_t hash = 0;
  std::optional<std::uint64_t> wants;
  RowSign sign = RowSign::same;
  std::string key;
  std::string id;      ///< the customer's uuid; empty: unknown
  std::string body;    ///< of RowSign::differs
  std::string before;  ///< of RowSign::differs
  Reason reason;       ///< of RowSign::unreadable
};

class PlanReader {
 public:
  /// Throws InputError when the file cannot be read.
  explicit PlanReader(const std::string& file);

  /// Returns false at the end. Throws InputError when a line was changed, naming it, or when the end is missing.
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
