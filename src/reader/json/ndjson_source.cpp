#include <string>
#include <utility>

#include "reader/json/ndjson.hpp"
#include "reader/mapping/row_faults.hpp"
#include "reader/retry_file.hpp"
#include "reader/row_source.hpp"
#include "row/own_column.hpp"

namespace amend {
namespace {

class NdjsonSource final : public RowSource {
 public:
  NdjsonSource(ByteFeed feed, const InputConfig& config, EncodingBasis basis, Position start)
      : RowSource(std::move(feed), config, basis),
        line_bytes_max_(config.row_bytes_max),
        lines_(config.row_bytes_max + own_bytes_max, start),
        parser_(config.columns_max) {}

  const std::vector<std::string>& header() const override { return no_header_; }
  std::string_view header_text() const override { return {}; }
  Format format() const override { return Format::ndjson; }
  char delimiter() const override { return ','; }
  Position position() const override { return lines_.position(); }

 protected:
  bool consume(Record& record) override { return lines_.parse(feed().rest(), record) == LineSplitter::Stop::record; }
  bool finish(Record& record) override { return lines_.finish(record) == LineSplitter::Stop::record; }
  // Members that amend added may make a line longer than the limit.
  void complete(Record& record) override {
    const bool cut = record.fault() && record.fault()->code == "input.row.too_large";
    if (cut || (record.raw().size() > line_bytes_max_ && !is_retry_line(record.raw())))
      refuse_row(record, row_fault("input.row.too_large", "longer than " + std::to_string(line_bytes_max_) + " bytes"));
    parser_.parse(record);
  }

 private:
  std::size_t line_bytes_max_;
  LineSplitter lines_;
  NdjsonParser parser_;
  std::vector<std::string> no_header_;
};

}  // namespace

std::unique_ptr<Source> make_ndjson_source(ByteFeed feed, const InputConfig& config, EncodingBasis basis,
                                           Position start) {
  return std::make_unique<NdjsonSource>(std::move(feed), config, basis, Position(1, start.line, start.byte));
}

}  // namespace amend
