// What a reconciliation that is applied does about each row of its file: what its plan says. Layer 4; the reader
// thread.
#pragma once

#include <string>
#include <utility>

#include "plan/plan_reader.hpp"
#include "reader/preparation.hpp"

namespace amend {

class PlannedRows final : public Preparation {
 public:
  /// The plan of the file `input`. Throws InputError when it cannot be read.
  PlannedRows(const std::string& plan, std::string input)
      : name_(printable(plan)), input_(std::move(input)), plan_(plan) {}

  std::uint64_t key_of(const Record& record) override;
  /// Throws InputError for a row that is not the one the plan was made for.
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
