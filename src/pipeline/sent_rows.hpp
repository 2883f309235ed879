// What earlier runs have made true, and what they may have written: read from their directories, which are neither
// changed nor locked. Layer 4.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "amend/config.hpp"
#include "amend/reconcile/comparison.hpp"
#include "amend/row/outcome.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

/// A row of a run that ended well, or of which nobody knows how.
class SettledRow {
 public:
  SettledRow() = default;

  std::uint64_t row = 0;
  bool certain = false;     ///< the API holds what the row wants; false: nobody knows
  std::string_view key;     ///< by which the row names its customer
  std::string_view id;      ///< the customer's uuid
  std::string_view body;    ///< that was sent; empty: nothing was
  std::uint64_t wants = 0;  ///< MappedRows::wants
};

/// Shows the settled rows of the run in the directory `run`, in the order of its input: of a reconciliation from its
/// plan, else from its input, whose rows must be what they were. What neither says is left out. Throws ConfigError when
/// there is no run, InputError when a file cannot be read, or is damaged.
void for_each_settled(const std::string& run, const std::function<void(const SettledRow&)>& show);

/// What a run may have changed at the API.
class WrittenRows {
 public:
  /// Throws as RunView does.
  explicit WrittenRows(const std::string& run);

  /// False: for certain the run has not written this row.
  bool maybe_written(std::uint64_t row) const noexcept;
  /// The API holds what the row wants, the log says.
  bool is_true(std::uint64_t row) const noexcept { return true_.contains(row); }
  /// Fields that the API showed otherwise than they were sent.
  FieldSet drifted(std::uint64_t row) const;

 private:
  RowSet recorded_;
  RowSet true_;
  RowSet written_;
  std::uint64_t maybe_sent_until_ = 0;
  std::unordered_map<std::uint64_t, FieldSet> drifted_;
};

/// The company_name that the runs in a folder have sent last, by customer.
class SentCompanyNames {
 public:
  /// Throws as for_each_settled. A run that cannot be read is left out: what it may have sent counts as not known.
  explicit SentCompanyNames(const std::string& folder);

  /// A hash of it; nullopt: nothing is known.
  std::optional<std::uint64_t> of(std::string_view uuid) const;

 private:
  void take(const SettledRow& row);

  std::unordered_map<std::uint64_t, std::uint64_t> names_;  // by customer_key
};

}  // namespace amend
