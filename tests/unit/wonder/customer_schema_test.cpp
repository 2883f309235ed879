#include "amend/wonder/customer_schema.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace amend;
using namespace amend::wonder;

namespace {

std::string code_for(std::string_view field, std::string_view value) {
  const FieldRule* rule = find_field(field);
  REQUIRE(rule != nullptr);
  const auto reason = check_value(*rule, value);
  if (!reason) return "ok";
  CHECK(reason->origin == Origin::input);
  CHECK(find_own_code(reason->code) != nullptr);
  if (value.size() > 8) CHECK(reason->text.find(value) == std::string::npos);
  return reason->code;
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("customer_schema: the seven fields of PUT in the order of the documentation") {
  std::vector<std::string> names;
  for (const FieldRule& field : customer_fields()) {
    names.emplace_back(field.name);
    CHECK(find_field(field.name) == &field);
  }
  CHECK(names == std::vector<std::string>{"name", "phone", "email", "dial_code", "company_name",
                                          "default_payment_method", "default_payment_token"});
  for (const FieldRule& field : customer_fields()) {
    CAPTURE(field.name);
    CHECK(field.required == (field.name == "name" || field.name == "phone"));
    CHECK(field.clearable == field.name.starts_with("default_payment_"));
  }
  CHECK(find_field("reference_number") == nullptr);
  CHECK(find_field("Name") == nullptr);
  CHECK(find_field("") == nullptr);
}

TEST_CASE("customer_schema: text limits count code points, not bytes") {
  for (const char* field : {"name", "phone", "email", "company_name"}) {
    CAPTURE(field);
    CHECK(code_for(field, std::string(255, 'x')) == "ok");
    CHECK(code_for(field, std::string(256, 'x')) == "input." + std::string(field) + ".too_long");
    CHECK(code_for(field, repeated("陳", 255)) == "ok");
    CHECK(code_for(field, repeated("😀", 256)) == "input." + std::string(field) + ".too_long");
  }
  CHECK(code_for("dial_code", "+85212") == "ok");
  CHECK(code_for("dial_code", "+852123") == "input.dial_code.too_long");
  const auto reason = check_value(*find_field("name"), repeated("é", 300));
  REQUIRE(reason);
  CHECK(reason->text == "name has 300 characters (code points); the limit is 255");
}

TEST_CASE("customer_schema: control characters are refused in every field, but line breaks and tabs in names") {
  for (const FieldRule& field : customer_fields()) {
    CAPTURE(field.name);
    const std::string expected = "input." + std::string(field.name) + ".control";
    for (int c = 0; c < 0x20; ++c) {
      const bool breaks_line = c == '\n' || c == '\r' || c == '\t';
      CHECK(code_for(field.name, std::string("ab") + static_cast<char>(c)) ==
            (field.line_breaks && breaks_line ? "ok" : expected));
    }
    CHECK(field.line_breaks == (field.name == "name" || field.name == "company_name"));
    CHECK(code_for(field.name, "a\nb\x01") == expected);
    CHECK(code_for(field.name, "\x7F") == expected);
    CHECK(code_for(field.name, "a\xC2\x80") == expected);
    CHECK(code_for(field.name, "a\xC2\x9F z") == expected);
  }
}

TEST_CASE("customer_schema: a control character is named, with its place, wherever it stands") {
  std::vector<std::string> controls{"\x7F"};
  for (int c = 0; c < 0x20; ++c) controls.emplace_back(1, static_cast<char>(c));
  for (int c = 0x80; c < 0xA0; ++c) controls.push_back(std::string("\xC2") + static_cast<char>(c));
  const std::string letters = "Lovelace, \xC2\xA9 Ada Augusta, \xE9\x99\xB3";
  for (const std::string& control : controls) {
    CAPTURE(static_cast<unsigned>(static_cast<unsigned char>(control.back())));
    for (std::size_t at = 0; at <= letters.size(); ++at) {
      if (at < letters.size() && (letters[at] & 0xC0) == 0x80) continue;  // within a character
      CAPTURE(at);
      const auto reason = check_value(*find_field("email"), letters.substr(0, at) + control + letters.substr(at));
      REQUIRE(reason);
      CHECK(reason->text.find(" at byte " + std::to_string(at + 1)) != std::string::npos);
    }
  }
  CHECK(code_for("name", "a\xC2\xA0z") == "ok");            // no-break space
  CHECK(code_for("name", "\xC3\x82\xE2\x80\x93") == "ok");  // continuation bytes 80–9F inside other characters
  const auto text_for = [](std::string_view value) { return check_value(*find_field("phone"), value)->text; };
  CHECK(text_for("ab\ncd") == "phone contains a line break at byte 3");
  CHECK(text_for("ab\tcd") == "phone contains a tab at byte 3");
  CHECK(text_for("ab\x1B") == "phone contains the control character U+001B at byte 3");
  CHECK(text_for("ab\xC2\x85z") == "phone contains the control character U+0085 at byte 3");
  CHECK(text_for("ab\r\n") ==
        "phone contains a line break at byte 3 (at the start or end of the value). --trim removes it");
  CHECK(text_for(" \tab") == "phone contains a tab at byte 2 (at the start or end of the value). --trim removes it");
}

TEST_CASE("customer_schema: a payment method is one of three, spelled exactly") {
  for (const char* method : {"Credit Card", "Alipay", "Wechat Pay", ""}) {
    CHECK(code_for("default_payment_method", method) == "ok");
  }
  for (const char* method : {"credit card", "CreditCard", "WeChat Pay", "Alipay ", " Alipay", "FPS", "Google Pay"}) {
    CAPTURE(method);
    CHECK(code_for("default_payment_method", method) == "input.default_payment_method.invalid");
  }
}

TEST_CASE("customer_schema: a payment token is a uuid or empty") {
  CHECK(code_for("default_payment_token", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed") == "ok");
  CHECK(code_for("default_payment_token", "") == "ok");
  CHECK(code_for("default_payment_token", "tok_123456") == "input.default_payment_token.invalid");
  CHECK(code_for("default_payment_token", std::string(5000, 'a')) == "input.default_payment_token.invalid");
}

TEST_CASE("customer_schema: a uuid is 8-4-4-4-12 hexadecimal digits and nothing else") {
  CHECK(is_uuid("1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"));
  CHECK(is_uuid("1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED"));
  CHECK(is_uuid("00000000-0000-0000-0000-000000000000"));
  for (const char* text :
       {"", "1b9d6bcdbbfd4b2d9b5dab8dfbbd4bed", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4be",
        "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bedd", "{1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4be}",
        "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4beg", " 1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4be",
        "1b9d6bcdb-bfd-4b2d-9b5d-ab8dfbbd4bed", "1b9d6bcd-bbfd-4b2d-9b5d_ab8dfbbd4bed", "1.23E+15", "007",
        "../../etc/passwd", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfb/d4bed", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfb?d4bed"}) {
    CAPTURE(text);
    CHECK_FALSE(is_uuid(text));
  }
  std::string nul = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
  for (std::size_t i = 0; i < nul.size(); ++i) {
    std::string changed = nul;
    changed[i] = '\0';
    CHECK_FALSE(is_uuid(changed));
    changed[i] = '@';
    CHECK_FALSE(is_uuid(changed));
    changed[i] = '`';
    CHECK_FALSE(is_uuid(changed));
  }
}

TEST_CASE("customer_schema: UTF-8 is valid as of RFC 3629, at every offset from the eight-byte steps") {
  const std::vector<std::string> valid{"",
                                       "a",
                                       "é",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF",
                                       std::string(1, '\0')};
  const std::vector<std::string> invalid{"\x80",
                                         "\xBF",
                                         "\xC0\x80",
                                         "\xC1\xBF",
                                         "\xC2",
                                         "\xC2\x41",
                                         "\xE0\x80\x80",
                                         "\xE0\x9F\xBF",
                                         "\xED\xA0\x80",
                                         "\xED\xBF\xBF",
                                         "\xE1\x80",
                                         "\xF0\x80\x80\x80",
                                         "\xF0\x8F\xBF\xBF",
                                         "\xF4\x90\x80\x80",
                                         "\xF5\x80\x80\x80",
                                         "\xF1\x80\x80",
                                         "\xFE",
                                         "\xFF"};
  for (std::size_t before = 0; before < 17; ++before) {
    for (std::size_t after : {0, 1, 7, 8, 9}) {
      const std::string head(before, 'x');
      const std::string tail(after, 'y');
      for (const auto& piece : valid) CHECK(is_utf8(head + piece + tail));
      for (const auto& piece : invalid) {
        CAPTURE(before);
        CAPTURE(after);
        CHECK_FALSE(is_utf8(head + piece + tail));
      }
    }
  }
  CHECK(code_points("a陳é😀") == 4);
  CHECK(code_points("") == 0);
}

TEST_CASE("customer_schema: the key ignores ASCII case and nothing else") {
  const std::string id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
  CHECK(customer_key(id) == customer_key("1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED"));
  CHECK(same_id(id, "1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED"));
  CHECK_FALSE(same_id(id, id.substr(1)));
  CHECK(same_id("", ""));
  // Every pair of one-byte texts, alone and inside the eight-byte steps: equal keys exactly for equal ids.
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string x(1, static_cast<char>(a));
      const std::string y(1, static_cast<char>(b));
      if ((customer_key(x) == customer_key(y)) != same_id(x, y)) FAIL("bytes ", a, " and ", b);
      const std::string longer_x = "1234" + x + "6789";
      const std::string longer_y = "1234" + y + "6789";
      if ((customer_key(longer_x) == customer_key(longer_y)) != same_id(x, y)) FAIL("bytes ", a, " and ", b);
    }
  }
  CHECK(customer_key("a") != customer_key(std::string("a\0", 2)));
}

TEST_CASE("customer_schema: keys of ids that differ little spread over low and high bits") {
  constexpr std::size_t ids = 64 * 256;
  std::vector<std::size_t> low(64);
  std::vector<std::size_t> high(64);
  std::set<std::uint64_t> all;
  for (std::size_t i = 0; i < ids; ++i) {
    std::string number = std::to_string(i);
    number.insert(0, 12 - number.size(), '0');
    const std::uint64_t key = customer_key("00000000-0000-4000-8000-" + number);
    all.insert(key);
    ++low[key % 64];
    ++high[key >> 58];
  }
  CHECK(all.size() == ids);
  for (std::size_t i = 0; i < 64; ++i) {  // 256 expected, standard deviation 16
    CHECK(low[i] > 160);
    CHECK(low[i] < 352);
    CHECK(high[i] > 160);
    CHECK(high[i] < 352);
  }
}
