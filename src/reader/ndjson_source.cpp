#include <utility>

#include "amend/reader/ndjson.hpp"
#include "reader/row_source.hpp"

namespace amend {
namespace {

class NdjsonSource final : public RowSource {
 public:
  NdjsonSource(ByteFeed feed, const InputConfig& config, Position start)
      : RowSource(std::move(feed), config), lines_(config.row_bytes_max, start), parser_(config.columns_max) {}

  const std::vector<std::string>& header() const override { return no_header_; }
  std::string_view header_text() const override { return {}; }
  Format format() const override { return Format::ndjson; }
  char delimiter() const override { return ','; }
  Position position() const override { return lines_.position(); }

 protected:
  bool consume(Record& record) override { return lines_.parse(feed().rest(), record) == LineSplitter::Stop::record; }
  bool finish(Record& record) override { return lines_.finish(record) == LineSplitter::Stop::record; }
  void complete(Record& record) override { parser_.parse(record); }

 private:
  LineSplitter lines_;
  NdjsonParser parser_;
  std::vector<std::string> no_header_;
};

}  // namespace

std::unique_ptr<Source> make_ndjson_source(ByteFeed feed, const InputConfig& config, Position start) {
  return std::make_unique<NdjsonSource>(std::move(feed), config, Position(1, start.line, start.byte));
}

}  // namespace amend
