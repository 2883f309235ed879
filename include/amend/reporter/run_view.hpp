// What has become of a run and of its retries, read from their directories without changing or locking anything.
// Layer 2; any one thread. A run that is still going on may be looked at: its last, half-written record is left out.
//
// A chain is the first run over an input and the retries of it: the run.json of a retry names its parent. Of a row with
// records in several runs of the chain the one in the latest run is its final one.
//
// Memory: 16 bytes for each row up to the largest one with a record; what a record says is read again from its log.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/error.hpp"
#include "amend/reporter/journal.hpp"
#include "amend/reporter/log_reading.hpp"
#include "amend/reporter/summary.hpp"
#include "amend/row/outcome.hpp"

namespace amend {

/// One run directory.
class RunHead {
 public:
  RunHead() = default;

  std::string directory;  ///< of the run asked for as it was given, of the others absolute
  RunRecord record;
  bool has_ended = false;                    ///< it has a summary.json: neither killed nor still going on
  std::optional<std::uint64_t> rows_in_all;  ///< of the input, as that says; nullopt also: not known
  StopCause stop_cause = StopCause::none;
  std::string stop_reason;       ///< why it ended before its input did; empty: it did not
  std::optional<int> exit_code;  ///< nullopt: it has not ended
  LogState log;
};

/// A record that is the final one of its row.
class FinalRecord {
 public:
  FinalRecord(const JournalRecord& record_, std::size_t run_) noexcept : record(record_), run(run_) {}

  const JournalRecord& record;
  std::size_t run;  ///< in RunView::runs()
};

/// The chain of the run in `directory`: the runs it descends from, and the retries of any of these that lie beside
/// them, in a folder of any size. The first run first, a retry behind its parent; their logs are not read
/// (RunHead::log). At most `chain_max` runs. Throws ConfigError: exit 2 when there is no run, exit 3 when a run.json
/// cannot be read, or a parent is gone.
std::vector<RunHead> chain_of(const std::string& directory);

inline constexpr std::size_t chain_max = 1000;

/// What a row says, by its number (content_hash); nullopt: not known.
using ContentHash = std::function<std::optional<std::uint64_t>(std::uint64_t row)>;

/// Directories beside the run in `run` that contain a retry of which the run.json is damaged or missing, and that may
/// be about the same input: no record of it contradicts `hash_of`. The whole folder is searched.
std::vector<std::string> unreadable_retries_beside(const std::string& run, const ContentHash& hash_of);

/// Throws InputError naming the first, when there is one.
void refuse_unreadable_retries(const std::vector<std::string>& retries);

class RunView {
 public:
  /// Reads the chain of the run in `directory`. Throws as chain_of does, and InputError when a log cannot be read. A
  /// log that was changed is no error here: LogState::damaged_at.
  explicit RunView(const std::string& directory);

  /// The first run first; a retry behind its parent.
  const std::vector<RunHead>& runs() const noexcept { return runs_; }
  /// The one asked for.
  const RunHead& asked() const noexcept { return runs_[asked_]; }

  /// nullopt: no record in any run.
  std::optional<Status> status(std::uint64_t row) const noexcept;
  /// The largest row number with a record; 0: there is none.
  std::uint64_t last_row() const noexcept { return rows_.empty() ? 0 : rows_.size() - 1; }
  /// Whether a row says what it said when its final record was written. For a row with a record.
  bool same_content(std::uint64_t row, std::string_view raw) const noexcept;

  std::uint64_t rows(Status status) const noexcept { return totals_[static_cast<std::size_t>(status)]; }
  std::uint64_t rows_with_record() const noexcept;
  std::uint64_t rows_well() const noexcept;  ///< is_well
  /// Rows of the input; nullopt: not known, as the first run was killed or is still going on.
  std::optional<std::uint64_t> rows_in_all() const noexcept;
  /// Rows of the input without a record in any run.
  std::optional<std::uint64_t> unsent() const noexcept;
  /// Retries beside it that cannot be read, and may be of this chain (unreadable_retries_beside).
  const std::vector<std::string>& unreadable() const noexcept { return unreadable_; }
  /// A log of the chain does not say any more what it said, or there may be a retry that cannot be read.
  bool damaged() const noexcept;

  /// Shows the final record of each row that has one, run by run, in the order in which they were written. Reads the
  /// logs again. Throws InputError.
  void for_each_final(const std::function<void(const FinalRecord&)>& show) const;

 private:
  // Where the final record of a row is.
  class Row {
   public:
    static constexpr std::uint64_t offset_max = std::uint64_t{1} << 48;

    Row() = default;
    Row(const JournalRecord& record, std::size_t run) noexcept
        : hash_(record.hash),
          place_(record.offset << 16 | run << 4 | (static_cast<std::uint64_t>(record.status) + 1)) {}

    bool has_record() const noexcept { return place_ != 0; }
    Status status() const noexcept { return static_cast<Status>((place_ & 0xF) - 1); }
    std::size_t run() const noexcept { return place_ >> 4 & 0xFFF; }
    std::uint64_t offset() const noexcept { return place_ >> 16; }
    std::uint64_t hash() const noexcept { return hash_; }

   private:
    std::uint64_t hash_ = 0;
    std::uint64_t place_ = 0;
  };
  static_assert(sizeof(Row) == 16 && chain_max <= 0x1000);

  void read_all();
  void take(const JournalRecord& record, std::size_t run);

  std::vector<RunHead> runs_;
  std::size_t asked_ = 0;
  std::vector<std::string> unreadable_;
  std::vector<Row> rows_;  // by row
  std::array<std::uint64_t, status_count> totals_{};
};

}  // namespace amend
