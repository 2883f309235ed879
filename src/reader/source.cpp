#include "amend/reader/source.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "amend/error.hpp"
#include "amend/reader/encoding_check.hpp"
#include "amend/reader/input_file.hpp"
#include "reader/byte_feed.hpp"
#include "reader/encoding/decoding_input.hpp"
#include "reader/json/json_error.hpp"
#include "reader/json/json_shape.hpp"
#include "reader/retry_file.hpp"
#include "reader/row_source.hpp"
#include "row/ascii.hpp"
#include "row/csv_cell.hpp"
#include "row/own_column.hpp"

namespace amend {
namespace {

std::string lower_extension(const std::string& file) {
  const std::size_t dot = file.find_last_of("./");
  if (dot == std::string::npos || file[dot] != '.') return {};
  return in_lower_case(file.substr(dot));
}

Format format_by_name(std::string_view extension) noexcept {
  if (extension == ".csv" || extension == ".tsv") return Format::csv;
  if (extension == ".ndjson" || extension == ".jsonl" || extension == ".json") return Format::ndjson;
  return Format::automatic;
}

// The number of blank bytes at the start is bounded, as no sensible input begins with that many.
Format format_by_first_byte(ByteFeed& feed) {
  constexpr std::size_t first_line_max = 4096;
  for (std::size_t bytes = 1; bytes <= first_line_max; ++bytes) {
    feed.require(bytes);
    const std::string_view start = feed.rest();
    const std::size_t first = start.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos) return start[first] == '{' ? Format::ndjson : Format::csv;
    if (start.size() < bytes) break;
    bytes = start.size();
  }
  return Format::csv;
}

// Returns the bytes that were examined first, then the rest of their input.
class Unread final : public ByteInput {
 public:
  explicit Unread(ByteFeed feed) : feed_(std::move(feed)) {}

  std::size_t read(std::span<char> buffer) override {
    if (!feed_.refill()) return 0;
    const std::size_t bytes = std::min(buffer.size(), feed_.rest().size());
    std::memcpy(buffer.data(), feed_.rest().data(), bytes);
    feed_.rest().remove_prefix(bytes);
    return bytes;
  }
  bool ready() override { return !feed_.rest().empty() || feed_.ready(); }
  bool wait(std::chrono::milliseconds timeout) override { return !feed_.rest().empty() || feed_.wait(timeout); }
  std::uint64_t bytes_total() const override { return feed_.bytes_total(); }
  std::optional<ContentRead> content_read() const override { return feed_.content_read(); }

 private:
  ByteFeed feed_;
};

bool is_plain(char c) noexcept {
  return (c >= ' ' && c != '\x7F' && static_cast<unsigned char>(c) < 0x80) || c == '\t' || c == '\r' || c == '\n';
}

// The encoding that the first bytes declare; empty: none. Waits only for bytes that may complete a mark.
std::string_view encoding_by_first_bytes(ByteFeed& feed) {
  feed.require(1);
  if (feed.rest().empty()) return {};
  const char first = feed.rest()[0];
  const bool may_be_mark = first == '\xEF' || first == '\xFF' || first == '\xFE';
  if (!may_be_mark && first != '\0' && !is_plain(first)) return {};
  feed.require(2);
  if (feed.rest().starts_with("\xFF\xFE")) {
    feed.require(4);
    return feed.rest().starts_with(std::string_view("\xFF\xFE\0\0", 4)) ? "UTF-32LE" : "UTF-16LE";
  }
  if (feed.rest().starts_with("\xFE\xFF")) return "UTF-16BE";
  if (first == '\xEF') feed.require(byte_order_mark.size());
  if (feed.rest().starts_with(byte_order_mark)) return "UTF-8";
  if (feed.rest().size() < 2 || may_be_mark || (feed.rest()[0] == '\0') == (feed.rest()[1] == '\0')) return {};
  feed.require(4);
  const std::string_view start = feed.rest().substr(0, 4);
  if (start.size() < 4) return {};
  if (is_plain(start[0]) && start[1] == '\0' && is_plain(start[2]) && start[3] == '\0') return "UTF-16LE";
  if (start[0] == '\0' && is_plain(start[1]) && start[2] == '\0' && is_plain(start[3])) return "UTF-16BE";
  return {};
}

// The first line after `from`, with quoted line breaks, and the number of each separator outside quotes. It does not
// wait for bytes after that line.
class HeaderLine {
 public:
  HeaderLine(ByteFeed& feed, std::size_t from) {
    std::size_t at = from;
    while (at < looked_at_max) {
      if (at >= feed.rest().size()) feed.require(at + 1);
      if (at >= feed.rest().size() || !take(feed.rest()[at])) break;
      ++at;
    }
    text_ = feed.rest().substr(std::min(from, feed.rest().size()));
    text_ = text_.substr(0, at - from);
  }

  /// Valid until the feed is read.
  std::string_view text() const noexcept { return text_; }
  bool has(char separator) const noexcept { return counts_[separators.find(separator)] > 0; }
  char most_frequent() const noexcept {
    return separators[static_cast<std::size_t>(std::ranges::max_element(counts_) - counts_.begin())];
  }

 private:
  static constexpr std::size_t looked_at_max = 255 * 1024;
  static constexpr std::string_view separators = ",;\t|";  // the first of equals wins

  bool take(char c) noexcept {
    if (c == '"') in_quotes_ = !in_quotes_;
    if (in_quotes_) return true;
    if (c == '\n' || c == '\r') return false;
    const std::size_t which = separators.find(c);
    if (which != std::string_view::npos) ++counts_[which];
    return true;
  }

  std::string_view text_;
  std::array<std::size_t, separators.size()> counts_{};
  bool in_quotes_ = false;
};

class Encoding {
 public:
  std::string name;
  EncodingBasis basis = EncodingBasis::assumed;
};

// Chooses the encoding. The mark of a file that amend wrote wins over --encoding, which belongs to another file.
Encoding choose_encoding(ByteFeed& feed, const InputConfig& config) {
  const std::string_view seen = encoding_by_first_bytes(feed);
  if (config.encoding.empty() && seen.empty()) return {"UTF-8", EncodingBasis::assumed};
  if (config.encoding.empty()) return {std::string(seen), EncodingBasis::marked};
  const std::string given = known_encoding(config.encoding);
  const bool order_is_open = given == "UTF-16" || given == "UTF-32";
  if (seen.empty()) return {order_is_open ? given + "LE" : given, EncodingBasis::named};
  if (given == seen || (order_is_open && seen.starts_with(given))) return {std::string(seen), EncodingBasis::marked};
  if (seen == "UTF-8" && is_retry_header(HeaderLine(feed, byte_order_mark.size()).text()))
    return {"UTF-8", EncodingBasis::marked};
  throw EncodingError("--encoding " + printable(config.encoding, 40) + ": the first bytes of " +
                          (config.file == "-" ? "stdin" : printable(config.file)) + " show that its encoding is " +
                          std::string(seen) + ". Remove --encoding",
                      "");
}

// Spreadsheets write UTF-8 with a byte order mark. Returns the offset after it.
std::uint64_t drop_mark(ByteFeed& feed) {
  if (!feed.rest().starts_with(byte_order_mark)) return 0;
  feed.rest().remove_prefix(byte_order_mark.size());
  return byte_order_mark.size();
}

// Spreadsheets may write `sep=;` as a line before the header. Returns the position after that line, if it is there. An
// explicit --delimiter wins over it.
Position take_separator_line(ByteFeed& feed, InputConfig& config, Position start) {
  constexpr std::string_view word = "sep=";
  for (std::size_t i = 0; i < word.size(); ++i) {
    feed.require(i + 1);
    if (feed.rest().size() <= i || ascii_lower(feed.rest()[i]) != word[i]) return start;
  }
  feed.require(word.size() + 3);
  const std::string_view line = feed.rest().substr(0, word.size() + 3);
  const std::size_t line_end = line.find('\n');
  if (line_end == std::string_view::npos || line_end == word.size()) return start;
  if (line_end > word.size() + 1 && line[word.size() + 1] != '\r') return start;
  if (!config.delimiter) config.delimiter = line[word.size()];
  feed.rest().remove_prefix(line_end + 1);
  return Position(start.row, start.line + 1, start.byte + line_end + 1);
}

[[noreturn]] void refuse_shape(const std::string& file, const JsonLook& look) {
  const std::string what = look.shape == JsonShape::array    ? "this is a JSON array"
                           : look.shape == JsonShape::member ? "the customers are in a JSON array in the member \"" +
                                                                   printable(look.member, 60) + "\""
                                                             : "the first object ends in a comma, as in a JSON array";
  throw JsonShapeError((file == "-" ? "stdin" : printable(file)) + ": " + what +
                           "; amend reads one object per line. Run `" + command_for_lines(file, look.filter) +
                           " | amend update -`. To check the rows first, write the output of the command before `| "
                           "amend` to a file, and run `amend check` on that file",
                       look.filter);
}

void refuse_json_of_one_piece(ByteFeed& feed, const InputConfig& config) {
  const JsonLook look = look_at_json(feed);
  if (look.shape != JsonShape::rows) refuse_shape(config.file, look);
}

// Chooses the delimiter when nothing else decides it. A file that amend wrote has commas, whatever its column names
// contain and whatever an option for the file of its run says.
void settle_layout(ByteFeed& feed, InputConfig& config, std::string_view extension) {
  const HeaderLine header(feed, 0);
  if (is_retry_header(header.text())) {
    config.delimiter = ',';
    config.row_bytes_max += own_bytes_max;
    config.columns_max += own_columns_max;
  }
  if (config.delimiter) return;
  config.delimiter = extension == ".tsv" && header.has('\t') ? '\t' : header.most_frequent();
}

}  // namespace

std::unique_ptr<Source> make_source(std::unique_ptr<ByteInput> input, const InputConfig& config) {
  ByteFeed feed(std::move(input));
  InputConfig effective = config;
  const Encoding encoding = choose_encoding(feed, config);
  effective.encoding = encoding.name;
  Position start(0, 1, 0);
  if (effective.encoding == "UTF-8") {
    start.byte = drop_mark(feed);
  } else {
    feed = ByteFeed(decode(std::make_unique<Unread>(std::move(feed)), effective.encoding));
  }
  const std::string extension = lower_extension(config.file);
  if (effective.format == Format::automatic) effective.format = format_by_name(extension);
  if (effective.format == Format::automatic) effective.format = format_by_first_byte(feed);
  if (effective.format == Format::ndjson || (config.format == Format::automatic && begins_as_array(feed)))
    refuse_json_of_one_piece(feed, config);
  if (effective.format == Format::ndjson) return make_ndjson_source(std::move(feed), effective, encoding.basis, start);
  const Position header = take_separator_line(feed, effective, start);
  settle_layout(feed, effective, extension);
  return make_csv_source(std::move(feed), effective, encoding.basis, header);
}

std::unique_ptr<Source> open_source(const InputFile& file, const InputConfig& config) {
  return make_source(file.read(), config);
}

std::unique_ptr<Source> open_source(const InputConfig& config) { return open_source(InputFile(config.file), config); }

}  // namespace amend
