// Decides which rows of its file a reconciliation looks at. Layer 4.
//
// *Threads.* One. *Errors.* Those of its constructor. *Bounds.* A few bits per row, and the baseline. *Lifetime.* The
// input outlives it. *Source.* The input, its baseline, and the run that is verified or undone.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"
#include "amend/row/finding.hpp"
#include "amend/row/row_set.hpp"
#include "plan/comparison.hpp"
#include "reconcile/baseline.hpp"
#include "reconcile/run_ledger.hpp"
#include "start/input_parts.hpp"

namespace amend {

/// A line of the rollback.ndjson of another run.
class RowToUndo {
 public:
  /// `raw`: the line. Throws InputError when amend did not write it.
  explicit RowToUndo(std::string_view raw);

  /// The fields that have changed since that run. `comparison`: the one of that run.
  FieldSet changed_since(const Comparison& comparison, const Drift& drift, const wonder::Customer& current) const;

  std::uint64_t row = 0;  ///< of that run
  std::string sent_text;  ///< by that run
  WantedFields sent;
};

/// A row that matches the baseline and is read all the same.
class SpotCheck {
 public:
  SpotCheck(std::uint64_t row_, std::string_view key_, std::string_view body_) : row(row_), key(key_), body(body_) {}

  std::uint64_t row;
  std::string key;
  std::string body;
};

class RowsToLookAt {
 public:
  /// Up to this many rows that match the baseline are read all the same. They show whether it is still true.
  static constexpr std::size_t spot_checks_max = 100;

  /// Throws as Baseline, RunLedger and check_input do.
  explicit RowsToLookAt(const Input::Parts& input);

  std::uint64_t rows() const noexcept { return rows_; }  ///< of the file
  /// The content of the file when it was checked.
  const std::optional<ContentRead>& content() const noexcept { return content_; }
  std::uint64_t wanted() const noexcept { return wanted_; }  ///< rows that are looked at
  const InputFindings& findings() const noexcept { return findings_; }

  /// Whether another row of the customer is compared instead. With Duplicates::reject no row of it is compared.
  bool is_hidden(std::uint64_t row) const noexcept { return hidden_.contains(row); }
  /// Whether the row is looked at. Call it for a row that is not hidden and can be read; for a verified run for any
  /// row.
  bool contains(const RowWalk& rows) const;

  /// In any order.
  const std::vector<SpotCheck>& spot_checks() const noexcept { return spot_checks_; }
  bool is_spot_check(std::uint64_t row) const noexcept { return spot_rows_.contains(row); }
  /// Whether the row matches the baseline. The row may be looked at all the same.
  bool is_recorded(const RowWalk& rows) const noexcept { return baseline_ && baseline_->has(rows.key(), rows.wants()); }
  /// From now on every row is looked at.
  void look_at_all() noexcept { looks_at_all_ = true; }
  /// From now on every row is looked at, and none matches the baseline.
  void forget_baseline();
  /// Baseline::doubt; empty without a baseline, too.
  std::string doubt() const { return baseline_ ? baseline_->doubt() : std::string(); }

  /// What the verified or undone run has done; null without such a run.
  const RunLedger* ledger() const noexcept { return ledger_ ? &*ledger_ : nullptr; }
  /// The comparison of that run. Call it only with a ledger.
  const Comparison& compared_then() const noexcept { return *compared_then_; }

 private:
  void take_run(const std::string& run);
  void hide_rows_made_untrue();
  void survey();
  void settle(const RowWalk& rows, std::uint64_t settled);
  std::uint64_t lot_of(std::uint64_t row) const noexcept;
  bool is_in_sample(std::uint64_t row) const noexcept;
  bool may_be_in_sample(const RowWalk& rows) const;

  const Input::Parts& input_;
  const Config& config_;
  std::uint64_t rows_ = 0;
  std::optional<ContentRead> content_;
  std::uint64_t wanted_ = 0;
  std::uint64_t row_for_sample_ = 0;  // the only row of a sample that would be empty; 0: no such row
  InputFindings findings_;
  RowSet hidden_;
  std::optional<Baseline> baseline_;
  std::optional<RunLedger> ledger_;
  std::optional<Comparison> compared_then_;
  std::vector<SpotCheck> spot_checks_;
  RowSet spot_rows_;
  bool looks_at_all_ = false;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace amend
