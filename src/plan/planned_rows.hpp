// Prepares each row of a reconciliation that is applied, as its plan demands. Layer 4.
//
// *Threads.* The reader's. *Errors.* InputError. *Bounds.* One row. *Lifetime.* A value. *Source.* plan_reader.hpp.
#pragma once

#include <string>
#include <utility>

#include "plan/plan_reader.hpp"
#include "reader/preparation.hpp"

namespace amend {

class PlannedRows final : public Preparation {
 public:
  /// Opens the plan of the file `input`. Throws InputError when the plan cannot be read.
  PlannedRows(const std::string& plan, std::string input)
      : name_(printable(plan)), input_(std::move(input)), plan_(plan) {}

  std::uint64_t key_of(const Record& record) override;
  /// Throws InputError when the row differs from the one in the plan.
  PreparedRow prepare(const Record& record, Batch& out) override;
  /// Throws InputError when the plan has further rows.
  void end_of_input(std::uint64_t last_row) override;

 private:
  void go_to(const Record& record);

  std::string name_;
  std::string input_;
  PlanReader plan_;
  PlannedRow row_;
};

}  // namespace amend
