#include <algorithm>
#include <utility>

#include "amend/error.hpp"
#include "amend/reader/encoding_check.hpp"
#include "reader/csv/csv_parser.hpp"
#include "reader/csv/swallowed_row.hpp"
#include "reader/mapping/row_faults.hpp"
#include "reader/row_source.hpp"
#include "row/blanks.hpp"
#include "row/csv_cell.hpp"
#include "row/own_column.hpp"

namespace amend {
namespace {

class CsvSource final : public RowSource {
 public:
  CsvSource(ByteFeed feed, const InputConfig& config, EncodingBasis basis, Position start)
      : RowSource(std::move(feed), config, basis),
        file_(config.file == "-" ? "stdin" : printable(config.file)),
        delimiter_(*config.delimiter),
        parser_(delimiter_, config.row_bytes_max, config.columns_max, start,
                config.recover ? Damage::recover : Damage::reject) {
    Record record;
    if (read_row(record)) take_header(record);
  }

  const std::vector<std::string>& header() const override { return header_; }
  std::string_view header_text() const override { return header_text_; }
  Format format() const override { return Format::csv; }
  char delimiter() const override { return delimiter_; }
  Position position() const override { return parser_.position(); }

 protected:
  bool consume(Record& record) override {
    while (parser_.parse(feed().rest(), record) == CsvParser::Stop::record)
      if (!skip_header(record)) return true;
    return false;
  }
  bool finish(Record& record) override {
    while (parser_.finish(record) == CsvParser::Stop::record)
      if (!skip_header(record)) return true;
    return false;
  }
  void complete(Record& record) override {
    if (record.fault()) return;
    // In a file that amend wrote, the rows may originally have had other separators. Only an id reveals a row there.
    const char delimiter = is_retry_file_ ? '\0' : delimiter_;
    if (parser_.holds_line_break())
      if (const auto line = swallowed_row(record, foreign_, delimiter)) return refuse_swallowed(record, *line);
    if (record.size() == cells_) return;
    refuse_row(record, row_fault("input.csv.columns", "the row has " + std::to_string(record.size()) +
                                                          " cells, the header has " + std::to_string(cells_)));
  }

 private:
  // The input may be several files (`cat failed.csv rejected.csv`). Each repeats the header, and the columns that amend
  // added to it may differ.
  bool skip_header(const Record& record) {
    if (!repeats_header(record)) return false;
    cells_ = record.size();
    parser_.take_back_row();
    return true;
  }

  bool repeats_header(const Record& record) const noexcept {
    if (header_.empty() || record.fault() || record.size() < foreign_) return false;
    std::string_view first = record.field(0);
    if (first.starts_with(byte_order_mark)) first.remove_prefix(byte_order_mark.size());
    if (without_blanks(first) != header_[0]) return false;
    for (std::size_t i = 1; i < foreign_; ++i)
      if (without_blanks(record.field(i)) != header_[i]) return false;
    for (std::size_t i = foreign_; i < record.size(); ++i)
      if (!is_own_column(record.field(i))) return false;
    return true;
  }

  static void refuse_swallowed(Record& record, std::uint64_t line) {
    refuse_row(record, row_fault("input.csv.swallowed_row", "a quoted value that begins in line " +
                                                                std::to_string(record.position().line) +
                                                                " contains what looks like another row in line " +
                                                                std::to_string(line) + ": amend sends neither row"));
  }

  void take_header(const Record& record) {
    const std::string where = file_ + ", line " + std::to_string(record.position().line) + ": ";
    if (record.fault() && (record.fault()->code == "input.utf8" || record.fault()->code == "input.nul"))
      refuse_encoding(where, record);
    if (record.fault()) throw ConfigError(where + "the header cannot be read: " + record.fault()->text);
    if (is_utf8_after_all() && is_beyond_ascii(record.raw()))
      throw EncodingError(where + "the header is UTF-8, not " + printable(encoding(), 40) + ": leave --encoding out",
                          "");
    for (std::size_t i = 0; i < record.size(); ++i) {
      const std::string_view name = without_blanks(record.field(i));
      if (name.empty()) {
        throw ConfigError(where + "column " + std::to_string(i + 1) +
                          " of the header has no name: name it or remove it");
      }
      header_.emplace_back(name);
      if (i != 0) header_text_ += ',';
      append_csv_cell(header_text_, name);
    }
    refuse_duplicates(where);
    cells_ = foreign_ = header_.size();
    // amend appends its columns, so only those at the end count as its own.
    while (foreign_ > 1 && is_own_column(header_[foreign_ - 1])) --foreign_;
    is_retry_file_ = delimiter_ == ',' && std::ranges::find(header_, "amend_line") != header_.end();
  }

  // Refuses an input whose bytes contradict the named encoding, or whose encoding is unknown.
  void refuse_encoding(const std::string& where, const Record& header) {
    const EncodingError other = header_error(where, header.raw(), feed().rest());
    const bool is_known = header.fault()->code == "input.utf8" || !other.likely().empty();
    if (encoding_basis() == EncodingBasis::assumed && is_known) throw other;
    if (encoding_basis() == EncodingBasis::named)
      throw EncodingError(where + "the header cannot be read as " + printable(encoding(), 40) +
                              ": leave --encoding out, or name another one",
                          "");
  }

  void refuse_duplicates(const std::string& where) const {
    std::vector<std::string_view> names(header_.begin(), header_.end());
    std::erase_if(names, is_own_column);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice == names.end()) return;
    throw ConfigError(where + "the column \"" + printable(*twice, 60) +
                      "\" occurs twice: rename or remove one of them");
  }

  std::string file_;
  char delimiter_;
  CsvParser parser_;
  std::vector<std::string> header_;
  std::string header_text_;
  std::size_t foreign_ = 0;  // columns before amend's own columns at the end
  std::size_t cells_ = 0;    // of each row
  bool is_retry_file_ = false;
};

}  // namespace

std::unique_ptr<Source> make_csv_source(ByteFeed feed, const InputConfig& config, EncodingBasis basis, Position start) {
  return std::make_unique<CsvSource>(std::move(feed), config, basis, Position(0, start.line, start.byte));
}

}  // namespace amend
