// What spreadsheets and databases do to values, and the values that only look so.
#include "reader/mapping/value_finding.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "reader/encoding/double_encoding.hpp"
#include "reader/trim.hpp"

using namespace amend;

namespace {

using Role = ValueRole;
using Texts = std::vector<std::string>;

std::string found(Role role, const std::string& value) {
  const ValueFinding finding = look_at_value(role, value);
  if (finding == ValueFinding::none) return "";
  const FindingRule& rule = rule_of(finding);
  return std::string(rule.code) + (rule.needs_most ? " in most" : "");
}

void each_is(Role role, const std::string& expected, const Texts& values) {
  for (const std::string& value : values) {
    CAPTURE(value);
    CHECK(found(role, value) == expected);
  }
}

}  // namespace

TEST_CASE("values: a phone that a spreadsheet has rounded, formatted or guarded is damage") {
  each_is(Role::phone, "value.scientific",
          {"4.915112E+12", "4,915112E+12", "4.915112e12", "4E12", "+4.915112E+12", "4.91E-3", " 4.915112E+12 "});
  each_is(Role::phone, "value.number",
          {"4915112345678.0", "4915112345678.00", "4915112345678,0", "+49.0", "-61234", "-612.5", "4,915,112,345,678",
           "4,915,112,345,678.00", "49'151'123'456"});
  each_is(Role::phone, "value.apostrophe", {"'+4915112345678", "'015112345678", "\u2019+4915", "`+4915", "'(030) 123"});
  each_is(Role::phone, "value.formula", {"=\"+4915112345678\"", "=49+151", "=A1"});
  for (const Role role : {Role::name, Role::company, Role::email, Role::reference})
    each_is(role, "value.formula", {"=\"Ann\"", " =\"Ann\" "});
  each_is(Role::phone, "value.date",
          {"2026-03-01", "2026-03-01 00:00:00", "2026-03-01T08:30:00Z", "01/03/2026", "3/1/26", "01.03.2026", "1-Mar",
           "Mar-01", "1-Mrz-26", "12-Dez", "3 ago 2026", "3\u67081\u65E5", "2026\u5E743\u67081\u65E5", "08:30",
           "8:30 PM", "1900-01-00", "1/0/1900", "30/12/1899", "1899-12-30 00:00:00"});
  each_is(Role::phone, "value.boolean", {"TRUE", "false", "WAHR", "Vrai"});
  each_is(Role::phone, "value.no_digit", {"tbd", "-", "unknown", "call him"});
  each_is(Role::dial_code, "value.scientific", {"4.9E+01"});
  each_is(Role::dial_code, "value.number", {"49.0", "-49", "1,264", "1'264"});
  each_is(Role::dial_code, "value.apostrophe", {"'+49"});
  each_is(Role::dial_code, "value.no_digit", {"DE"});
}

TEST_CASE("values: a spreadsheet's errors are damage in every field and in every language") {
  for (const Role role : {Role::name, Role::company, Role::phone, Role::dial_code, Role::email, Role::reference})
    each_is(role, "value.error_value",
            {"#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#NV", "#BEZUG!", "#N/D",
             "#\u00A1REF!", "####", "##########", "Err:502", "#GETTING_DATA"});
  each_is(Role::company, "", {"#1 Pizza", "# Studio", "#one", "No. #7"});
}

TEST_CASE("values: a word for no value is damage where no name is meant, and in a name where nobody is called so") {
  const Texts marks{"\\N", "(null)", "<NULL>", "n/a", "N/A", "<NA>"};
  const Texts words{"NULL", "null", "None", "nil", "NaN", "undefined", "NA"};
  for (const Role role : {Role::phone, Role::dial_code, Role::email}) {
    each_is(role, "value.null", marks);
    each_is(role, "value.null", words);
  }
  for (const Role role : {Role::name, Role::company}) {
    each_is(role, "value.null", marks);
    each_is(role, "value.null_as_name", {"Null", "NULL", "null", "none", "NaN", "undefined"});
    each_is(role, "", {"Jo Null", "Nan", "Nil", "Na", "Nullarbor", "Noner"});
  }
  CHECK(rule_of(ValueFinding::null_as_name).degree == Degree::hint);
}

TEST_CASE("values: two phones in one cell are damage; an extension, an area code, a word for a number are not") {
  each_is(Role::phone, "value.several_phones",
          {"+49 151 1234567 ::: +49 30 1234567", "+491511234567; +49301234567", "+491511234567,+49301234567",
           "61234567 / 51234567", "61234567/51234567", "2345678/3456789", "+49 151 1234567 or +49 30 1234567",
           "+49 151 1234567 +49 30 1234567", "61234567|51234567", "61234567\u300151234567",
           "Tel: 030 1234567 Fax: 030 7654321", "61234567 51234567", "61234567-51234567", "61234567\u00A051234567"});
  // More digits than one number has, although only spaces, dashes or brackets are between them.
  each_is(Role::phone, "value.several_phones",
          {"+49 151 123 4567 030 123 4567", "6123 4567 5123 4567", "(030)123-4567(030)765-4321",
           "0612-345-678 0698-765-432", "01 23 45 67 89 06 12 34 56 78", "+49 30 1234567 x12, +49 30 7654321 x13"});
  each_is(Role::phone, "",
          {"+49 30 1234567, ext. 12",
           "+49 30 1234567 x99",
           "+49 30 1234567 ext 7654321",
           "030-1234567 x 7654321",
           "+86-10-1234-5678-9012",
           "0011 49 30 1234 5678 90",
           "+49 (0)30 1234 5678 901",
           "02-1234-5678#12345",
           "06221/123456",
           "+49 33456/123456",
           "011 421 2/212 345 67",
           "+1 (212) 555-0100",
           "1-800-FLOWERS",
           "tel:+49-30-1234567",
           "+44 (0)20 7946 0018",
           "+49301234567,,4711#",
           "\u0660\u0661\u0662\u0663\u0664\u0665\u0666",
           "+49\u00A030\u00A01234567",
           "912.345.678",
           "110"});
}

TEST_CASE("values: a character that cannot be seen is damage in a phone, an email, a reference number") {
  for (const char* hidden : {"\u200B", "\u200E", "\u200F", "\u202A", "\u202C", "\u202E", "\u2060", "\u2066", "\u2069",
                             "\uFEFF", "\u00AD", "\u061C", "\u200D"}) {
    const std::string mark = hidden;
    each_is(Role::phone, "value.invisible", {mark + "+4930123456", "+49" + mark + "30123456", "+4930123456" + mark});
    each_is(Role::email, "value.invisible", {mark + "ann@example.com", "ann@exam" + mark + "ple.com"});
    each_is(Role::reference, "value.invisible", {"C-10" + mark + "01"});
    CHECK(describe(ValueFinding::invisible, mark + "+4930").find(mark) == std::string::npos);
    CHECK(describe(ValueFinding::invisible, mark + "+4930").starts_with("U+"));
  }
  CHECK(describe(ValueFinding::invisible, "+49\u200E30") == "U+200E in +\u2026 (6 characters)");
}

TEST_CASE("values: joiners and direction marks belong to names in the scripts that use them, elsewhere they are odd") {
  each_is(Role::name, "",
          {"\u0646\u0627\u0645\u200C\u0647\u0627", "\u0D2E\u0D4B\u0D39\u0D28\u0D4D\u200D",
           "\u200F\u0645\u062D\u0645\u062F\u200F", "\u202B\u05D3\u05D5\u05D3\u202C",
           "\u0E23\u0E49\u0E32\u0E19\u200B\u0E04\u0E49\u0E32", "\U0001F469\u200D\U0001F4BB Shop"});
  each_is(Role::name, "value.invisible_in_name",
          {"Ann\u200E", "An\u200Bna", "An\u200Dna", "\uFEFFAnn", "Sch\u00ADmidt"});
  CHECK(rule_of(ValueFinding::invisible_in_name).degree == Degree::hint);
}

TEST_CASE("values: characters that were lost or encoded twice are damage in every field") {
  each_is(Role::name, "value.replacement", {"Ren\uFFFDe", "\uFFFD", "Ren?e", "J?rg", "??", "\u951F\u65A4\u62F7"});
  each_is(Role::phone, "value.replacement", {"+49?30?1234567", "030?1234567"});
  each_is(Role::email, "value.replacement", {"j?rg@example.com"});
  each_is(Role::company, "", {"What? Who? Ltd", "Why not?"});
  each_is(Role::email, "value.replacement", {"ann\uFFFD@example.com"});
  for (const Role role : {Role::name, Role::company, Role::email})
    each_is(
        role, "value.double_encoding",
        {"Ren\u00C3\u00A9e", "Ann\u00E2\u20AC\u2122s", "Pawe\u00C5\u201A", "M\u00C3\u00BCller", "\u00C3\u2030ric",
         "REN\u00C3\u2030E", "\u00E4\u00B8\u00AD\u00E6\u2013\u2021", "\u00D0\u02DC\u00D0\u00B2\u00D0\u00B0\u00D0\u00BD",
         "\u0420\u02DC\u0420\u0406\u0420\u00B0\u0420\u0405", "Ren\u221A\u00A9e", "\u00F0\u0178\u02DC\u20AC"});
  for (const Role role : {Role::name, Role::company})
    each_is(role, "value.double_encoding",
            {"\u5B6B\u0020\u6D63\u72B2\u30BD", "\u9422\u5B2A\u76AC\u93C4", "\u9422\u5B2A\u76AC Ltd"});
  each_is(Role::name, "", {"\u6B27\u9633\u9759", "\u53F8\u9A6C\u5149", "\u6D63\u72B2", "\u738B\u5C0F\u660E"});
  each_is(Role::name, "",
          {"IRM\u00C3\u201D", "JO\u00C3O", "NU\u00D1EZ", "\u00C5ngstr\u00F6m \u00C5", "Caf\u00E9\u2122", "\u00C8\u201D",
           "\u00D1\u2019Golo", "Ren\u00E9e", "\u4E2D\u6587",
           "\u0418\u0432\u0430\u043D \u0421\u0435\u0440\u0433\u0435\u0435\u0432", "\u0420\u0456\u0432\u043D\u0435"});
}

TEST_CASE("values: a database's escapes are damage") {
  for (const Role role : {Role::name, Role::company, Role::email, Role::phone})
    each_is(
        role, "value.backslash",
        {"O\\'Hara", "Ann \\\"A\\\" Lee", "Ann\\\\Lee", "Ann\\tLee", "Ann\\nLee", "Ren\\u00e9e", "N\\/V", "Smith\\"});
  each_is(Role::name, "", {"A\\B"});
}

TEST_CASE("values: quotes that CSV does not know are damage around a phone or an email, around names in most rows") {
  const Texts quoted{"\u201C%\u201D", "\u201E%\u201C", "'%'", "\u2018%\u2019", "`%`", "\"%\""};
  for (const std::string& pair : quoted) {
    const auto around = [&](const std::string& value) { return std::string(pair).replace(pair.find('%'), 1, value); };
    each_is(Role::phone, "value.quotes", {around("030123456")});
    each_is(Role::email, "value.quotes", {around("ann@example.com")});
    each_is(Role::name, "value.quotes in most", {around("Ann")});
  }
  each_is(Role::company, "", {"\u00ABRomashka\u00BB", "\u201CThe Shop\u201D"});
  each_is(Role::name, "", {"\u00ABRomashka\u00BB", "'Abd al-Rahman", "O'Hara", "\u2019t Hoff", "'70s Diner"});
}

TEST_CASE("values: what is wrong with a long value is seen wherever in it the character stands") {
  for (const Role role : {Role::name, Role::company, Role::email})
    for (unsigned byte = 0; byte < 0x80; ++byte)
      for (const std::size_t size : {16U, 17U, 31U, 32U, 33U, 48U}) {
        CAPTURE(byte);
        CAPTURE(size);
        const auto with_byte_at = [&](std::size_t at) {
          std::string value(size, 'a');
          if (role == ValueRole::email) value[1] = '@';
          value[at] = static_cast<char>(byte);
          return look_at_value(role, value);
        };
        std::set<ValueFinding> verdicts;
        for (std::size_t at = 3; at + 3 < size; ++at) verdicts.insert(with_byte_at(at));
        CHECK(verdicts.size() == 1);
      }
}

TEST_CASE("values: what belongs in another column") {
  each_is(Role::phone, "value.columns", {"ann@example.com", "0f8fad5b-d9cb-469f-a165-70867728950e"});
  each_is(Role::email, "value.columns in most", {"+4930123456", "030 1234567"});
  for (const Role role : {Role::name, Role::company})
    each_is(role, "value.columns in most", {"+4930123456", "030-1234567", "ann@example.com"});
  each_is(Role::email, "value.no_address", {"Ann Lee", "ann.example.com", "a@example.com; b@example.com", "12345"});
  for (const ValueFinding finding : {ValueFinding::phone_as_email, ValueFinding::phone_as_name}) {
    CHECK(rule_of(finding).needs_most);
    CHECK(rule_of(rule_of(finding).unless_most).degree == Degree::hint);
  }
}

TEST_CASE("values: what is odd and may be right is a hint") {
  each_is(Role::name, "value.name_sign", {"=Acme", "'=Acme", "@home", "+Plus", "-Minus"});
  each_is(Role::name, "value.name_of_digits", {"12345", "7-11", "8.5E+11", "\uFF11\uFF12"});
  each_is(Role::name, "", {"\u9673\u5927\u6587 12", "3\u865F", "\u0418\u0432\u0430\u043D 2"});
  each_is(Role::name, "value.line_break", {"Ann\nLee", "Ann\tLee", "Ann\r\nLee"});
  each_is(Role::phone, "value.one_digit", {"1", " 7"});
  each_is(Role::company, "value.entity", {"Lee &amp; Sons", "O&#39;Hara", "Caf&eacute;"});
  each_is(Role::email, "value.entity", {"lee&amp;sons@example.com"});
  each_is(Role::phone, "value.entity", {"&#43;49 30 123456"});
  each_is(Role::company, "", {"Lee & Sons; Partners", "AT&T", "24", "3M"});
  for (const Role role : {Role::name, Role::company, Role::phone, Role::email})
    for (const char* space : {" ", "\u00A0", "\u3000", "\u2007"}) {
      const std::string value = role == Role::phone ? "030 123456" : role == Role::email ? "a@example.com" : "Ann Lee";
      each_is(role, "value.space", {space + value, value + space});
    }
}

TEST_CASE("values: of a reference number only what its own digits cannot be is damage") {
  each_is(Role::reference, "value.scientific", {"1.5E+11"});
  each_is(Role::reference, "value.number", {"10001.0"});
  each_is(Role::reference, "value.apostrophe", {"'00123"});
  each_is(Role::reference, "", {"4E8", "00123", "C-10001", "2026-03-01", "A/1", "-1", "1,000"});
}

TEST_CASE("values: each finding has a code with a meaning and a remedy, and its number is its place in the table") {
  for (std::size_t i = 1; i < value_finding_count; ++i) {
    const FindingRule& rule = rule_of(static_cast<ValueFinding>(i));
    CAPTURE(rule.code);
    CHECK(rule.finding == static_cast<ValueFinding>(i));
    const OwnCode* own = find_own_code(rule.code);
    REQUIRE(own != nullptr);
    CHECK_FALSE(own->remedy.empty());
  }
}

TEST_CASE("values: an example never shows more of a value than its first character, unless a program wrote it") {
  CHECK(describe(ValueFinding::scientific, "4.915112E+12") == "4\u2026 (12 characters)");
  CHECK(describe(ValueFinding::replacement, "Ren\uFFFDe") == "U+FFFD in R\u2026 (5 characters)");
  CHECK(describe(ValueFinding::null, " NULL ") == "NULL");
  CHECK(describe(ValueFinding::error_value, "#NAME?") == "#NAME?");
  CHECK(masked("\u202Ax") == "U+202A\u2026 (2 characters)");
  CHECK(masked("x") == "x\u2026 (1 character)");
}

TEST_CASE("values: --strip-formula takes off a guard and nothing else") {
  const auto stripped = [](Role role, std::string_view value) { return std::string(without_formula(role, value)); };
  CHECK(stripped(Role::phone, "'+4930") == "+4930");
  CHECK(stripped(Role::phone, "=\"0049\"") == "0049");
  CHECK(stripped(Role::name, "=\"Ann\"") == "Ann");
  CHECK(stripped(Role::name, "'=Acme") == "=Acme");
  CHECK(stripped(Role::other, "'abc") == "abc");
  for (const char* kept : {"'Abd al-Rahman", "'70s Diner", "O'Hara", "=A1", "=\"a\"&\"b\"", "'", ""})
    CHECK(stripped(Role::name, kept) == kept);
  CHECK(stripped(Role::phone, "=\"1\"&\"2\"") == "=\"1\"&\"2\"");
}

TEST_CASE("values: --trim drops white space and what cannot be seen at the ends, but no joiner of a letter") {
  CHECK(trimmed("\uFEFF\u202A +49 30\u202C\u00A0\t") == "+49 30");
  CHECK(trimmed("\u200B\u3000") == "");
  CHECK(trimmed("An\u200Bna") == "An\u200Bna");
  CHECK(trimmed("\u0D28\u0D4D\u200D") == "\u0D28\u0D4D\u200D");
  CHECK(trimmed("Ann\u200D") == "Ann");
  CHECK(trimmed("Shop \u2764\uFE0F") == "Shop \u2764\uFE0F");
}
