// The final record of each row in a run and its retries (run_chain.hpp). Neither changes nor locks a directory.
//
// Of a row with records in several runs of the chain the one in the latest run is its final one. A run may be running:
// its last record is left out while it is incomplete.
//
// Threads: any one. Errors: as RunChain; InputError when a log cannot be read. A log that was changed is not an error
// here (LogState::damaged_at). Bounds: 16 bytes for each row up to the largest one with a record; what a record says is
// read again from its log.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/error.hpp"
#include "amend/row/outcome.hpp"
#include "amend/run/journal.hpp"
#include "amend/run/run_chain.hpp"

namespace amend {

/// A record that is the final one of its row.
class FinalRecord {
 public:
  FinalRecord(const JournalRecord& record_, std::size_t run_) noexcept : record(record_), run(run_) {}

  const JournalRecord& record;
  std::size_t run;  ///< in RunView::runs()
};

class RunView {
 public:
  /// Reads each log of the chain of the run in `directory` once.
  explicit RunView(const std::string& directory);
  explicit RunView(const RunChain& chain);

  /// The first run first; a retry behind its parent.
  const std::vector<RunHead>& runs() const noexcept { return runs_; }
  const RunHead& asked() const noexcept { return runs_[asked_]; }

  /// nullopt: no record in any run.
  std::optional<Status> status(std::uint64_t row) const noexcept;
  /// The largest row number with a record; 0: there is none.
  std::uint64_t last_row() const noexcept { return rows_.empty() ? 0 : rows_.size() - 1; }
  /// Whether a row has the content that its final record was written for. For a row with a record.
  bool same_content(std::uint64_t row, std::string_view raw) const noexcept;

  std::uint64_t rows(Status status) const noexcept { return totals_[static_cast<std::size_t>(status)]; }
  std::uint64_t rows_with_record() const noexcept;
  std::uint64_t rows_succeeded() const noexcept;  ///< has_succeeded
  /// Rows of the input; nullopt: not known, because the first run was killed or is running.
  std::optional<std::uint64_t> rows_in_all() const noexcept;
  /// Rows of the input without a record in any run.
  std::optional<std::uint64_t> unsent() const noexcept;
  /// RunChain::unreadable_retries.
  const std::vector<std::string>& unreadable() const noexcept { return unreadable_; }
  /// Whether a log of the chain was changed, cut or removed, or there may be a retry that cannot be read.
  bool damaged() const noexcept;

  /// Shows the final record of each row that has one, run by run, in the order in which they were written. Reads each
  /// log again.
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

/// Throws ConfigError for a retry that cannot be read, InputError for a log that was changed.
void require_whole_logs(const RunView& view);

}  // namespace amend
