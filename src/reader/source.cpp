#include "amend/reader/source.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "amend/error.hpp"
#include "reader/byte_feed.hpp"
#include "reader/file_input.hpp"
#include "reader/row_source.hpp"

namespace amend {
namespace {

constexpr std::string_view utf8_bom = "\xEF\xBB\xBF";

std::string lower_extension(const std::string& file) {
  const std::size_t dot = file.find_last_of("./");
  if (dot == std::string::npos || file[dot] != '.') return {};
  std::string extension = file.substr(dot);
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension;
}

Format format_by_name(std::string_view extension) noexcept {
  if (extension == ".csv" || extension == ".tsv") return Format::csv;
  if (extension == ".ndjson" || extension == ".jsonl" || extension == ".json") return Format::ndjson;
  return Format::automatic;
}

// Blank bytes at the start may fill any number of reads; that many blanks are no sensible input of either kind.
Format format_by_first_byte(ByteFeed& feed) {
  constexpr std::size_t looked_at_max = 4096;
  for (std::size_t bytes = 1; bytes <= looked_at_max; ++bytes) {
    feed.require(bytes);
    const std::string_view start = feed.rest();
    const std::size_t first = start.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos) return start[first] == '{' ? Format::ndjson : Format::csv;
    if (start.size() < bytes) break;
    bytes = start.size();
  }
  return Format::csv;
}

// A UTF-8 BOM is dropped: the offset of what follows. Only as many bytes are waited for as look like a BOM so far.
std::uint64_t drop_bom(ByteFeed& feed, const std::string& file) {
  feed.require(1);
  if (feed.rest().empty()) return 0;
  const char first = feed.rest()[0];
  if (first != '\xEF' && first != '\xFF' && first != '\xFE') return 0;
  feed.require(2);
  if (feed.rest().starts_with("\xFF\xFE") || feed.rest().starts_with("\xFE\xFF")) {
    throw ConfigError(
        (file == "-" ? "stdin" : printable(file)) + ": is UTF-16: export it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")",
        ExitCode::input);
  }
  feed.require(utf8_bom.size());
  if (!feed.rest().starts_with(utf8_bom)) return 0;
  feed.rest().remove_prefix(utf8_bom.size());
  return utf8_bom.size();
}

// Spreadsheets write `sep=;` as a line of its own before the header: the position of the line after it, if it is there.
// A separator chosen by hand wins over it.
Position take_separator_line(ByteFeed& feed, InputConfig& config, Position start) {
  constexpr std::string_view word = "sep=";
  for (std::size_t i = 0; i < word.size(); ++i) {
    feed.require(i + 1);
    if (feed.rest().size() <= i || feed.rest()[i] != word[i]) return start;
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

}  // namespace

std::unique_ptr<Source> make_source(std::unique_ptr<ByteInput> input, const InputConfig& config) {
  ByteFeed feed(std::move(input));
  const Position start(0, 1, drop_bom(feed, config.file));
  InputConfig effective = config;
  const std::string extension = lower_extension(config.file);
  if (extension == ".tsv" && !config.delimiter) effective.delimiter = '\t';
  if (effective.format == Format::automatic) effective.format = format_by_name(extension);
  if (effective.format == Format::automatic) effective.format = format_by_first_byte(feed);
  if (effective.format == Format::ndjson) return make_ndjson_source(std::move(feed), effective, start);
  const Position header = take_separator_line(feed, effective, start);
  return make_csv_source(std::move(feed), effective, header);
}

std::unique_ptr<Source> open_source(const InputConfig& config) { return make_source(open_file(config.file), config); }

}  // namespace amend
