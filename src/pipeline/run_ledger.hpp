// What an earlier run, with its retries, has made true at the API, and what it may have written: from its log. Neither
// changes nor locks its directory. Layer 4.
//
// Memory: that of RunView, and a few bits a row.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "amend/reconcile/comparison.hpp"
#include "amend/reporter/run_view.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

/// Throws ConfigError for a retry that cannot be read, InputError for a log that was changed.
void require_whole_logs(const RunView& view);

/// Fields that the API showed otherwise than they were sent (Remark::drift, Remark::drift_mark).
class Drift {
 public:
  Drift() = default;

  FieldSet fields;
  std::uint64_t mark = 0;
};

class RunLedger {
 public:
  /// Throws as RunView does, and InputError when a log was changed.
  explicit RunLedger(const RunChain& chain);

  const RunHead& run() const noexcept { return view_.asked(); }
  const RunRecord& record() const noexcept { return run().record; }
  const std::vector<RunHead>& chain() const noexcept { return view_.runs(); }

  /// False: for certain the run has not written this row.
  bool maybe_written(std::uint64_t row) const noexcept;
  /// The log says that the API holds what the row wants.
  bool is_true(std::uint64_t row) const noexcept { return true_.contains(row); }
  /// The same, and the answer showed just that.
  bool is_certain(std::uint64_t row) const { return is_true(row) && drift(row).fields.none(); }
  Drift drift(std::uint64_t row) const;
  /// Throws InputError for a row with a record that says something else now.
  void require_same_content(const Position& position, std::string_view raw) const;

 private:
  void take(const JournalRecord& record);

  RunView view_;
  RowSet recorded_;
  RowSet true_;
  RowSet written_;
  std::unordered_map<std::uint64_t, Drift> drift_;
};

/// Whether the record of a row says that a PUT of its run may have been applied, also one that was in flight when an
/// earlier process of that run ended.
bool may_have_written(const JournalRecord& record, const RecordText& text);

/// A row of a run that may have been written, or that it found to be right.
class SettledRow {
 public:
  SettledRow() = default;

  bool certain = false;     ///< the API holds what the row wants; false: nobody knows
  std::string_view key;     ///< by which the row names its customer
  std::uint64_t wants = 0;  ///< RowWalk::wants
};

/// Whether both are about the customers of the same merchant at the same address.
bool is_same_api(const Config& a, const Config& b);

/// The folder in which a run of `config` is made.
std::string folder_of_runs(const Config& config);

/// The run whose results `run` took as its --baseline, the one that this one took, and so on, as far as they are there.
/// Throws ConfigError for a run.json that cannot be read.
std::vector<std::string> baselines_of(const RunRecord& run);

/// The runs in `folder` that have sent something, or may have. Throws ConfigError naming what cannot be looked into:
/// what it holds is not to be guessed. The whole folder is searched; memory: the names.
std::vector<std::string> runs_that_sent(const std::string& folder);

/// Shows the settled rows of a run, in the order of its input: of a reconciliation from its plan, else from its input,
/// whose rows must be what they were. Throws ConfigError when the input cannot be read again;
/// InputError when a file cannot be read, or is damaged, or is another one now.
void for_each_settled(const RunLedger& ledger, const std::function<void(const SettledRow&)>& show);

}  // namespace amend
