#include "reader/json/ndjson.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace amend;

namespace {

std::vector<std::string> lines(std::string_view text, std::size_t piece, std::size_t line_bytes_max = 100) {
  LineSplitter splitter(line_bytes_max);
  std::vector<std::string> out;
  Record record;
  const auto note = [&] {
    const Position& at = record.position();
    out.push_back(std::to_string(at.row) + "/" + std::to_string(at.line) + "/" + std::to_string(at.byte) + " " +
                  (record.fault() ? record.fault()->code : record.raw()));
  };
  while (!text.empty()) {
    std::string_view input = text.substr(0, piece);
    text.remove_prefix(input.size());
    while (splitter.parse(input, record) == LineSplitter::Stop::record) note();
  }
  while (splitter.finish(record) == LineSplitter::Stop::record) note();
  return out;
}

Record parse_line(std::string_view line, std::size_t members_max = 100) {
  NdjsonParser parser(members_max);
  Record record;
  record.raw() = line;
  parser.parse(record);
  return record;
}

std::string fault(std::string_view line) {
  const Record record = parse_line(line);
  return record.fault() ? record.fault()->code : "";
}

}  // namespace

TEST_CASE("ndjson: lines end in LF or CRLF, blank ones are no rows but count as lines") {
  const std::vector<std::string> wanted{"1/1/0 {}", "2/2/3 {1}", "3/5/12 x\ry", "4/6/16 last"};
  for (const std::size_t piece : {1, 2, 7, 100}) CHECK(lines("{}\n{1}\r\n\n \r\nx\ry\nlast", piece) == wanted);
  CHECK(lines("", 1).empty());
  CHECK(lines("\n\n  ", 1).empty());
}

TEST_CASE("ndjson: a line may have as many bytes as the limit says; a longer one spoils no other") {
  const std::vector<std::string> wanted{"1/1/0 abcde", "2/2/6 abcde", "3/3/13 input.row.too_large",
                                        "4/4/20 input.row.too_large", "5/5/61 x"};
  for (const std::size_t piece : {1, 2, 7, 100}) {
    CHECK(lines("abcde\nabcde\r\nabcdef\n" + std::string(40, 'z') + "\nx", piece, 5) == wanted);
  }
}

TEST_CASE("ndjson: strings are unescaped, numbers keep their characters") {
  const Record good = parse_line(
      R"( {"name":"A\"\u00e9\ud83d\ude00\n/","phone":-12.50,"big":123456789012345678901234567890,"exp":1.5E+3,"n":null,)"
      R"("t":true,"a":[1,{"name":"inner"}],"o":{"x":{"y":"z"}},"na\u006de2":"","e":"\\"} )");
  REQUIRE_FALSE(good.fault());
  REQUIRE(good.size() == 10);
  CHECK(good.field(0) == "A\"\xC3\xA9\xF0\x9F\x98\x80\n/");
  CHECK(good.kind(0) == FieldKind::text);
  CHECK(good.field(1) == "-12.50");
  CHECK(good.kind(1) == FieldKind::number);
  CHECK(good.field(2) == "123456789012345678901234567890");
  CHECK(good.field(3) == "1.5E+3");
  CHECK(good.kind(4) == FieldKind::null);
  for (const std::size_t i : {5, 6, 7}) {
    CHECK(good.kind(i) == FieldKind::other);
    CHECK(good.field(i).empty());
  }
  CHECK(good.name(6) == "a");
  CHECK(good.name(8) == "name2");
  CHECK(good.field(8).empty());
  CHECK(good.kind(8) == FieldKind::text);
  CHECK(good.field(9) == "\\");
}

TEST_CASE("ndjson: what is not one JSON object is rejected with its own code") {
  CHECK(fault("{}") == "");
  for (const char* bad : {"{", "{\"a\":1", "{\"a\":1}x", "{\"a\":1}{}", "{\"a\":}", "{a:1}", "{'a':1}", "{\"a\":01}",
                          "{\"a\":1,}", "{\"a\":\"\t\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\\ud800\"}",
                          "{\"a\":\"\\x\"}", "nul", "{\"a\":NaN}", "{} // no", "\xEF\xBB\xBF{}"}) {
    CAPTURE(bad);
    CHECK(fault(bad) == "input.json.syntax");
  }
  for (const char* bad : {"1", "\"a\"", "null", "true", "[]", "[{\"a\":1}]", "[{\"a\":1,\"a\":2}]"}) {
    CAPTURE(bad);
    CHECK(fault(bad) == "input.json.not_object");
    CHECK(parse_line(bad).fault()->text == "the line is JSON but not an object: write one object per line");
  }
  CHECK(fault("{\"a\":\"\xFF\"}") == "input.utf8");
  CHECK(fault(std::string_view("{\"a\":\"\0\"}", 9)) == "input.nul");
  CHECK(fault("{\"a\":1,\"b\":2,\"\\u0061\":3}") == "input.json.duplicate_key");
  CHECK(parse_line("{\"a\":1,\"b\":2,\"\\u0061\":3}").fault()->text == "the member \"a\" occurs twice");
  CHECK(fault("{\"o\":{\"a\":1},\"a\":2}") == "");
}

TEST_CASE("ndjson: nesting is allowed to 32 levels, and 100,000 do no harm") {
  const auto nested = [](std::size_t n) { return "{\"a\":" + std::string(n, '[') + std::string(n, ']') + "}"; };
  CHECK(fault(nested(31)) == "");
  CHECK(fault(nested(32)) == "input.json.depth");
  CHECK(parse_line(nested(32)).fault()->text == "column 37: the JSON has more than 32 levels");
  CHECK(fault(nested(100'000)) == "input.json.depth");
}

TEST_CASE("ndjson: the text of a fault names the column") {
  CHECK(parse_line(R"({"a":1,x})").fault()->text.starts_with("column 8: "));
  CHECK(parse_line(R"(  {"a":1,x})").fault()->text.starts_with("column 10: "));
  CHECK(parse_line(R"({"a":1} x)").fault()->text.starts_with("column 9: extra data"));
}

TEST_CASE("ndjson: pretty-printed JSON and arrays get a helpful first error") {
  for (const char* line : {"{", "[", "  [", "[{", R"({"a":1},)", "}", "]"}) {
    CAPTURE(line);
    const Record record = parse_line(line);
    REQUIRE(record.fault());
    CHECK(record.fault()->text.find("looks like pretty-printed JSON or an array") != std::string::npos);
  }
}

TEST_CASE("ndjson: more members than the limit are refused") {
  CHECK_FALSE(parse_line(R"({"a":1,"b":2})", 2).fault());
  CHECK(parse_line(R"({"a":1,"b":2,"c":3})", 2).fault()->code == "input.row.columns");
}

TEST_CASE("ndjson: a parser is as good as new after a line that is broken") {
  NdjsonParser parser(10);
  Record record;
  for (int i = 0; i < 3; ++i) {
    record.clear();
    record.raw() = R"({"a":["b)";
    parser.parse(record);
    CHECK(record.fault());
    record.clear();
    record.raw() = R"({"a":"b"})";
    parser.parse(record);
    REQUIRE_FALSE(record.fault());
    CHECK(record.field(0) == "b");
  }
}
