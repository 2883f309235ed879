// A slow, plain CSV reader for the tests to compare with: the whole text at once, one character at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "amend/row/position.hpp"

namespace amend::reference {

struct Row {
  Position position;
  std::string raw;                 // not cut
  std::vector<std::string> cells;  // empty when faulty
  std::string fault;               // the code; empty when good
};

class Csv {
 public:
  Csv(std::string_view text, char delimiter, std::size_t row_bytes_max, std::size_t columns_max, bool recover = false)
      : text_(text),
        delimiter_(delimiter),
        row_bytes_max_(row_bytes_max),
        columns_max_(columns_max),
        recover_(recover) {}

  std::vector<Row> rows() {
    while (at_ < text_.size()) {
      if (line_end_length() != 0) {
        pass_line_end();
      } else if (at_ < damaged_until_) {
        read_damaged_line();
      } else {
        read_row();
      }
    }
    return rows_;
  }

 private:
  std::size_t line_end_length() const {
    if (at_ >= text_.size()) return 0;
    if (text_[at_] == '\n') return 1;
    if (text_[at_] != '\r') return 0;
    return at_ + 1 < text_.size() && text_[at_ + 1] == '\n' ? 2 : 1;
  }
  void pass_line_end() {
    at_ += line_end_length();
    ++line_;
  }
  bool full() const { return at_ - row_.position.byte == row_bytes_max_; }

  void read_damaged_line() {
    row_ = Row{Position(rows_.size(), line_, at_), "", {}, "input.csv.damaged"};
    end_row();
  }

  void read_row() {
    quotes_are_damaged_ = false;
    row_ = Row{Position(rows_.size(), line_, at_), "", {}, ""};
    std::string cell;
    bool go_on = true;
    while (go_on) {
      cell.clear();
      go_on = read_cell(cell);
      row_.cells.push_back(cell);
      if (row_.cells.size() > columns_max_ && row_.fault.empty()) row_.fault = "input.row.columns";
    }
    if (quotes_are_damaged_) go_back_to_first_line_end();
    end_row();
  }

  // The row is its first line; what follows is read again.
  void go_back_to_first_line_end() {
    const std::size_t noticed_at = at_;
    const std::size_t line_end = text_.find_first_of("\r\n", row_.position.byte);
    if (line_end >= noticed_at) return;
    at_ = line_end;
    line_ = row_.position.line;
    if (!recover_) damaged_until_ = noticed_at;
  }

  void end_row() {
    while (at_ < text_.size() && line_end_length() == 0) ++at_;
    row_.raw = std::string(text_.substr(row_.position.byte, at_ - row_.position.byte));
    if (row_.fault.empty() && row_.raw.find('\0') != std::string::npos) row_.fault = "input.nul";
    if (!row_.fault.empty()) row_.cells.clear();
    rows_.push_back(row_);
    if (at_ < text_.size()) pass_line_end();
  }

  bool spoil_quotes(const char* code) {
    quotes_are_damaged_ = true;
    return spoil(code);
  }
  bool spoil(const char* code) {
    if (row_.fault.empty()) row_.fault = code;
    return false;
  }

  // True when another cell follows.
  bool read_cell(std::string& cell) {
    if (at_ < text_.size() && !full() && text_[at_] == '"') return read_quoted(cell);
    for (;; ++at_) {
      if (at_ == text_.size() || line_end_length() != 0) return false;
      if (full()) return spoil("input.row.too_large");
      if (text_[at_] == '"') return spoil_quotes("input.csv.quote");
      if (text_[at_] == delimiter_) return ++at_, true;
      cell += text_[at_];
    }
  }

  bool read_quoted(std::string& cell) {
    for (++at_;; ++at_) {
      if (at_ == text_.size()) return spoil_quotes("input.csv.unclosed_quote");
      if (full() && line_ == row_.position.line) return spoil("input.row.too_large");
      if (full()) return spoil_quotes("input.csv.unclosed_quote");
      if (text_[at_] != '"') {
        cell += text_[at_];
        if (text_[at_] == '\n' && text_[at_ - 1] == '\r' && at_ - 1 > row_.position.byte) continue;
        if (text_[at_] == '\n' || text_[at_] == '\r') ++line_;
        continue;
      }
      ++at_;
      if (at_ == text_.size() || line_end_length() != 0) return false;
      if (full()) return spoil("input.row.too_large");
      if (text_[at_] == delimiter_) return ++at_, true;
      if (text_[at_] != '"') return spoil_quotes("input.csv.quote");
      cell += '"';
    }
  }

  std::string_view text_;
  char delimiter_;
  std::size_t row_bytes_max_;
  std::size_t columns_max_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  bool recover_;
  bool quotes_are_damaged_ = false;  // in the row being read
  std::size_t damaged_until_ = 0;
  std::vector<Row> rows_;
  Row row_;
};

}  // namespace amend::reference
