// What amend writes to be sent again it reads back as it was: random names of columns and values, read with options
// that belong to another file.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "amend/reader/source.hpp"
#include "reporter/retry_file_rows.hpp"
#include "row/own_column.hpp"

namespace amend {
namespace {

using Cells = std::vector<std::vector<std::string>>;

const std::string byte_mark = "\xEF\xBB\xBF";

class TextInput final : public ByteInput {
 public:
  explicit TextInput(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t bytes = std::min({buffer.size(), text_.size() - at_, std::size_t{4096}});
    std::memcpy(buffer.data(), text_.data() + at_, bytes);
    at_ += bytes;
    return bytes;
  }
  bool ready() override { return true; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  std::string text() {
    static const std::vector<std::string> parts{
        "a", "B",     "7",  ";",   ";;;",     ",",      "\"", "\n", "\r\n", "\t", "|", " ", "\xC3\xA9", "\xE7\x8E\x8B",
        "'", "sep=;", "=1", "+85", byte_mark, "amend_", "id", "{}", "\\",   "x"};
    std::string out;
    for (std::size_t i = below(6); i > 0; --i) out += parts[below(parts.size())];
    return out;
  }

 private:
  std::mt19937_64 random_;
};

std::string quoted(const std::string& cell, Dice& dice, char delimiter) {
  const bool must = cell.find_first_of(std::string("\"\r\n") + delimiter) != std::string::npos;
  if (!must && dice.below(3) != 0) return cell;
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string trimmed(const std::string& name) {
  const auto first = name.find_first_not_of(" \t");
  return first == std::string::npos ? "" : name.substr(first, name.find_last_not_of(" \t") - first + 1);
}

// Names that a header may have, "customer" first.
std::vector<std::string> some_names(Dice& dice) {
  std::vector<std::string> names{"customer"};
  for (std::size_t i = dice.below(6); i > 0; --i) {
    const std::string name = trimmed(dice.text());
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

// Without amend's own columns, under their names.
Cells read_back(Source& source) {
  std::vector<std::size_t> kept;
  Cells table(1);
  for (std::size_t i = 0; i < source.header().size(); ++i) {
    if (is_own_column(source.header()[i])) continue;
    kept.push_back(i);
    table[0].push_back(source.header()[i]);
  }
  Record record;
  while (source.next(record)) {
    CAPTURE(record.raw());
    REQUIRE_FALSE(record.fault());
    table.emplace_back();
    for (const std::size_t i : kept) table.back().emplace_back(record.field(i));
  }
  return table;
}

std::unique_ptr<Source> open(const std::string& text, char delimiter, const std::string& encoding) {
  InputConfig config;
  config.file = "x.csv";
  config.delimiter = delimiter;
  config.encoding = encoding;
  return make_source(std::make_unique<TextInput>(text), config);
}

bool is_refused(const std::string& text, char delimiter) {
  const auto source = open(text, delimiter, "");
  Record record;
  while (source->next(record))
    if (record.fault()) return true;
  return false;
}

}  // namespace

TEST_CASE("round trip: a retry file gives the same records, whatever the names, the values and the options") {
  const std::uint64_t first_seed = std::random_device{}();
  for (std::uint64_t seed = first_seed; seed < first_seed + 400; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const char delimiter = std::string(",;\t|")[dice.below(4)];
    const std::vector<std::string> names = some_names(dice);
    std::string text = byte_mark;
    for (const std::string& name : names)
      text += (text == byte_mark ? "" : std::string(1, delimiter)) + quoted(name, dice, delimiter);
    text += "\n";
    for (std::size_t row = 1 + dice.below(4); row > 0; --row) {
      text += "c" + std::to_string(row);
      for (std::size_t i = 1; i < names.size(); ++i) text += delimiter + quoted(dice.text(), dice, delimiter);
      text += "\n";
    }
    CAPTURE(text);
    if (is_refused(text, delimiter)) continue;  // a value that looks like a row
    const auto input = open(text, delimiter, "");
    const InputLayout layout(Format::csv, input->header(), delimiter);
    const auto kind = std::vector{RetryFileKind::sent, RetryFileKind::rejected, RetryFileKind::unsent}[dice.below(3)];
    RetryFileRows rows(layout, kind);
    const Reason reason("input.name.missing", dice.text(), Origin::input);
    std::string written;
    rows.append_header(written);
    Record record;
    while (input->next(record)) rows.append_row(written, record.position().line, record.raw(), &reason);
    const Cells expected = read_back(*open(text, delimiter, ""));
    CAPTURE(written);
    for (const char other : {',', ';', '\t', '|'})
      CHECK(read_back(*open(written, other, std::vector<std::string>{"", "gbk", "windows-1252"}[dice.below(3)])) ==
            expected);
    // Sent and rejected again.
    const auto again = open(written, ';', "gbk");
    RetryFileRows twice(InputLayout(Format::csv, again->header(), again->delimiter()), kind);
    std::string rewritten;
    twice.append_header(rewritten);
    while (again->next(record)) twice.append_row(rewritten, record.position().line, record.raw(), &reason);
    CHECK(read_back(*open(rewritten, ',', "")) == expected);
    // Two of them put together.
    Cells doubled = expected;
    doubled.insert(doubled.end(), expected.begin() + 1, expected.end());
    CHECK(read_back(*open(written + rewritten, ',', "")) == doubled);
  }
}

}  // namespace amend
