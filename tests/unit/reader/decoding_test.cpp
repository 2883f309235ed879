// Files in other encodings than UTF-8.
#include <doctest/doctest.h>

#include <random>
#include <string>

#include "amend/error.hpp"
#include "unit/reader/pieces.hpp"

using namespace amend;
using namespace amend::test;

namespace {

enum class Order { little, big };

void append_unit(std::string& out, char16_t unit, Order order) {
  const char low = static_cast<char>(unit & 0xFF);
  const char high = static_cast<char>(unit >> 8);
  out += order == Order::little ? low : high;
  out += order == Order::little ? high : low;
}

std::string utf16(std::u16string_view text, Order order) {
  std::string out;
  for (const char16_t unit : text) append_unit(out, unit, order);
  return out;
}

InputConfig encoded(const std::string& encoding, const std::string& file = "x.csv") {
  InputConfig out = config(file);
  out.encoding = encoding;
  return out;
}

// Whole and in pieces the same.
std::string decoded(const std::string& bytes, const InputConfig& c) {
  const std::string whole = rows(*source(bytes, c));
  for (const std::size_t piece : {1, 3, 7})
    CHECK(rows(*make_source(std::make_unique<Pieces>(cut(bytes, piece)), c)) == whole);
  return whole;
}

std::string refusal(const std::string& bytes, const InputConfig& c) {
  try {
    source(bytes, c);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("encoding: UTF-16 is recognised by its mark, and without one by its NULs") {
  for (const Order order : {Order::little, Order::big}) {
    for (const std::u16string mark : {u"\xFEFF", u""}) {
      const std::string bytes = utf16(mark + u"id;name\r\n1;Ünal 王 \U0001F600\r\n", order);
      CHECK(decoded(bytes, config("x.csv")) == "1:<1><Ünal 王 😀>\n");
      CHECK(source(bytes, config("x.csv"))->encoding() == (order == Order::little ? "UTF-16LE" : "UTF-16BE"));
      CHECK(source(bytes, config("x.csv"))->header()[0] == "id");
    }
    CHECK(decoded(utf16(u"{\"a\":\"é\"}\n", order), config("-")) == "1:<é>\n");
  }
}

TEST_CASE("encoding: lines are counted in every encoding, and bytes in the text as UTF-8") {
  auto s = source(utf16(u"\xFEFFid\r\né\n\nz\n", Order::little), config("x.csv"));
  Record record;
  REQUIRE(s->next(record));
  CHECK(record.position() == Position(1, 2, 4));
  REQUIRE(s->next(record));
  CHECK(record.position() == Position(2, 4, 8));
  CHECK_FALSE(s->next(record));
  CHECK(s->bytes_read() == 20);
}

TEST_CASE("encoding: what a name says is what is read, and its spelling does not matter") {
  CHECK(decoded("a\n\x80 M\xFCller\n", encoded("windows-1252")) == "1:<€ Müller>\n");
  CHECK(decoded("a\nM\xFCller\n", encoded("LATIN1")) == "1:<Müller>\n");
  CHECK(decoded("a\n\xCD\xF5\n", encoded("gbk")) == "1:<王>\n");
  CHECK(decoded("a\n\xA4\xFD\n", encoded("big5")) == "1:<王>\n");
  CHECK(decoded("a\n\x83\x5C\n", encoded("Shift_JIS")) == "1:<ソ>\n");
  CHECK(decoded("a\nM\xC3\xBCller\n", encoded("UTF8")) == "1:<Müller>\n");
  CHECK(decoded(utf16(u"a\né\n", Order::little), encoded("utf-16")) == "1:<é>\n");
  CHECK(decoded(utf16(u"\xFEFF"
                      "a\né\n",
                      Order::big),
                encoded("utf-16")) == "1:<é>\n");
  CHECK(decoded(utf16(u"\xFEFF"
                      "a\né\n",
                      Order::big),
                encoded("utf-16be")) == "1:<é>\n");
}

TEST_CASE("encoding: letters that are held back until the next one are not lost at the end") {
  CHECK(decoded("id,n\n1,a\n2,b", encoded("windows-1258")) == "1:<1><a>\n2:<2><b>\n");
  CHECK(decoded("id,n\n2,b", encoded("tcvn")) == "1:<2><b>\n");
  CHECK(decoded("id,n\n2,\x1B$B2&", encoded("iso-2022-jp")) == "1:<2><王>\n");
}

TEST_CASE("encoding: after a unit that means nothing the next one is read where it begins") {
  const std::string bytes = utf16(u"n\na", Order::little) + std::string("\x00\xD8", 2) + utf16(u"b\nc", Order::little);
  for (const char* name : {"utf-16le", "UTF16LE", "ucs-2le", "ucs2", "unicode", "unicodelittle"})
    CHECK(decoded(bytes, encoded(name)) == "1:input.utf8\n2:<c>\n");
  const std::string wide("n\0\0\0\n\0\0\0\x00\xD8\0\0\n\0\0\0c\0\0\0", 20);
  CHECK(decoded(wide, encoded("utf-32")) == "1:input.utf8\n2:<c>\n");
  CHECK(decoded(std::string("\xFF\xFE\0\0", 4) + wide, config("x.csv")) == "1:input.utf8\n2:<c>\n");
  // Beyond Unicode.
  CHECK(decoded(std::string("n\0\0\0\n\0\0\0\0\0\0\x12\n\0\0\0c\0\0\0", 20), encoded("ucs-4le")) ==
        "1:input.utf8\n2:<c>\n");
}

TEST_CASE("encoding: a separator inside a character of several bytes separates nothing") {
  // The second byte of these characters is 0x7C, a '|' of ASCII.
  InputConfig c = encoded("big5");
  c.delimiter = '|';
  CHECK(decoded("a|b\n\xC5\x7C|x\n", c) == "1:<疊><x>\n");
  c.encoding = "gbk";
  CHECK(decoded("a|b\n\x81\x7C|x\n", c) == "1:<亅><x>\n");
}

TEST_CASE("encoding: bytes that mean nothing cost their row only, and are never guessed at") {
  auto s = source("a\nx\x81y\nok\n", encoded("windows-1252"));
  Record record;
  REQUIRE(s->next(record));
  REQUIRE(record.fault());
  CHECK(record.fault()->code == "input.utf8");
  CHECK(record.fault()->text == "the row contains bytes that are not valid in windows-1252");
  REQUIRE(s->next(record));
  CHECK(record.field(0) == "ok");

  std::string lone = utf16(u"a\nx", Order::little);
  append_unit(lone, 0xD800, Order::little);
  lone += utf16(u"y\nok\n", Order::little);
  CHECK(decoded(lone, config("x.csv")) == "1:input.utf8\n2:<ok>\n");
  CHECK(decoded(utf16(u"a\nx\ny", Order::little) + "z", config("x.csv")) == "1:<x>\n2:input.utf8\n");
  CHECK(decoded("a\nx\n\xA4", encoded("big5")) == "1:<x>\n2:input.utf8\n");
  CHECK(decoded("a\nM\xFCller\nok\n", config("x.csv")) == "1:input.utf8\n2:<ok>\n");
}

TEST_CASE("encoding: a fault of UTF-8 names its byte and what it may be instead") {
  auto s = source("a\nM\xFCller\n", config("x.csv"));
  Record record;
  REQUIRE(s->next(record));
  CHECK(record.fault()->text == "byte 2 of the row is not valid UTF-8");
  CHECK(refusal("M\xFCller,id\n", config("x.csv")).find("--encoding") != std::string::npos);
}

TEST_CASE("encoding: only line ends of CSV end a line, not those of Unicode") {
  CHECK(decoded(utf16(u"a\nx\u2028y\u0085z\n", Order::big), config("x.csv")) == "1:<x\u2028y\u0085z>\n");
}

TEST_CASE("encoding: an unknown name, and one that the first bytes contradict, are named") {
  CHECK(refusal("a\n", encoded("klingon")).find("--encoding klingon: unknown encoding") == 0);
  for (const char* name : {"//", " ", "latin1//IGNORE"})
    CHECK(refusal("a\n", encoded(name)).find("unknown encoding") != std::string::npos);
  CHECK(refusal("\xEF\xBB\xBF"
                "a\n",
                encoded("windows-1252"))
            .find("show that its encoding is UTF-8") != std::string::npos);
  CHECK(refusal(utf16(u"\xFEFF"
                      "a\n",
                      Order::big),
                encoded("utf-16le"))
            .find("UTF-16BE") != std::string::npos);
}

TEST_CASE("encoding: half a character is no row yet") {
  const std::string line = utf16(u"id\n1\n", Order::little);
  auto pieces = cut(line, 1);
  auto s = make_source(std::make_unique<Pieces>(pieces, false), config("-"));
  CHECK(s->header()[0] == "id");
  CHECK(s->ready());
  Record record;
  REQUIRE(s->next(record));
  CHECK(record.field(0) == "1");
  CHECK_FALSE(s->ready());
}

TEST_CASE("encoding: random text is the same in UTF-8 and in UTF-16") {
  const auto first_seed = std::random_device{}();
  for (unsigned i = 0; i < 300; ++i) {
    const unsigned seed = first_seed + i;
    INFO("seed ", seed);
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
    const std::vector<std::pair<std::string, std::u16string>> alphabet{{"a", u"a"},   {",", u","},       {"\"", u"\""},
                                                                       {"\n", u"\n"}, {"\r\n", u"\r\n"}, {"é", u"é"},
                                                                       {"王", u"王"}, {"😀", u"😀"}};
    std::string bytes = "id,name\n";
    std::u16string units = u"id,name\n";
    for (std::size_t n = pick(300); n > 0; --n) {
      const auto& [narrow, wide] = alphabet[pick(alphabet.size())];
      bytes += narrow;
      units += wide;
    }
    const auto expected = rows(*source(bytes, config("x.csv")));
    for (const Order order : {Order::little, Order::big})
      CHECK(rows(*make_source(std::make_unique<Pieces>(cut(utf16(units, order), 1 + pick(50))), config("x.csv"))) ==
            expected);
  }
}
