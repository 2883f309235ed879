// What a run that ended has recorded, read from its results.ndjson, so that the run can be resumed.
//
// Threads: one. Errors: InputError, naming the offset, when durable bytes of the log were changed or are missing, and
// when the log cannot be read. Bounds: 8 bytes for each row with a record (the hash of its content), 24 for each that
// did not succeed (has_succeeded).
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/row/outcome.hpp"
#include "amend/row/row_set.hpp"
#include "amend/run/log_reading.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/run_chain.hpp"
#include "amend/run/run_directory.hpp"

namespace amend {

class Recovery {
 public:
  /// Of a new run: no row has a record.
  Recovery() = default;

  /// Reads the log of `run` to its end. Changes no file.
  explicit Recovery(const RunDirectory& run);

  /// Rows with a record.
  const RowSet& recorded() const noexcept { return recorded_; }
  std::uint64_t rows(Status status) const noexcept { return rows_[static_cast<std::size_t>(status)]; }
  std::uint64_t rows_not_well() const noexcept { return not_well_.size(); }
  /// The largest row number with a record. 0: no row has one.
  std::uint64_t last_row() const noexcept { return last_row_; }
  /// Where the log is continued, and the bytes behind it that a crash has left and that are cut off.
  LogEnd end() const noexcept { return end_; }
  std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }

  /// Reads the content hashes in the log of another run over the same input.
  void learn_content(const RunHead& run);
  /// Whether a log has the content hash of a row.
  bool knows_content(std::uint64_t row) const noexcept { return known_.contains(row); }
  /// The content hash of a row. nullopt: not known.
  std::optional<std::uint64_t> hash_of(std::uint64_t row) const noexcept;
  /// Whether a row has the content that it had when its record was written. For a row whose content is known.
  bool same_content(std::uint64_t row, std::string_view raw) const noexcept;

  /// The errors so far, for the summary.
  const ErrorTally& errors() const noexcept { return errors_; }

 private:
  friend class RecordedFailures;

  class NotWell {
   public:
    std::uint64_t row;
    std::uint64_t offset;
    Status status;
  };

  void take(const JournalRecord& record);
  void remember_content(const JournalRecord& record);

  std::string path_;
  RowSet recorded_;
  RowSet known_;
  std::uint64_t last_row_ = 0;
  std::vector<std::uint64_t> hashes_;  // by row
  std::vector<NotWell> not_well_;      // by row
  std::array<std::uint64_t, status_count> rows_{};
  ErrorTally errors_;
  LogEnd end_;
  std::uint64_t torn_bytes_ = 0;
};

/// One pass over the rows that did not succeed. Opens the log once. Lifetime: that of the Recovery. One thread.
class RecordedFailures {
 public:
  class Failure {
   public:
    Status status;
    Reason reason;
  };

  explicit RecordedFailures(const Recovery& recovery);

  /// What the record of a row says. nullopt: the row has none, or it succeeded (has_succeeded). Throws InputError when the
  /// log cannot be read.
  std::optional<Failure> of(std::uint64_t row);

 private:
  const Recovery* recovery_;
  std::ifstream log_;
};

}  // namespace amend
