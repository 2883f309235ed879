// Which rows of an earlier run and its retries the API has accepted, and which it may have accepted. It neither changes
// nor locks their directories. Layer 4.
//
// *Threads.* One. *Errors.* As RunView; InputError when a log was changed. *Bounds.* Those of RunView, and a few bits
// per row. *Lifetime.* A value. *Source.* The logs of the chain.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "amend/row/row_set.hpp"
#include "amend/run/run_view.hpp"
#include "plan/comparison.hpp"

namespace amend {

/// Fields that the API showed otherwise than they were sent (Remark::drift, Remark::drift_mark).
class Drift {
 public:
  Drift() = default;

  FieldSet fields;
  std::uint64_t mark = 0;
};

class RunLedger {
 public:
  explicit RunLedger(const RunChain& chain);

  const RunHead& run() const noexcept { return view_.asked(); }
  const RunRecord& record() const noexcept { return run().record; }
  const std::vector<RunHead>& chain() const noexcept { return view_.runs(); }

  /// Returns false when the run has certainly not written this row.
  bool maybe_written(std::uint64_t row) const noexcept;
  /// Whether the API has the values of the row, by the log.
  bool is_true(std::uint64_t row) const noexcept { return true_.contains(row); }
  /// Whether is_true(), and the response showed these values.
  bool is_certain(std::uint64_t row) const { return is_true(row) && drift(row).fields.none(); }
  Drift drift(std::uint64_t row) const;
  /// Throws InputError when a row with a record has another content.
  void require_same_content(const Position& position, std::string_view raw) const;

 private:
  void take(const JournalRecord& record);

  RunView view_;
  RowSet recorded_;
  RowSet true_;
  RowSet written_;
  std::unordered_map<std::uint64_t, Drift> drift_;
};

/// Whether the API may have applied a PUT of the run for this row, by its record. This includes a PUT that was in
/// flight when an earlier process of the run ended.
bool may_have_written(const JournalRecord& record, const RecordText& text);

/// A row that the run may have written, or that matched the API.
class RecordedRow {
 public:
  RecordedRow() = default;

  bool certain = false;     ///< the API has the values of the row; false: not known
  std::string_view key;     ///< by which the row names its customer
  std::uint64_t wants = 0;  ///< RowWalk::wants
};

/// Whether both are about the customers of the same merchant at the same address.
bool is_same_api(const Config& a, const Config& b);

/// The folder in which a run of `config` is made.
std::string folder_of_runs(const Config& config);

/// The --baseline of `run`, the --baseline of that run, and so on, as far as they exist. Throws ConfigError for a
/// run.json that cannot be read.
std::vector<std::string> baselines_of(const RunRecord& run);

/// The runs in `folder` that have sent a request, or may have. Searches the whole folder. Throws ConfigError naming an
/// entry that cannot be read, because amend must not guess its content.
std::vector<std::string> runs_that_sent(const std::string& folder);

/// Shows the rows that the run may have written or that matched, in the order of its input. It reads the plan of a
/// reconciliation, and the input of any other run. Throws ConfigError when the input cannot be read again. Throws
/// InputError when a file cannot be read, is damaged, or has changed.
void for_each_recorded(const RunLedger& ledger, const std::function<void(const RecordedRow&)>& show);

}  // namespace amend
