// Parses CSV (RFC 4180) and contains the damage of files that break its rules. Pure: no I/O.
//
// Threads: the reader thread. Source: layer 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "amend/row/position.hpp"
#include "amend/row/record.hpp"

namespace amend {

/// How the parser treats the lines after the first line of a row with damaged quotes. A stray quote may have swallowed
/// rows there, or a quoted text may only look like rows. The bytes do not show which.
enum class Damage : std::uint8_t {
  reject,   ///< every line that begins inside the damaged span gets the fault `input.csv.damaged`
  recover,  ///< every such line is read as a row (`--recover`)
};

/// Cuts bytes into records. Bytes arrive in pieces of any size, and the result does not depend on the cuts. A line ends
/// in LF, CRLF or a lone CR, also mixed. A blank line counts as a line, but makes no record.
///
/// Errors: a row that breaks the rules becomes a record with a `fault()`, and the parser continues after it.
/// - `input.csv.quote`: a quote is inside an unquoted cell, or text follows a closing quote.
/// - `input.csv.unclosed_quote`: the input ends, or the row limit is reached, inside quotes.
/// - `input.row.too_large`, `input.row.columns`: the row exceeds a limit.
/// - `input.nul`, `input.utf8`: the row has a NUL byte, or bytes that are not UTF-8.
///
/// A row with a quote fault ends at its first line end. The lines up to the place where the fault was found are read a
/// second time, as `Damage` says. So every line of the file is in exactly one record. The parser does not compare the
/// number of cells with the header.
///
/// Bounds: memory stays within `row_bytes_max`, and an unclosed quote costs at most that many bytes. `raw()` of a
/// faulty row has its first 4 KiB. No byte is read more than twice.
class CsvParser {
 public:
  enum class Stop : std::uint8_t {
    need_input,  ///< all input is consumed and the row is incomplete: call again with the same Record
    record,      ///< the Record is complete; `input` begins after it
    end,         ///< only from finish(): no row is left
  };

  /// `start` is the position of the first byte; `start.byte` includes a BOM that the caller dropped. `start.row`
  /// numbers the first record: 0 for a header, so that data rows count from 1.
  CsvParser(char delimiter, std::size_t row_bytes_max, std::size_t columns_max, Position start = Position(0, 1, 0),
            Damage damage = Damage::reject);

  /// Consumes `input` until one record is complete or the input is used up. Empties `out` when a row begins.
  Stop parse(std::string_view& input, Record& out);

  /// Ends the input: returns the last row when it has no line end. Call it until it returns `end`.
  Stop finish(Record& out);

  /// The caller found that the last record is not a row. The next record gets its number.
  void take_back_row() noexcept { --next_row_; }

  /// The position of the next byte and of the next row.
  Position position() const noexcept { return Position(next_row_, line_, offset_); }

  /// Whether a quoted value of the last record has a line end in it.
  bool holds_line_break() const noexcept { return holds_line_break_; }

  /// How many bytes were read a second time because of damaged quotes: at most the number of bytes given.
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
  bool after_cr_ = false;          // the previous byte was a CR: a LF now belongs to the same line end
  bool holds_line_break_ = false;  // of the row that is being read
  std::uint64_t next_row_;
  std::uint64_t line_;            // of the next byte
  std::uint64_t offset_;          // of the next byte; updated only between pieces
  Position row_;                  // of the row that is being read
  std::size_t cells_ = 0;         // complete cells of that row
  std::uint64_t quote_line_ = 0;  // the line on which the last quoted cell was opened
  std::uint64_t fault_byte_ = 0;  // its place in the row, from 1
  std::uint64_t fault_cell_ = 0;  // from 1

  // The lines after a damaged row's first line, from earlier pieces. They are read again before the rest.
  std::string replay_;
  std::size_t replayed_ = 0;  // how many bytes of replay_ were read
  std::uint64_t bytes_read_again_ = 0;
  std::uint64_t damaged_until_ = 0;    // rows that begin before this byte are inside a damaged quote
  std::uint64_t damage_line_ = 0;      // the line on which that quote was opened
  std::uint64_t damage_end_line_ = 0;  // the last line that begins before the place where the damage was found
};

}  // namespace amend
