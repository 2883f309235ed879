// Parses newline-delimited JSON: bytes into lines, and a line into a record. Pure: no I/O.
//
// Threads: the reader thread. Source: layer 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "amend/row/position.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// Cuts bytes into lines. Bytes arrive in pieces of any size. A line ends in LF or CRLF. A blank line counts as a line,
/// but makes no record.
///
/// Errors: a line longer than `line_bytes_max` becomes a record with the fault `input.row.too_large` and its first 4
/// KiB.
/// Bounds: memory stays within `line_bytes_max`.
class LineSplitter {
 public:
  enum class Stop : std::uint8_t {
    need_input,  ///< all input is consumed and the line is incomplete: call again with the same Record
    record,      ///< raw() and position() of the Record are set, fields are not; `input` begins after the line
    end,         ///< only from finish(): no line is left
  };

  /// `start` is the position of the first byte given; `start.row` numbers the first row.
  explicit LineSplitter(std::size_t line_bytes_max, Position start = Position(1, 1, 0));

  /// Consumes `input` until one line is complete or the input is used up. Empties `out` when a line begins.
  Stop parse(std::string_view& input, Record& out);

  /// Ends the input: returns the last line when it has no line end. Call it until it returns `end`.
  Stop finish(Record& out);

  /// The position of the next byte and of the next row.
  Position position() const noexcept { return Position(next_row_, line_, offset_); }

 private:
  void begin_line(Record& out);
  void keep(std::string_view bytes, Record& out) noexcept;
  bool end_line(Record& out);

  std::size_t line_bytes_max_;
  bool in_line_ = false;
  bool ended_in_cr_ = false;      // whether the bytes of this line so far end in CR, kept or not
  std::uint64_t line_bytes_ = 0;  // how many bytes this line has so far, kept or not
  std::uint64_t next_row_;
  std::uint64_t line_;
  std::uint64_t offset_;
};

/// Turns the raw bytes of a line into fields: one for each member of the object, in their order. Strings are unescaped,
/// and numbers keep their characters. A boolean, array or object is checked, but its content is not kept (RFC 8259).
///
/// Errors: a line that is not one JSON object gets a fault.
/// - `input.json.syntax`: also for a lone surrogate. · `input.json.depth`: more than 32 levels.
/// - `input.json.duplicate_key`: names compare after unescaping. · `input.json.not_object`.
/// - `input.row.columns`: too many members. · `input.nul`, `input.utf8`.
class NdjsonParser {
 public:
  explicit NdjsonParser(std::size_t members_max);
  ~NdjsonParser();
  NdjsonParser(const NdjsonParser&) = delete;
  NdjsonParser& operator=(const NdjsonParser&) = delete;

  /// Does nothing to a record that already has a fault. Does not allocate in the steady state.
  void parse(Record& record);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend
