// Writes the result of a reconciliation, with a line for each row, and the values that it will overwrite. Layer 4.
//
// plan.ndjson: {"row":7,"line":8,"hash":"<16 hex>","sign":"*","key":"R-7","id":"<uuid>","fields":["phone"],
// "body":{…},"before":{…}}
// - `hash`: JournalRecord::hash of the row. `key`: by which it names its customer. `fields`: those that differ; `body`:
//   of the PUT that makes them equal; `before`: the values of the API (values_json).
// - for a row or a customer that could not be read: `error_code`, `error`, `source`, `column`.
// - `wants`: a hash of what the row wants, for a later --baseline.
// - at the end, for customers that no row names: {"sign":"-","id":…,"reference_number":…}.
// - `sum`, and the last line: plan_seal.hpp.
//
// rollback.ndjson has a line for each row that differs: {"row":7,"id":"<uuid>","phone":"<before>","sent":{…}}. It
// contains the previous value of each field that the PUT overwrites. As NDJSON input it restores these values. A field
// is left out when its value is unknown or the API would refuse it (not_undoable).
//
// *Threads.* One. *Errors.* DurabilityError. *Bounds.* The unwritten lines. *Lifetime.* The run directory outlives it.
// *Source.* Reconciliation adds the rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/reconciliation.hpp"
#include "amend/row/position.hpp"
#include "amend/run/run_directory.hpp"
#include "plan/comparison.hpp"
#include "plan/plan_seal.hpp"
#include "run/append_file.hpp"

namespace amend {

/// One row on its way into the plan. It has views into the caller's memory.
class PlanRow {
 public:
  PlanRow(Position position_, std::uint64_t hash_, std::string_view key_) noexcept
      : position(position_), hash(hash_), key(key_) {}

  Position position;
  std::uint64_t hash;
  std::string_view key;                ///< by which the row names its customer; empty: it names no customer
  std::optional<std::uint64_t> wants;  ///< of rows that can be read
  RowSign sign = RowSign::same;
  const wonder::Customer* customer = nullptr;  ///< of rows that were compared
  FieldSet differs;
  FieldSet overwritten;            ///< of RowSign::differs: what the PUT may change
  FieldSet not_undoable;           ///< of RowSign::differs: what cannot be restored
  std::string body;                ///< of RowSign::differs: the body of the PUT
  const Reason* reason = nullptr;  ///< of RowSign::unreadable
};

/// Writes both files under temporary names, and renames them when they are complete and durable. Throws
/// DurabilityError.
class PlanWriter {
 public:
  explicit PlanWriter(const RunDirectory& run);

  void add(const PlanRow& row);
  /// Adds a customer that no row names.
  void add_missing(const wonder::Customer& customer);
  void close();

 private:
  class Output {
   public:
    Output(const RunDirectory& run, std::string_view name);
    std::string& lines() noexcept { return lines_; }
    void write_when_full();
    /// The digest of all that was written.
    std::string sha256();
    void close(const RunDirectory& run);

   private:
    std::string_view name_;
    std::string unfinished_name_;
    AppendFile file_;
    Sha256 digest_;
    std::string lines_;

    void write();
  };

  void add_rollback(const PlanRow& row);
  void end_line(std::size_t begin);

  const RunDirectory& run_;
  Output plan_;
  Output rollback_;
  SignCounts signs_;
  std::uint32_t sum_ = 0;  // of the last line
};

}  // namespace amend
