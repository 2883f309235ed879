// Newline-delimited JSON: bytes into lines, a line into a record. No I/O. Layer 1, reader thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "amend/row/position.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// Cuts bytes, which come in pieces of any size, into lines; a line end is LF or CRLF. Lines of nothing but blanks are
/// no rows, but count as lines. A line longer than `line_bytes_max` becomes a record with the fault
/// `input.row.too_large` that keeps its first 4 KiB; memory stays within the limit.
class LineSplitter {
 public:
  enum class Stop : std::uint8_t {
    need_input,  ///< all input is consumed and the line is not complete: go on with the same Record
    record,      ///< raw() and position() of the Record are set, fields are not; `input` starts behind the line
    end,         ///< only from finish(): there is no further line
  };

  /// `start` is the position of the first byte given; `start.row` numbers the first row.
  explicit LineSplitter(std::size_t line_bytes_max, Position start = Position(1, 1, 0));

  /// Consumes `input` until one line is complete or the input is used up. `out` is emptied when a line begins.
  Stop parse(std::string_view& input, Record& out);

  /// The end of the input: hands out the last line when it had no line end. Called until it says `end`.
  Stop finish(Record& out);

  /// Where the next byte, and the next row, stand.
  Position position() const noexcept { return Position(next_row_, line_, offset_); }

 private:
  void begin_line(Record& out);
  void keep(std::string_view bytes, Record& out) noexcept;
  bool end_line(Record& out);

  std::size_t line_bytes_max_;
  bool in_line_ = false;
  bool ended_in_cr_ = false;      // of the bytes of this line so far, kept or not
  std::uint64_t line_bytes_ = 0;  // of this line so far, kept or not
  std::uint64_t next_row_;
  std::uint64_t line_;
  std::uint64_t offset_;
};

/// Turns the raw bytes of a line into fields, one for each member of the object, in their order. Strings are unescaped,
/// numbers keep their characters, and a boolean, array or object is checked but not kept (RFC 8259).
/// A line that is not one JSON object gets a fault: `input.json.syntax` (which lone surrogates are too), `.depth` (more
/// than 32 levels), `.duplicate_key` (names compare after unescaping), `.not_object`, `input.row.columns` (too many
/// members), `input.nul`, `input.utf8`.
class NdjsonParser {
 public:
  explicit NdjsonParser(std::size_t members_max);
  ~NdjsonParser();
  NdjsonParser(const NdjsonParser&) = delete;
  NdjsonParser& operator=(const NdjsonParser&) = delete;

  /// Does nothing to a record that has a fault already. No allocation in the steady state.
  void parse(Record& record);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend
