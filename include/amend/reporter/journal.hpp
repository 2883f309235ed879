// results.ndjson as a journal: what is added to each line so that a later process can trust it, and the reading of it
// back. Layer 1: pure, bytes in and records out; any one thread. The format as a document: docs of result_log.hpp.
//
// Each line ends in `"hash":"<16 hex>","sum":"<8 hex>"}`. `hash` is that of the row's bytes (content_hash), so that a
// record is bound to what the row said. `sum` is a checksum of the line up to there, seeded with the sum of the line
// before: a line that was changed, lost, doubled or moved does not fit. The first line after a group commit says
// `"synced":N` before them: the first N bytes of the file were on stable storage before this line was written.
//
// What is read back tells two kinds of bad lines apart:
// - behind the last N: a write that a crash has torn, lost or filled with NULs. It is cut off, its rows are sent again.
// - before it: what was durable has changed. Nobody knows what else did: the run is not resumed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/row/outcome.hpp"

namespace amend {

/// XXH3, 64 bits, of the row as it stands in the input (Record::raw). Bound to the content, not a defence against
/// forgery.
std::uint64_t content_hash(std::string_view row) noexcept;

/// Completes the lines of a log, in their order.
class JournalSeal {
 public:
  JournalSeal() = default;
  /// Goes on behind a line with this sum.
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

/// Lines are pushed in as bytes in pieces of any size, records come out until the first bad line.
class JournalReader {
 public:
  /// A line of ours is never longer; a longer one is bad. Memory: this.
  static constexpr std::size_t line_bytes_max = 16 * 1024;

  enum class Stop : std::uint8_t { need_input, record };

  /// Consumes `input` until a record is complete or the input is used up.
  Stop parse(std::string_view& input, JournalRecord& out);

  /// Known from elsewhere: so much of the file was on stable storage.
  void note_durable(std::uint64_t bytes) noexcept { synced_ = std::max(synced_, bytes); }

  /// After the last byte: how far the log is whole; the rest is to be cut off.
  std::uint64_t whole_bytes() const noexcept { return whole_bytes_; }
  std::uint32_t last_sum() const noexcept { return sum_; }

  /// After the last byte: where a durable line does not fit any more; nullopt: all that was durable is as it was.
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
  std::uint64_t synced_ = 0;  // the largest that a fitting line has told
  std::optional<std::uint64_t> first_bad_;
  std::optional<std::uint32_t> sum_before_;  // what the line before says, behind a bad one
};

}  // namespace amend
