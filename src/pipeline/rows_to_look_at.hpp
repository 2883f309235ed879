// Which rows of its file a reconciliation looks at. Layer 4.
#pragma once

#include <optional>

#include "amend/config.hpp"
#include "amend/reconcile/comparison.hpp"
#include "amend/row/row_set.hpp"
#include "pipeline/baseline.hpp"
#include "pipeline/mapped_rows.hpp"
#include "pipeline/run_ledger.hpp"

namespace amend {

/// A line of the rollback.ndjson of another run.
class RowToUndo {
 public:
  /// `raw`: the line. Throws InputError when it is none of ours.
  explicit RowToUndo(std::string_view raw);

  /// Fields that are not any more as that run has left them.
  FieldSet changed_since(const Drift& drift, const wonder::Customer& current) const;

  std::uint64_t row = 0;  ///< of that run
  std::string sent_text;  ///< by that run
  WantedFields sent;
};

class RowsToLookAt {
 public:
  /// Throws as Baseline, RunLedger and Preflight do.
  RowsToLookAt(const Config& config, CustomerKey names);

  std::uint64_t rows() const noexcept { return rows_; }  ///< of the file
  /// Of the file, as it was checked.
  const std::optional<ContentRead>& content() const noexcept { return content_; }

  /// Another row of the customer stands for it; with Duplicates::reject none does.
  bool is_hidden(std::uint64_t row) const noexcept { return hidden_.contains(row); }
  /// For a row that is not hidden; with Task::reconcile and undo only for one that can be read.
  bool contains(const MappedRows& rows) const;

  /// Task::undo and verify: what the other run has done; null: another task.
  const RunLedger* ledger() const noexcept { return ledger_ ? &*ledger_ : nullptr; }

 private:
  void hide_rows_made_untrue();
  bool is_in_sample(std::uint64_t row) const noexcept;

  const Config& config_;
  CustomerKey names_;
  std::uint64_t rows_ = 0;
  std::optional<ContentRead> content_;
  RowSet hidden_;
  std::optional<Baseline> baseline_;
  std::optional<RunLedger> ledger_;
};

}  // namespace amend
