// results.ndjson as a journal: the members of each line by which a later process can trust it, and how the lines are
// read back. Layer 1, pure. Source: the format is described in result_log.hpp.
//
// Each line ends in `"hash":"<16 hex>","sum":"<8 hex>"}`. `hash` is that of the row's bytes (content_hash): it binds
// the record to the content of the row. `sum` is a checksum of the line up to there, seeded with the sum of the line
// before: it shows a line that was changed, lost, doubled or moved. The first line after a group commit has
// `"synced":N` before them: the first N bytes of the file were on stable storage before this line was written.
//
// There are two kinds of bad lines:
// - behind the last N: a crash has torn or lost the write, or filled it with NULs. The line is cut off, and its rows
//   are
//   sent again.
// - before it: durable bytes have changed. Other bytes may have changed too, so the run is not resumed.
//
// Threads: any one. Errors: none. Bounds: JournalReader::line_bytes_max.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/row/outcome.hpp"

namespace amend {

/// XXH3, 64 bits, of the row as it is in the input (Record::raw). No defence against forgery.
std::uint64_t content_hash(std::string_view row) noexcept;

/// Completes the lines of a log, in their order.
class JournalSeal {
 public:
  JournalSeal() = default;
  /// Continues behind a line with this sum.
  explicit JournalSeal(std::uint32_t last_sum) noexcept : sum_(last_sum) {}

  /// `out` ends in the open text of a line that began at `begin`: `{"row":…,"at":"…"`, without its brace. Appends
  /// `"synced"` when it is given, `"hash"`, `"sum"`, brace and line end. Allocates only to grow `out`.
  void close_line(std::string& out, std::size_t begin, std::uint64_t hash, std::optional<std::uint64_t> synced);

 private:
  std::uint32_t sum_ = 0;
};

/// One line that was read back.
class JournalRecord {
 public:
  JournalRecord() = default;

  std::uint64_t row = 0;
  Status status = Status::success;
  std::uint64_t hash = 0;
  std::uint64_t late_until_ms = 0;  ///< Outcome::late_until, in Unix time; 0: none
  std::uint64_t offset = 0;         ///< of the line in the file
  std::string_view text;            ///< the line, without its end; valid until the next call
  std::string_view id;              ///< in `text`, as written: a uuid has no escapes
};

/// Takes bytes in pieces of any size, and gives records until the first bad line.
class JournalReader {
 public:
  /// amend writes no longer line, so a longer one is bad. This is also the memory.
  static constexpr std::size_t line_bytes_max = 16 * 1024;

  enum class Stop : std::uint8_t { need_input, record };

  /// Consumes `input` until a record is complete or the input is used up.
  Stop parse(std::string_view& input, JournalRecord& out);

  /// Another source says that these first bytes of the file were on stable storage.
  void note_durable(std::uint64_t bytes) noexcept { synced_ = std::max(synced_, bytes); }

  /// After the last byte: how far the log is whole. The rest is to be cut off.
  std::uint64_t whole_bytes() const noexcept { return whole_bytes_; }
  std::uint32_t last_sum() const noexcept { return sum_; }

  /// After the last byte: where a durable line was changed. nullopt: no durable byte was changed.
  std::optional<std::uint64_t> damaged_at() const noexcept;

 private:
  bool take_line(std::string_view line, JournalRecord& out);

  std::string line_;          // of the line that is not complete
  std::string shown_;         // the last one that was
  bool too_long_ = false;     // its start was dropped
  std::uint64_t offset_ = 0;  // of the next byte
  std::uint64_t begin_ = 0;   // of the line being read
  std::uint64_t whole_bytes_ = 0;
  std::uint32_t sum_ = 0;     // of the last good line
  std::uint64_t synced_ = 0;  // the largest N of a line that fits
  std::optional<std::uint64_t> first_bad_;
  std::optional<std::uint32_t> sum_before_;  // the sum of the line before, behind a bad one
};

}  // namespace amend
