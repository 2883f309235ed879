// plan.ndjson: what a reconciliation has found, a line for each row. Layer 4.
#pragma once

#include <string>
#include <string_view>

#include "amend/reconcile/comparison.hpp"
#include "amend/reconciliation.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/row/position.hpp"
#include "reporter/append_file.hpp"

namespace amend {

inline constexpr std::string_view plan_name = "plan.ndjson";

/// One row, on its way into the plan; views into the caller's memory.
class PlanRow {
 public:
  PlanRow(Position position_, std::string_view key_) noexcept : position(position_), key(key_) {}

  Position position;
  std::string_view key;  ///< by which the row names its customer; empty: it does not
  RowSign sign = RowSign::same;
  const wonder::Customer* customer = nullptr;  ///< of rows that were compared
  FieldSet differs;
  std::string body;                ///< of the PUT that would make it the same; only of RowSign::differs
  const Reason* reason = nullptr;  ///< of RowSign::unreadable
};

/// Writes `plan.ndjson.tmp`, and gives it its name when it is complete and durable. Throws DurabilityError.
class PlanWriter {
 public:
  explicit PlanWriter(const RunDirectory& run);

  void add(const PlanRow& row);
  /// A customer that no row names.
  void add_missing(const wonder::Customer& customer);
  void close();

 private:
  void end_line();

  const RunDirectory& run_;
  AppendFile file_;
  std::string lines_;
};

}  // namespace amend
