#include "reader/csv/csv_parser.hpp"

#include <algorithm>
#include <string>

#include "reader/mapping/row_faults.hpp"
#include "row/byte_scan.hpp"

namespace amend {
namespace {

constexpr std::size_t replay_bytes_kept = 64 * 1024;

bool is_line_end(char c) noexcept { return c == '\n' || c == '\r'; }

}  // namespace

/// The piece of input that is being consumed.
struct CsvParser::Piece {
  Piece(std::string_view input, std::uint64_t offset_) noexcept
      : at(input.data()), begin(at), end(at + input.size()), stop(end), raw_from(at), offset(offset_) {}

  std::uint64_t position() const noexcept { return offset + static_cast<std::uint64_t>(at - begin); }

  const char* at;
  const char* begin;
  const char* end;
  const char* stop;            // the row must have ended here; the end of the piece when the row limit is further away
  const char* raw_from;        // earlier bytes belong to no row or are in Record::raw() already
  std::uint64_t offset;        // of `begin` in the input
  std::size_t given_back = 0;  // bytes of earlier pieces that are read a second time
};

CsvParser::CsvParser(char delimiter, std::size_t row_bytes_max, std::size_t columns_max, Position start, Damage damage)
    : delimiter_(delimiter),
      row_bytes_max_(row_bytes_max),
      columns_max_(columns_max),
      on_damage_(damage),
      next_row_(start.row),
      line_(start.line),
      offset_(start.byte) {}

CsvParser::Stop CsvParser::parse(std::string_view& input, Record& out) {
  if (!replay_.empty() && replay(out)) return Stop::record;
  return consume(input, out);
}

// Returns true when the lines that are read a second time complete a record.
bool CsvParser::replay(Record& out) {
  std::string_view again = std::string_view(replay_).substr(replayed_);
  const Stop stop = consume(again, out);
  replayed_ = replay_.size() - again.size();
  if (again.empty()) {
    replay_.clear();
    if (replay_.capacity() > replay_bytes_kept) replay_.shrink_to_fit();
    replayed_ = 0;
  }
  return stop == Stop::record;
}

CsvParser::Stop CsvParser::consume(std::string_view& input, Record& out) {
  Piece piece(input, offset_);
  if (state_ != State::row_start && state_ != State::skipping) {
    const std::uint64_t room = row_bytes_max_ - (offset_ - row_.byte);
    if (room < input.size()) piece.stop = piece.begin + room;
  }
  bool ended = false;
  while (!ended && piece.at != piece.end) {
    if (piece.at == piece.stop) {
      ended = reach_limit(piece, out);
      continue;
    }
    switch (state_) {
      case State::row_start: start_row(piece, out); break;
      case State::cell_start: start_cell(piece); break;
      case State::unquoted: ended = read_unquoted(piece, out); break;
      case State::quoted: read_quoted(piece, out); break;
      case State::quote_in_quoted: ended = read_after_quote(piece, out); break;
      case State::skipping: ended = skip_line(piece, out); break;
    }
  }
  if (!ended && state_ != State::row_start) keep_raw(piece, out);
  offset_ = piece.position() - piece.given_back;
  input.remove_prefix(static_cast<std::size_t>(piece.at - piece.begin));
  return ended ? Stop::record : Stop::need_input;
}

CsvParser::Stop CsvParser::finish(Record& out) {
  if (!replay_.empty() && replay(out)) return Stop::record;
  if (state_ == State::row_start) return Stop::end;
  if (state_ == State::quoted) {
    Piece nothing(std::string_view(), offset_);
    if (end_damaged_row(nothing, out, Fault::unclosed_quote)) {
      offset_ -= nothing.given_back;
      return Stop::record;
    }
  }
  if (state_ != State::skipping) end_cell(out);
  judge(out);
  state_ = State::row_start;
  return Stop::record;
}

void CsvParser::start_row(Piece& piece, Record& out) {
  if (is_line_end(*piece.at)) {
    if (*piece.at == '\r' || !after_cr_) ++line_;
    after_cr_ = *piece.at == '\r';
    ++piece.at;
    return;
  }
  after_cr_ = false;
  out.clear();
  row_ = Position(next_row_++, line_, piece.position());
  out.set_position(row_);
  fault_ = Fault::none;
  holds_line_break_ = false;
  cells_ = 0;
  piece.raw_from = piece.at;
  if (row_.byte < damaged_until_) {
    damage(Fault::damaged, 0);
    state_ = State::skipping;
    return;
  }
  if (row_bytes_max_ < static_cast<std::size_t>(piece.end - piece.at)) piece.stop = piece.at + row_bytes_max_;
  state_ = State::cell_start;
}

void CsvParser::start_cell(Piece& piece) {
  if (*piece.at != '"') {
    state_ = State::unquoted;
    return;
  }
  ++piece.at;
  quote_line_ = line_;
  state_ = State::quoted;
}

bool CsvParser::read_unquoted(Piece& piece, Record& out) {
  const ByteSet ends(delimiter_, '"', '\n', '\r');
  for (;;) {
    const char* const found = find_byte(piece.at, piece.stop, ends);
    append(out, piece.at, found);
    piece.at = found;
    if (found == piece.stop) return false;
    if (*found == '"') return end_damaged_row(piece, out, Fault::quote_in_cell);
    end_cell(out);
    if (*found != delimiter_) return end_row(piece, out);
    ++piece.at;
    if (piece.at == piece.stop || *piece.at == '"') break;
  }
  state_ = State::cell_start;
  return false;
}

void CsvParser::read_quoted(Piece& piece, Record& out) {
  const ByteSet ends('"', '\n', '\r', '"');
  while (piece.at != piece.stop) {
    const char* const found = find_byte(piece.at, piece.stop, ends);
    if (found != piece.at) after_cr_ = false;
    append(out, piece.at, found);
    piece.at = found;
    if (found == piece.stop) return;
    ++piece.at;
    if (*found == '"') {
      after_cr_ = false;
      state_ = State::quote_in_quoted;
      return;
    }
    append(out, found, piece.at);
    holds_line_break_ = true;
    if (*found == '\r' || !after_cr_) ++line_;
    after_cr_ = *found == '\r';
  }
}

bool CsvParser::read_after_quote(Piece& piece, Record& out) {
  const char c = *piece.at;
  if (c == '"') {
    append(out, piece.at, piece.at + 1);
    ++piece.at;
    state_ = State::quoted;
    return false;
  }
  if (c == delimiter_) {
    end_cell(out);
    ++piece.at;
    state_ = State::cell_start;
    return false;
  }
  if (is_line_end(c)) {
    end_cell(out);
    return end_row(piece, out);
  }
  return end_damaged_row(piece, out, Fault::text_after_quote);
}

// Ends a damaged row at its first line end; the rest is read a second time. `piece` is where the fault was found.
// Returns true when a record is complete.
//
// The work is linear, because no byte is read a third time. The row's quote was open at each of its line ends. So each
// line between the first and the last has an even number of quotes. Read alone, such a line is a complete row, valid or
// not, and causes no further reading. The last line may open a quote. That quote concerns only bytes after the damage,
// which were not read before.
bool CsvParser::end_damaged_row(Piece& piece, Record& out, Fault fault) {
  const std::uint64_t noticed_at = piece.position();
  damage(fault, noticed_at - row_.byte + 1);
  damage_line_ = quote_line_;
  const char last = piece.at != piece.raw_from ? piece.at[-1] : out.raw().back();
  damage_end_line_ = is_line_end(last) ? line_ - 1 : line_;
  piece.stop = piece.end;
  state_ = State::skipping;
  if (!take_first_line(piece, out)) return false;
  bytes_read_again_ += noticed_at - (piece.position() - piece.given_back);
  if (on_damage_ == Damage::reject) damaged_until_ = noticed_at;
  judge(out);
  line_ = row_.line + 1;
  state_ = State::row_start;
  return true;
}

// Returns false when the row is on one line so far.
bool CsvParser::take_first_line(Piece& piece, Record& out) {
  std::string& raw = out.raw();
  const std::size_t before = raw.find_first_of("\r\n");
  if (before != std::string::npos) {
    after_cr_ = raw[before] == '\r';
    replay_.assign(raw, before + 1);
    raw.resize(before);
    piece.at = piece.raw_from;
    piece.given_back = replay_.size();
    return true;
  }
  const char* const line_end = std::find_if(piece.raw_from, piece.at, is_line_end);
  if (line_end == piece.at) return false;
  after_cr_ = *line_end == '\r';
  raw.append(piece.raw_from, line_end);
  piece.at = line_end + 1;
  piece.raw_from = piece.at;
  return true;
}

bool CsvParser::skip_line(Piece& piece, Record& out) {
  piece.at = find_byte(piece.at, piece.end, ByteSet('\n', '\r', '\n', '\r'));
  return piece.at != piece.end && end_row(piece, out);
}

// The row limit is reached and more bytes follow. They are valid only when they are a line end outside quotes.
bool CsvParser::reach_limit(Piece& piece, Record& out) {
  piece.stop = piece.end;
  if (state_ != State::quoted && is_line_end(*piece.at)) {
    end_cell(out);
    return end_row(piece, out);
  }
  if (state_ == State::quoted && line_ != row_.line) return end_damaged_row(piece, out, Fault::unclosed_quote);
  damage(Fault::too_large, row_bytes_max_);
  state_ = State::skipping;
  return false;
}

void CsvParser::append(Record& out, const char* begin, const char* end) {
  if (fault_ == Fault::none) out.bytes().append(begin, end);
}

void CsvParser::end_cell(Record& out) {
  ++cells_;
  if (cells_ > columns_max_) damage(Fault::columns, 0);
  if (fault_ == Fault::none) out.end_field();
}

// The piece is at the line end. When that is a CR, start_row skips the LF after it.
bool CsvParser::end_row(Piece& piece, Record& out) {
  keep_raw(piece, out);
  after_cr_ = *piece.at == '\r';
  ++piece.at;
  judge(out);
  ++line_;
  state_ = State::row_start;
  return true;
}

void CsvParser::keep_raw(Piece& piece, Record& out) const {
  const auto bytes = static_cast<std::size_t>(piece.at - piece.raw_from);
  const std::size_t kept = out.raw().size();
  const std::size_t room = kept < raw_seen_bytes ? raw_seen_bytes - kept : 0;
  out.raw().append(piece.raw_from, state_ == State::skipping ? std::min(bytes, room) : bytes);
  piece.raw_from = piece.at;
}

void CsvParser::judge(Record& out) {
  if (fault_ != Fault::none) {
    refuse_row(out, reason());
  } else {
    judge_bytes(out);
  }
}

// The first fault of a row is the one that is reported.
void CsvParser::damage(Fault fault, std::uint64_t byte_in_row) {
  if (fault_ != Fault::none) return;
  fault_ = fault;
  fault_byte_ = byte_in_row;
  fault_cell_ = cells_ + 1;
}

Reason CsvParser::reason() const {
  const std::string where =
      "column " + std::to_string(fault_cell_) + ", byte " + std::to_string(fault_byte_) + " of the row: ";
  const auto column = static_cast<std::uint32_t>(fault_cell_);
  switch (fault_) {
    case Fault::quote_in_cell:
      return row_fault("input.csv.quote", where + "a quote inside an unquoted cell" + where_opened() + what_follows(),
                       column);
    case Fault::text_after_quote:
      return row_fault("input.csv.quote", where + "text after the closing quote" + where_opened() + what_follows(),
                       column);
    case Fault::unclosed_quote:
      return row_fault("input.csv.unclosed_quote",
                       "column " + std::to_string(fault_cell_) + ": the quote opened at line " +
                           std::to_string(quote_line_) + " is not closed" + what_follows(),
                       column);
    case Fault::damaged:
      return row_fault("input.csv.damaged", "this line is inside a damaged value whose quote opens at line " +
                                                std::to_string(damage_line_) + " and does not close correctly");
    case Fault::columns: return row_fault("input.row.columns", "more than " + std::to_string(columns_max_) + " cells");
    case Fault::none:
    case Fault::too_large: break;
  }
  return row_fault("input.row.too_large", "longer than " + std::to_string(row_bytes_max_) + " bytes");
}

std::string CsvParser::where_opened() const {
  if (damage_end_line_ == row_.line) return {};
  return "; the last quoted value before this place begins at line " + std::to_string(damage_line_);
}

std::string CsvParser::what_follows() const {
  if (damage_end_line_ == row_.line) return {};
  const std::string first = std::to_string(row_.line + 1);
  const bool one = damage_end_line_ == row_.line + 1;
  const std::string lines =
      one ? "; line " + first + " is " : "; lines " + first + " to " + std::to_string(damage_end_line_) + " are ";
  return lines + (on_damage_ == Damage::recover ? "read as rows" : "rejected too");
}

}  // namespace amend
