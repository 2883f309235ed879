// Passes any bytes through LineSplitter, NdjsonParser and Mapper. The lines cover the input, and the record of a good
// row has the row's own values. The cuts between pieces make no difference.
#include <string>
#include <vector>

#include "queue/batch_pool.hpp"
#include "reader/json/ndjson.hpp"
#include "reader/mapping/mapper.hpp"
#include "target.hpp"

using namespace amend;
using fuzz::require;

namespace {

constexpr std::size_t members_max = 20;

class Lines {
 public:
  Lines(std::string_view text, std::size_t line_bytes_max) : text_(text), splitter_(line_bytes_max) {}

  // A digest of every record, to compare one way of cutting the input with another.
  std::vector<std::string> read(std::size_t piece) {
    std::string_view left = text_;
    while (!left.empty()) {
      std::string_view input = left.substr(0, piece);
      left.remove_prefix(input.size());
      while (splitter_.parse(input, record_) == LineSplitter::Stop::record) take();
      require(input.empty(), "parse() consumes all input before it asks for more");
    }
    while (splitter_.finish(record_) == LineSplitter::Stop::record) take();
    require(splitter_.position().byte == text_.size(), "the position at the end is the size of the input");
    return digests_;
  }

 private:
  void take() {
    const Position at = record_.position();
    require(digests_.empty() || at.byte > last_.byte, "rows begin one behind the other");
    require(at.row == digests_.size() + 1, "rows are counted from 1, without a gap");
    require(at.line > last_.line, "each row stands on a line of its own");
    require(text_.substr(at.byte).starts_with(record_.raw()), "raw() is what stands at the row's byte");
    last_ = at;
    parser_.parse(record_);
    if (record_.fault()) {
      require(record_.size() == 0, "a faulty row has no fields");
    } else {
      require(record_.size() <= members_max, "a good row has no more members than allowed");
    }
    digests_.push_back(record_.raw() + '\n' + (record_.fault() ? record_.fault()->code : map()));
  }

  std::string map() {
    Batch& batch = *pool_.acquire();
    const auto reason = mapper_.map(record_, batch);
    std::string out = reason ? reason->code : std::string(batch.text(batch[0].body));
    require(reason.has_value() == (batch[0].body.size == 0), "a row has a body or a reason");
    require(batch.text(batch[0].raw) == record_.raw(), "the raw row travels unchanged");
    pool_.reclaim(&batch);
    return out;
  }

  std::string_view text_;
  LineSplitter splitter_;
  NdjsonParser parser_{members_max};
  Mapper mapper_{MappingConfig(), Format::ndjson, {}};
  BatchPool pool_{1};
  Record record_;
  Position last_;
  std::vector<std::string> digests_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Dice dice(std::string_view(reinterpret_cast<const char*>(data), size));
  const std::size_t line_bytes_max = 1 + dice.below(200);
  const std::size_t piece = 1 + dice.below(9);
  const auto whole = Lines(dice.rest(), line_bytes_max).read(size + 1);
  require(Lines(dice.rest(), line_bytes_max).read(piece) == whole, "pieces make no difference");
  return 0;
}
