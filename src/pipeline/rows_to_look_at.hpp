// Which rows of its file a reconciliation looks at. Layer 4.
#pragma once

#include <optional>

#include "amend/config.hpp"
#include "amend/reconcile/comparison.hpp"
#include "amend/row/row_set.hpp"
#include "pipeline/baseline.hpp"
#include "pipeline/mapped_rows.hpp"
#include "pipeline/sent_rows.hpp"

namespace amend {

/// A line of the rollback.ndjson of another run.
class RowToUndo {
 public:
  /// `raw`: the line. Throws InputError when it is none of ours.
  explicit RowToUndo(std::string_view raw);

  std::uint64_t row = 0;  ///< of that run
  WantedFields sent;      ///< by that run
};

class RowsToLookAt {
 public:
  /// Throws as Baseline, WrittenRows and Preflight do.
  RowsToLookAt(const Config& config, CustomerKey names);

  std::uint64_t rows() const noexcept { return rows_; }  ///< of the file

  /// Another row of the customer stands for it; with Duplicates::reject none does.
  bool is_hidden(std::uint64_t row) const noexcept { return hidden_.contains(row); }
  /// For a row that can be read and is not hidden.
  bool contains(const MappedRows& rows) const;

  /// Task::undo: what the other run has written; null: another task.
  const WrittenRows* written() const noexcept { return written_ ? &*written_ : nullptr; }

 private:
  bool is_in_sample(std::uint64_t row) const noexcept;

  const Config& config_;
  std::uint64_t rows_ = 0;
  RowSet hidden_;
  std::optional<Baseline> baseline_;
  std::optional<WrittenRows> written_;
};

}  // namespace amend
