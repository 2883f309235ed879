#include "admission/structured_fields.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using amend::StructuredListReader;
using amend::StructuredMember;
using Step = StructuredListReader::Step;
using Type = amend::StructuredValue::Type;

namespace {

// The members of a well-formed line.
std::vector<StructuredMember> members_of(std::string_view line) {
  CAPTURE(line);
  StructuredListReader reader(line);
  std::vector<StructuredMember> members;
  StructuredMember member;
  auto step = reader.next(member);
  for (; step == Step::member; step = reader.next(member)) members.push_back(member);
  REQUIRE(step == Step::end);
  return members;
}

StructuredMember only(std::string_view line) {
  const auto members = members_of(line);
  REQUIRE(members.size() == 1);
  return members[0];
}

bool is_malformed(std::string_view line) {
  StructuredListReader reader(line);
  StructuredMember member;
  auto step = reader.next(member);
  while (step == Step::member) step = reader.next(member);
  CHECK(reader.next(member) == step);
  return step == Step::malformed;
}

}  // namespace

TEST_CASE("structured_fields: every type of value is told apart") {
  CHECK(only("42").value.type == Type::integer);
  CHECK(only("4.5").value.type == Type::decimal);
  CHECK(only("\"a b\"").value.type == Type::string);
  CHECK(only("a/b:c*").value.type == Type::token);
  CHECK(only("*").value.type == Type::token);
  CHECK(only(":aGVsbG8=:").value.type == Type::byte_sequence);
  CHECK(only("?1").value.type == Type::boolean);
  CHECK(only("@1659578233").value.type == Type::date);
  CHECK(only("%\"f%c3%bc\"").value.type == Type::display_string);
  CHECK(only("(a \"b\";x 1);y").value.type == Type::inner_list);
}

TEST_CASE("structured_fields: numbers keep their sign and all of their 15 digits") {
  CHECK(only("0").value.number == 0);
  CHECK(only("-0").value.number == 0);
  CHECK(only("007").value.number == 7);
  CHECK(only("-42").value.number == -42);
  CHECK(only("999999999999999").value.number == 999'999'999'999'999);
  CHECK(only("-999999999999999").value.number == -999'999'999'999'999);
  CHECK(only("@-62135596800").value.number == -62'135'596'800);
  CHECK(only("?1").value.number == 1);
  CHECK(only("?0").value.number == 0);
  for (const auto* bad : {"-", "--1", "+1", "1000000000000000", "-1000000000000000", "1.", ".5", "1.2.3", "1.2345",
                          "1234567890123.0", "0x10", "1e3", "@", "@1.5", "@a", "?2", "?", "?true"}) {
    CAPTURE(bad);
    CHECK(is_malformed(bad));
  }
  CHECK(is_malformed(std::string(400, '9')));
}

TEST_CASE("structured_fields: a string keeps its escapes, and what stands in it ends nothing") {
  CHECK(only("\"\"").value.text.empty());
  CHECK(only(R"("a\"b\\c")").value.text == R"(a\"b\\c)");
  CHECK(only(R"("a,b;c=1")").value.text == "a,b;c=1");
  CHECK(only("token").value.text == "token");
  for (const auto* bad : {"\"", "\"a", R"("a\")", R"("a\n")", "\"a\tb\"", "\"caf\xC3\xA9\"", "'a'", "\"a\"b"}) {
    CAPTURE(bad);
    CHECK(is_malformed(bad));
  }
}

TEST_CASE("structured_fields: byte sequences and display strings are checked") {
  for (const auto* good : {"::", ":cHsdsRa894==:", ":ab+/:", "%\"\"", "%\"100%25\"", "%\"%f0%9f%98%80\""}) {
    CAPTURE(good);
    CHECK(members_of(good).size() == 1);
  }
  for (const auto* bad : {":",
                          ":ab",
                          ":a b:",
                          ":a=b:",
                          ":a===:",
                          ":a_b:",
                          "%",
                          "%a",
                          "%\"a",
                          "%\"%C3%BC\"",
                          "%\"%c3\"",
                          "%\"%c3a\"",
                          "%\"%80\"",
                          "%\"%c0%80\"",
                          "%\"%ed%a0%80\"",
                          "%\"%f4%90%80%80\"",
                          "%\"%4\"",
                          "%\"%4A\"",
                          "%\"a\tb\"",
                          "%\"%e0%80%80\"",
                          "%\"%f0%80%80%80\""}) {
    CAPTURE(bad);
    CHECK(is_malformed(bad));
  }
}

TEST_CASE("structured_fields: members stand between commas, spaces and tabs around them") {
  CHECK(members_of("").empty());
  CHECK(members_of("  ").empty());
  CHECK(members_of("1,2 ,\t3\t, 4").size() == 4);
  CHECK(members_of("  a;x=1;y , (b c) ,\"d, e\"  ").size() == 3);
  for (const auto* bad : {",", "1,", "1, ", ",1", "1,,2", "1 2", "1;", "a=1", "1;X=1", "1 ;x=1", "1;x=", "1;x=(a)",
                          "{1}", "\t1", "limit=100, remaining=50"}) {
    CAPTURE(bad);
    CHECK(is_malformed(bad));
  }
}

TEST_CASE("structured_fields: an inner list is one member, however much is in it") {
  const auto members = members_of("(), ( \"a)\"  b;x=\",\" );q=7, c");
  REQUIRE(members.size() == 3);
  CHECK(members[1].parameter("q")->number == 7);
  CHECK_FALSE(members[1].parameter("x").has_value());
  for (const auto* bad : {"(", "(a", "(a,b)", "(a\tb)", "(a\"b\")", "((a))", ")", "(a))", "(a;)"}) {
    CAPTURE(bad);
    CHECK(is_malformed(bad));
  }
}

TEST_CASE("structured_fields: of parameters of one name the last counts, and one without a value is true") {
  const auto member = only(R"("a";q=1;  w=60;*x;q=2;s="q=5;q=6";on)");
  CHECK(member.parameters == R"(;q=1;  w=60;*x;q=2;s="q=5;q=6";on)");
  CHECK(member.parameter("q")->number == 2);
  CHECK(member.parameter("w")->number == 60);
  CHECK(member.parameter("s")->text == "q=5;q=6");
  CHECK(member.parameter("on")->type == Type::boolean);
  CHECK(member.parameter("on")->number == 1);
  CHECK(member.parameter("*x").has_value());
  CHECK_FALSE(member.parameter("x").has_value());
  CHECK_FALSE(only("a").parameter("q").has_value());
}
