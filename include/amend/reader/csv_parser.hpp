// Bytes in, records out: RFC 4180, and what to do with files that break it. No I/O. Layer 1, reader thread.
//
// Bytes come in pieces of any size; the result does not depend on where they are cut. Line ends may be LF, CRLF or a
// lone CR, mixed. Blank lines are no rows, but count as lines. Whatever comes, memory stays within `row_bytes_max`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "amend/row/position.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// What becomes of the lines behind the first one of a row whose quotes are damaged. They may be rows that a stray
/// quote has swallowed, or quoted text that only looks like rows: nobody can tell.
enum class Damage : std::uint8_t {
  reject,   ///< each line that begins inside the damaged span is a row with the fault `input.csv.damaged`
  recover,  ///< each is read as a row (`--recover`)
};

/// A row that breaks the rules becomes a record with a `fault()`, and reading goes on behind it:
/// - `input.csv.quote`: a quote inside an unquoted cell, or text after a closing quote.
/// - `input.csv.unclosed_quote`: the end of the input, or the row limit, is reached inside quotes.
/// - `input.row.too_large`, `input.row.columns`: longer than the limits given.
/// - `input.nul`, `input.utf8`: a NUL byte, bytes that are not UTF-8.
/// Of a faulty row `raw()` keeps the first 4 KiB. Rows with more or fewer cells than the header are not its business.
///
/// A row with a quote fault ends at its first line end, whatever its quotes say: the lines behind it, up to where the
/// fault showed itself, are read again, as `Damage` says. So each line of the file stands in exactly one record, a
/// quote that is never closed costs at most `row_bytes_max`, and no byte is read more than twice.
class CsvParser {
 public:
  enum class Stop : std::uint8_t {
    need_input,  ///< all input is consumed and the row is not complete: go on with the same Record
    record,      ///< the Record is complete; `input` starts behind what was consumed
    end,         ///< only from finish(): there is no further row
  };

  /// `start` is the position of the first byte given (a BOM dropped before counts in `byte`); `start.row` numbers the
  /// first record: 0 when it is a header, so that data rows count from 1.
  CsvParser(char delimiter, std::size_t row_bytes_max, std::size_t columns_max, Position start = Position(0, 1, 0),
            Damage damage = Damage::reject);

  /// Consumes `input` until one record is complete or the input is used up. `out` is emptied when a row begins.
  Stop parse(std::string_view& input, Record& out);

  /// The end of the input: hands out the last row when it had no line end. Called until it says `end`.
  Stop finish(Record& out);

  /// The record handed out last is not a row: the next one gets its number.
  void take_back_row() noexcept { --next_row_; }

  /// Where the next byte, and the next row, stand.
  Position position() const noexcept { return Position(next_row_, line_, offset_); }

  /// A quoted value of the record handed out last has a line end in it.
  bool holds_line_break() const noexcept { return holds_line_break_; }

  /// Bytes that damaged quotes made it read a second time: never more than it was given.
  std::uint64_t bytes_read_again() const noexcept { return bytes_read_again_; }

 private:
  enum class State : std::uint8_t { row_start, cell_start, unquoted, quoted, quote_in_quoted, skipping };
  enum class Fault : std::uint8_t {
    none,
    quote_in_cell,
    text_after_quote,
    unclosed_quote,
    damaged,
    too_large,
    columns
  };
  struct Piece;

  Stop consume(std::string_view& input, Record& out);
  bool replay(Record& out);
  void start_row(Piece& piece, Record& out);
  void start_cell(Piece& piece);
  bool read_unquoted(Piece& piece, Record& out);
  bool end_damaged_row(Piece& piece, Record& out, Fault fault);
  bool take_first_line(Piece& piece, Record& out);
  void read_quoted(Piece& piece, Record& out);
  bool read_after_quote(Piece& piece, Record& out);
  bool skip_line(Piece& piece, Record& out);
  bool reach_limit(Piece& piece, Record& out);

  void append(Record& out, const char* begin, const char* end);
  void end_cell(Record& out);
  bool end_row(Piece& piece, Record& out);
  void keep_raw(Piece& piece, Record& out) const;
  void judge(Record& out);
  void damage(Fault fault, std::uint64_t byte_in_row);
  Reason reason() const;
  std::string where_opened() const;
  std::string what_follows() const;

  char delimiter_;
  std::size_t row_bytes_max_;
  std::size_t columns_max_;
  Damage on_damage_;

  State state_ = State::row_start;
  Fault fault_ = Fault::none;
  bool after_cr_ = false;          // the byte before was a CR: a LF now belongs to the same line end
  bool holds_line_break_ = false;  // the row being read
  std::uint64_t next_row_;
  std::uint64_t line_;            // of the next byte
  std::uint64_t offset_;          // of the next byte; only brought up to date between pieces
  Position row_;                  // of the row being read
  std::size_t cells_ = 0;         // complete cells of the row being read
  std::uint64_t quote_line_ = 0;  // where the last quoted cell was opened
  std::uint64_t fault_byte_ = 0;  // in the row, from 1
  std::uint64_t fault_cell_ = 0;  // from 1

  // Lines behind a damaged row's first one that came in earlier pieces: read again before the rest.
  std::string replay_;
  std::size_t replayed_ = 0;  // of replay_
  std::uint64_t bytes_read_again_ = 0;
  std::uint64_t damaged_until_ = 0;    // rows that begin before are inside a damaged quote
  std::uint64_t damage_line_ = 0;      // where that quote was opened
  std::uint64_t damage_end_line_ = 0;  // the last line that begins before the damage showed itself
};

}  // namespace amend
