#include "reader/csv/csv_parser.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "support/reference_csv.hpp"

using namespace amend;

namespace {

constexpr std::size_t in_one_piece = static_cast<std::size_t>(-1);

reference::Row row_of(const Record& record) {
  reference::Row row{record.position(), record.raw(), {}, record.fault() ? record.fault()->code : ""};
  for (std::size_t i = 0; i < record.size(); ++i) row.cells.emplace_back(record.field(i));
  return row;
}

class Setup {
 public:
  char delimiter = ',';
  std::size_t row_bytes_max = 1000;
  std::size_t columns_max = 10;
  Damage damage = Damage::reject;
};

std::vector<reference::Row> read_plainly(std::string_view text, const Setup& setup) {
  return reference::Csv(text, setup.delimiter, setup.row_bytes_max, setup.columns_max, setup.damage == Damage::recover)
      .rows();
}

std::vector<reference::Row> parse(std::string_view text, std::size_t piece, const Setup& setup = {}) {
  CsvParser parser(setup.delimiter, setup.row_bytes_max, setup.columns_max, Position(0, 1, 0), setup.damage);
  std::vector<reference::Row> rows;
  Record record;
  while (!text.empty()) {
    // A copy of its own lets the sanitizer see a read behind the piece.
    const std::vector<char> bytes(text.begin(),
                                  text.begin() + static_cast<std::ptrdiff_t>(std::min(piece, text.size())));
    std::string_view input(bytes.data(), bytes.size());
    text.remove_prefix(bytes.size());
    while (parser.parse(input, record) == CsvParser::Stop::record) rows.push_back(row_of(record));
    REQUIRE(input.empty());
  }
  while (parser.finish(record) == CsvParser::Stop::record) rows.push_back(row_of(record));
  return rows;
}

void compare(const std::vector<reference::Row>& got, const std::vector<reference::Row>& wanted) {
  REQUIRE(got.size() == wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i].position.row == wanted[i].position.row);
    CHECK(got[i].position.line == wanted[i].position.line);
    CHECK(got[i].position.byte == wanted[i].position.byte);
    CHECK(got[i].fault == wanted[i].fault);
    CHECK(got[i].cells == wanted[i].cells);
    CHECK(got[i].raw == (wanted[i].fault.empty() ? wanted[i].raw : wanted[i].raw.substr(0, 4096)));
  }
}

// Whatever way the text is cut, and whoever reads it, the rows are the same.
std::vector<reference::Row> read(std::string_view text, const Setup& setup = {}) {
  const auto rows = parse(text, in_one_piece, setup);
  compare(parse(text, 1, setup), rows);
  compare(parse(text, 7, setup), rows);
  compare(rows, read_plainly(text, setup));
  return rows;
}

// Each line that is not blank is in exactly one row, and each row is at its position.
void check_cover(std::string_view text, const std::vector<reference::Row>& rows) {
  std::size_t end = 0;
  for (const auto& row : rows) {
    REQUIRE(row.position.byte >= end);
    const std::string_view between = text.substr(end, row.position.byte - end);
    CHECK(between.find_first_not_of("\r\n") == std::string_view::npos);
    CHECK(text.substr(row.position.byte, row.raw.size()) == row.raw);
    end = row.position.byte + row.raw.size();
  }
  CHECK(text.substr(end).find_first_not_of("\r\n") == std::string_view::npos);
}

std::uint64_t bytes_read_again(CsvParser& parser, std::string_view text, std::size_t piece) {
  Record record;
  while (!text.empty()) {
    std::string_view input = text.substr(0, piece);
    text.remove_prefix(input.size());
    while (parser.parse(input, record) == CsvParser::Stop::record) continue;
  }
  while (parser.finish(record) == CsvParser::Stop::record) continue;
  return parser.bytes_read_again();
}

using Cells = std::vector<std::string>;

}  // namespace

TEST_CASE("csv_parser: well-formed rows give exact cells") {
  CHECK(read("").empty());
  CHECK(read("a,b\n")[0].cells == Cells{"a", "b"});
  CHECK(read("a,b")[0].cells == Cells{"a", "b"});
  CHECK(read(",")[0].cells == Cells{"", ""});
  CHECK(read("\"\"")[0].cells == Cells{""});
  CHECK(read("a,\"b,\"\"c\"\"\",d\r\n")[0].cells == Cells{"a", "b,\"c\"", "d"});
  CHECK(read("\"a\r\nb\nc\rd\",e\n")[0].cells == Cells{"a\r\nb\nc\rd", "e"});
  CHECK(read("a,\"\"\n")[0].cells == Cells{"a", ""});
  CHECK(read(" a , b \n")[0].cells == Cells{" a ", " b "});
  CHECK(read("a cell of more than sixteen bytes,and another one of them\n")[0].cells.size() == 2);
}

TEST_CASE("csv_parser: line ends may be mixed, blank lines are no rows but count as lines") {
  const auto rows = read("h\r\na\n\r\nb\r\rc\n\n\nd");
  REQUIRE(rows.size() == 5);
  const Position wanted[] = {{0, 1, 0}, {1, 2, 3}, {2, 4, 7}, {3, 6, 10}, {4, 9, 14}};
  for (std::size_t i = 0; i < 5; ++i) CHECK(rows[i].position == wanted[i]);
}

TEST_CASE("csv_parser: line ends inside quotes count as physical lines") {
  const auto rows = read("\"a\r\nb\",\"\n\"\n\"\r\r\n\"\nx\n");
  REQUIRE(rows.size() == 3);
  CHECK(rows[1].position.line == 4);
  CHECK(rows[2].position.line == 7);
}

TEST_CASE("csv_parser: a stray quote spoils its row only") {
  for (const std::string bad : {"a\"b,c", "a,b\"", "\"a\"b,c", "\"a\" ,b", "a,\"b\"\"\"c"}) {
    CAPTURE(bad);
    const auto rows = read("h,i\n" + bad + "\nx,y\n");
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].fault == "input.csv.quote");
    CHECK(rows[1].raw == bad);
    CHECK(rows[2].cells == Cells{"x", "y"});
  }
}

TEST_CASE("csv_parser: the text of a fault names the column and the byte") {
  CsvParser parser(',', 100, 10);
  Record record;
  std::string_view input = "ab,c\"d\n";
  REQUIRE(parser.parse(input, record) == CsvParser::Stop::record);
  CHECK(record.fault()->text == "column 2, byte 5 of the row: a quote inside an unquoted cell");
}

TEST_CASE("csv_parser: a quote that is never closed costs its row, and each line behind it is rejected on its own") {
  SUBCASE("up to the end of the input") {
    const auto rows = read("h,i\na,b\nc,\"d\r\ne,f\r\rg,h\n");
    REQUIRE(rows.size() == 5);
    CHECK(rows[2].fault == "input.csv.unclosed_quote");
    CHECK(rows[2].position == Position(2, 3, 8));
    CHECK(rows[2].raw == "c,\"d");
    CHECK(rows[3].fault == "input.csv.damaged");
    CHECK(rows[3].position == Position(3, 4, 14));
    CHECK(rows[3].raw == "e,f");
    CHECK(rows[4].position == Position(4, 6, 19));
  }
  SUBCASE("up to the row limit; reading goes on with the first line that begins behind it") {
    const auto rows = read("a,\"b\nc,d\ne,f\ng,h\n", Setup{',', 10, 10});
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].fault == "input.csv.unclosed_quote");
    CHECK(rows[1].fault == "input.csv.damaged");
    CHECK(rows[2].fault == "input.csv.damaged");
    CHECK(rows[3].cells == Cells{"g", "h"});
    CHECK(rows[3].position == Position(3, 4, 13));
  }
  SUBCASE("up to the quote of a later row, which it seems to close") {
    const auto rows = read("a,\"b\nc,d\ne,\"f\"\ng,h\n");
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].fault == "input.csv.quote");
    CHECK(rows[0].raw == "a,\"b");
    CHECK(rows[1].fault == "input.csv.damaged");
    CHECK(rows[2].fault == "input.csv.damaged");
    CHECK(rows[3].cells == Cells{"g", "h"});
  }
  SUBCASE("with recover the lines behind it are rows again") {
    const auto rows = read("a,\"b\nc,d\ne,\"f\"\ng,h\n", Setup{',', 100, 10, Damage::recover});
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].fault == "input.csv.quote");
    CHECK(rows[1].cells == Cells{"c", "d"});
    CHECK(rows[2].cells == Cells{"e", "f"});
    CHECK(rows[3].cells == Cells{"g", "h"});
  }
  SUBCASE("with recover, and one damaged quote behind the other") {
    const auto rows = read("\"a\n\"b\n\"c\n\"d\n\"e\nf\n", Setup{',', 100, 10, Damage::recover});
    REQUIRE(rows.size() == 6);
    for (std::size_t i = 0; i < 5; ++i) CHECK(rows[i].raw == "\"" + std::string(1, static_cast<char>('a' + i)));
    CHECK(rows[3].fault == "input.csv.quote");
    CHECK(rows[4].fault == "input.csv.unclosed_quote");
    CHECK(rows[5].cells == Cells{"f"});
  }
}

TEST_CASE("csv_parser: the text of a damaged quote names where it was opened and what is lost with it") {
  const auto text_of = [](Damage damage) {
    CsvParser parser(',', 100, 10, Position(0, 1, 0), damage);
    Record record;
    std::string_view input = "a,\"b\nc,d\ne,f\n";
    REQUIRE(parser.parse(input, record) == CsvParser::Stop::need_input);
    REQUIRE(parser.finish(record) == CsvParser::Stop::record);
    CHECK(record.fault()->column == 2);
    return record.fault()->text;
  };
  CHECK(text_of(Damage::reject) == "column 2: the quote opened at line 1 is not closed; lines 2 to 3 are rejected too");
  CHECK(text_of(Damage::recover) ==
        "column 2: the quote opened at line 1 is not closed; lines 2 to 3 are read as rows");
}

TEST_CASE("csv_parser: a line that is longer than the limit is too large, in quotes or not") {
  const auto rows = read("a,\"bcdefghijklmno\"\nx,y\n", Setup{',', 10, 10});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fault == "input.row.too_large");
  CHECK(rows[1].cells == Cells{"x", "y"});
}

TEST_CASE("csv_parser: each line of a damaged span names the line where the quote was opened") {
  CsvParser parser(',', 100, 10);
  Record record;
  const std::string text = "h,i\n\"a\nb\",\"c\nd,e\nf,\"g\"\nh,\"\"i\n";
  std::string_view input = text;
  const auto next = [&] {
    REQUIRE(parser.parse(input, record) == CsvParser::Stop::record);
    return record.fault() ? *record.fault() : Reason();
  };
  next();
  const Reason first = next();
  CHECK(first.text ==
        "column 2, byte 17 of the row: text after the closing quote; the last quoted value before this place begins at "
        "line 3; "
        "lines 3 to 5 are rejected too");
  CHECK(first.column == 2);
  for (int line = 3; line <= 5; ++line) {
    const Reason damaged = next();
    CHECK(record.position().line == static_cast<std::uint64_t>(line));
    CHECK(damaged.text ==
          "this line is inside a damaged value whose quote opens at line 3 and does not close correctly");
    CHECK(damaged.column == 0);
  }
  CHECK(next().text == "column 2, byte 5 of the row: text after the closing quote");
}

TEST_CASE("csv_parser: only a fault of the quotes names a column") {
  for (const std::string bad : {"a,b,c,d\n", "a\xFF\n", "aaaaaaaaaaaaaaaaaaaaaaa\n"}) {
    CsvParser parser(',', 10, 3);
    Record record;
    std::string_view input = bad;
    REQUIRE(parser.parse(input, record) == CsvParser::Stop::record);
    REQUIRE(record.fault());
    CHECK(record.fault()->column == 0);
  }
}

TEST_CASE("csv_parser: no byte is read more than twice, whatever damage follows damage") {
  const auto read_again = [](const std::string& line, std::size_t size, std::size_t limit, Damage damage) {
    std::string text = "h,\"i\n";
    while (text.size() < size) text += line;
    CsvParser parser(',', limit, 10, Position(0, 1, 0), damage);
    const auto bytes = bytes_read_again(parser, text, 4096);
    CHECK(bytes <= text.size());
    return bytes;
  };
  const std::size_t mib = 1U << 20;
  for (const Damage damage : {Damage::reject, Damage::recover}) {
    for (const std::size_t limit : {std::size_t{1000}, 2 * mib}) {
      for (unsigned code = 0; code < 256; ++code) {
        std::string line;
        for (unsigned i = 0; i < 4; ++i) line += "a,\"\n"[code >> (2 * i) & 3];
        CAPTURE(line);
        read_again(line + "\n", 1024, limit, damage);
      }
    }
    const std::string filling(1000, 'x');
    CHECK(read_again(filling + ",\"\"\n", mib, 2 * mib, damage) > mib - 10);
    CHECK(read_again(filling + ",\"\"\n", mib, 5000, damage) > 0);
    CHECK(read_again("\"" + filling + "\n", mib, 2 * mib, damage) > 0);
  }
}

TEST_CASE("csv_parser: a row may have as many bytes as the limit says, and no more") {
  const Setup setup{',', 6, 10};
  for (const char* end : {"", "\n", "\r\n"}) {
    CHECK(read("abc,de" + std::string(end), setup)[0].fault == "");
    CHECK(read("\"a\",de" + std::string(end), setup)[0].fault == "");
    CHECK(read("ab,\"c\"" + std::string(end), setup)[0].fault == "");
    CHECK(read("abc,def" + std::string(end), setup)[0].fault == "input.row.too_large");
  }
  const auto rows = read("abc,defghi\nj,k\n", setup);
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].cells == Cells{"j", "k"});
}

TEST_CASE("csv_parser: memory stays within the limit, and of a damaged row 4 KiB are kept") {
  CsvParser parser(',', 10'000, 10);
  Record record;
  const std::string piece(50'000, 'x');
  for (int i = 0; i < 200; ++i) {
    std::string_view input = piece;
    REQUIRE(parser.parse(input, record) == CsvParser::Stop::need_input);
    REQUIRE(record.raw().capacity() < 100'000);
    REQUIRE(record.bytes().capacity() < 100'000);
  }
  std::string_view input = "\nok\n";
  REQUIRE(parser.parse(input, record) == CsvParser::Stop::record);
  CHECK(record.fault()->code == "input.row.too_large");
  CHECK(record.raw().size() == 4096);
  REQUIRE(parser.parse(input, record) == CsvParser::Stop::record);
  CHECK(record.field(0) == "ok");
  CHECK(record.position() == Position(1, 2, 10'000'001));
}

TEST_CASE("csv_parser: too many cells, and quoted text in them is not taken for rows") {
  const auto rows = read("a,b,c,\"d\ne\",f\ng,h\n", Setup{',', 100, 3});
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fault == "input.row.columns");
  CHECK(rows[1].cells == Cells{"g", "h"});
}

TEST_CASE("csv_parser: NUL and invalid UTF-8 spoil their row only") {
  const auto rows = read(std::string("a\n\"b\0\n\",c\nd\n", 12));
  REQUIRE(rows.size() == 3);
  CHECK(rows[1].fault == "input.nul");
  CHECK(rows[2].cells == Cells{"d"});
  const auto latin = parse("a\nM\xFCller\nM\xC3\xBCller\n", 1);
  REQUIRE(latin.size() == 3);
  CHECK(latin[1].fault == "input.utf8");
  CHECK(latin[2].cells == Cells{"M\xC3\xBCller"});
}

TEST_CASE("csv_parser: the delimiter may be a semicolon or a TAB") {
  CHECK(read("a,b;c\n", Setup{';', 100, 10})[0].cells == Cells{"a,b", "c"});
  CHECK(read("a\t\"b\tc\"\n", Setup{'\t', 100, 10})[0].cells == Cells{"a", "b\tc"});
}

TEST_CASE("csv_parser: random text reads the same as with the plain reader, however it is cut") {
  const auto first_seed = std::random_device{}();
  for (unsigned i = 0; i < 3000; ++i) {
    const unsigned seed = first_seed + i;
    std::mt19937 random(seed);
    const std::string_view alphabet("ab,,\"\"\n\r\nxyz long cell of many bytes\0", 36);
    const auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
    std::string text;
    for (std::size_t n = pick(200); n > 0; --n) text += alphabet[pick(pick(8) == 0 ? alphabet.size() : 9)];
    const Setup setup{',', 1 + pick(60), 1 + pick(8), pick(2) == 0 ? Damage::reject : Damage::recover};
    INFO("seed ", seed, ", row_bytes_max ", setup.row_bytes_max, ", columns_max ", setup.columns_max,
         setup.damage == Damage::reject ? ", reject" : ", recover");
    const auto wanted = read_plainly(text, setup);
    check_cover(text, wanted);
    for (const std::size_t piece : {in_one_piece, std::size_t{1}, 1 + pick(20)})
      compare(parse(text, piece, setup), wanted);
    CsvParser parser(setup.delimiter, setup.row_bytes_max, setup.columns_max, Position(0, 1, 0), setup.damage);
    CHECK(bytes_read_again(parser, text, 1 + pick(20)) <= text.size());
  }
}

TEST_CASE("csv_parser: what a random table is written as comes back as it was") {
  const auto first_seed = std::random_device{}();
  for (unsigned i = 0; i < 500; ++i) {
    const unsigned seed = first_seed + i;
    INFO("seed ", seed);
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
    std::vector<Cells> table;
    std::string text;
    for (std::size_t rows = pick(8); rows > 0; --rows) {
      Cells cells(2 + pick(4));
      for (auto& cell : cells) {
        for (std::size_t n = pick(40); n > 0; --n) cell += "abc\",\n\r "[pick(8)];
        text += &cell == &cells[0] ? "\"" : ",\"";
        for (const char c : cell) text.append(c == '"' ? 2 : 1, c);
        text += '"';
      }
      text += pick(2) == 0 ? "\n" : "\r\n";
      table.push_back(cells);
    }
    const auto rows = parse(text, 1 + pick(30));
    REQUIRE(rows.size() == table.size());
    for (std::size_t r = 0; r < rows.size(); ++r) CHECK(rows[r].cells == table[r]);
  }
}
