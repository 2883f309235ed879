#include <algorithm>
#include <utility>

#include "amend/error.hpp"
#include "amend/reader/csv_parser.hpp"
#include "reader/row_faults.hpp"
#include "reader/row_source.hpp"

namespace amend {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

void append_cell(std::string& out, std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

class CsvSource final : public RowSource {
 public:
  CsvSource(ByteFeed feed, const InputConfig& config, Position start)
      : RowSource(std::move(feed), config),
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
  bool consume(Record& record) override { return parser_.parse(feed().rest(), record) == CsvParser::Stop::record; }
  bool finish(Record& record) override { return parser_.finish(record) == CsvParser::Stop::record; }
  void complete(Record& record) override {
    if (record.fault() || record.size() == header_.size()) return;
    refuse_row(record, row_fault("input.csv.columns", "the row has " + std::to_string(record.size()) +
                                                          " cells, the header has " + std::to_string(header_.size())));
  }

 private:
  void take_header(const Record& record) {
    const std::string where = file_ + ", line " + std::to_string(record.position().line) + ": ";
    if (record.fault()) throw ConfigError(where + "the header cannot be read: " + record.fault()->text);
    for (std::size_t i = 0; i < record.size(); ++i) {
      const std::string_view name = trimmed(record.field(i));
      if (name.empty()) {
        throw ConfigError(where + "column " + std::to_string(i + 1) +
                          " of the header has no name: name it or remove it");
      }
      header_.emplace_back(name);
      if (i != 0) header_text_ += ',';
      append_cell(header_text_, name);
    }
    refuse_duplicates(where);
  }

  void refuse_duplicates(const std::string& where) const {
    std::vector<std::string_view> names(header_.begin(), header_.end());
    std::erase_if(names, [](std::string_view name) { return name.starts_with("amend_"); });
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
};

}  // namespace

std::unique_ptr<Source> make_csv_source(ByteFeed feed, const InputConfig& config, Position start) {
  return std::make_unique<CsvSource>(std::move(feed), config, Position(0, start.line, start.byte));
}

}  // namespace amend
