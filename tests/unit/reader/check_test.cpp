// The look at a whole file before anything is sent.
#include <doctest/doctest.h>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "amend/error.hpp"
#include "amend/reader/check.hpp"
#include "reader/mapping/id_trouble.hpp"

using namespace amend;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "amend-check-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path(name);
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string uuid(unsigned n) {
  const std::string digits = std::to_string(n);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}
std::string line(unsigned n) { return uuid(n) + ",Ada,1\r\n"; }
const std::string header_line = "id,name,phone\r\n";

class Look {
 public:
  explicit Look(const std::string& text, const std::string& name = "customers.csv") {
    input.file = folder.write(name, text);
  }
  CheckReport run() {
    CheckReport report = check_input(input, mapping, stop);
    hidden = report.hidden;
    return report;
  }

  Folder folder;
  InputConfig input;
  MappingConfig mapping;
  std::atomic<bool> stop{false};
  RowSet hidden;
};

const Finding& finding(const std::vector<Finding>& findings, std::string_view code) {
  for (const Finding& one : findings)
    if (one.code == code) return one;
  FAIL("no finding of code ", std::string(code));
  std::abort();
}

bool hints_at(const CheckReport& report, std::string_view text) {
  for (const std::string& hint : report.hints)
    if (hint.find(text) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("check: a clean file is told as it is") {
  Look look("id;name;phone;Notes\r\n" + uuid(1) + ";Ada;1;x\r\n" + uuid(2) + ";Bob;2;y\r\n");
  const auto report = look.run();
  CHECK(report.clean());
  CHECK(report.format == Format::csv);
  CHECK(report.delimiter == ';');
  CHECK(report.encoding == "UTF-8");
  CHECK(report.bytes == std::filesystem::file_size(look.input.file));
  CHECK(report.rows == 2);
  CHECK(report.sendable == 2);
  CHECK(report.unknown_columns == std::vector<std::string>{"Notes"});
  CHECK_FALSE(report.mapping.empty());
  CHECK(report.hints.empty());
  CHECK(look.hidden.size() == 0);
}

TEST_CASE("check: an empty file, and one with only a header, have no rows and are clean") {
  CHECK(Look("").run().clean());
  const auto report = Look(header_line).run();
  CHECK(report.clean());
  CHECK(report.rows == 0);
}

TEST_CASE("check: rejected rows by reason, the most frequent first, with the first three positions") {
  std::string text = header_line + line(1);
  for (unsigned n = 2; n < 7; ++n) text += uuid(n) + ",Ada,\r\n";
  text += "no-uuid,Ada,1\r\n" + line(8);
  const auto report = Look(text).run();
  CHECK_FALSE(report.clean());
  CHECK(report.rows == 8);
  CHECK(report.sendable == 2);
  REQUIRE(report.rejected.size() == 2);
  CHECK(report.rejected[0].code == "input.phone.missing");
  CHECK(report.rejected[0].rows == 5);
  REQUIRE(report.rejected[0].first.size() == 3);
  CHECK(report.rejected[0].first[0] == Position(2, 3, header_line.size() + line(1).size()));
  CHECK(report.rejected[0].first[2].row == 4);
  CHECK(report.rejected[0].example.find("phone") != std::string::npos);
  CHECK(report.rejected[1].code == "input.id.not_uuid");
  CHECK(hints_at(report, "--blank phone=empty"));
}

TEST_CASE("check: what happened to an id") {
  const auto code = [](std::string_view id) { return id_trouble_code(id); };
  CHECK(code("1.23E+15") == "id.scientific");
  CHECK(code("1,23E+15") == "id.scientific");
  CHECK(code("4E8") == "id.scientific");
  CHECK(code(" " + uuid(1)) == "id.spaces");
  CHECK(code(uuid(1) + "\t") == "id.spaces");
  CHECK(code("123-0000-4000-8000-000000000001") == "id.leading_zeros");
  CHECK(code("00000000-0000-4000-8000-1") == "id.leading_zeros");
  CHECK(code("00000000-12-4000-8000-000000000001") == "id.leading_zeros");
  CHECK(code("00000000000040008000000000000001") == "id.length");
  CHECK(code("{" + uuid(1) + "}") == "id.length");
  CHECK(code("7") == "id.length");
  CHECK(code("00000000-0000-4000-8000-00000000000g") == "id.other");
  CHECK(code("000000000-000-4000-8000-000000000001") == "id.other");
  CHECK(code("   ") == "id.length");
  CHECK(code("-") == "id.length");
  CHECK(code("1E") == "id.length");
}

TEST_CASE("check: suspicious ids are counted by what happened to them, in CSV and in NDJSON") {
  Look csv(header_line + "1.23E+15,Ada,1\r\n1.24E+15,Ada,1\r\n" + uuid(1) + " ,Ada,1\r\n,Ada,1\r\n");
  auto report = csv.run();
  CHECK(report.suspicious_ids.size() == 2);
  CHECK(finding(report.suspicious_ids, "id.scientific").rows == 2);
  CHECK(finding(report.suspicious_ids, "id.spaces").first.front().row == 3);
  CHECK(finding(report.rejected, "input.id.missing").rows == 1);
  CHECK(hints_at(report, "--trim"));
  CHECK(hints_at(report, "as text"));
  csv.mapping.trim = true;
  report = csv.run();
  CHECK(report.suspicious_ids.size() == 1);
  CHECK(report.sendable == 1);
  report = Look(R"({"name":"Ada","phone":"1","uuid":"12-0000-4000-8000-000000000001"})", "a.ndjson").run();
  CHECK(report.format == Format::ndjson);
  CHECK(finding(report.suspicious_ids, "id.leading_zeros").rows == 1);
}

TEST_CASE("check: customers in several rows are counted among the rows that would be sent only") {
  Look look(header_line + line(1) + line(2) + line(1) + uuid(2) + ",Ada,\r\n" + line(3) + line(1));
  auto report = look.run();
  CHECK_FALSE(report.clean());
  CHECK(report.duplicates.exact);
  CHECK(report.duplicates.ids == 1);
  CHECK(report.duplicates.rows == 3);
  CHECK(report.duplicates.first == std::vector{DuplicateRows(1, 3, 3)});
  CHECK(report.superseded == 0);
  CHECK(look.hidden.size() == 0);

  look.input.duplicates = Duplicates::last;
  report = look.run();
  CHECK(report.superseded == 2);
  CHECK(report.sendable == 5);
  CHECK(look.hidden.contains(1));
  CHECK(look.hidden.contains(3));
  CHECK_FALSE(look.hidden.contains(6));

  look.input.duplicates = Duplicates::reject;
  report = look.run();
  CHECK(report.superseded == 0);
  CHECK(look.hidden.size() == 3);
  CHECK(finding(report.rejected, "input.id.duplicate").rows == 3);
  CHECK(finding(report.rejected, "input.id.duplicate").first[1].row == 3);
}

TEST_CASE("check: --limit holds for rows and for duplicates") {
  Look look(header_line + line(1) + line(2) + line(1) + line(2));
  look.input.limit = 3;
  const auto report = look.run();
  CHECK(report.rows == 3);
  CHECK(report.duplicates.ids == 1);
}

TEST_CASE("check: a file that is not UTF-8 is trouble with count, places and the likely encoding") {
  const auto with_name = [](const std::string& name) { return header_line + uuid(1) + "," + name + ",1\r\n"; };
  const auto trouble = [](const CheckReport& report) {
    REQUIRE(report.encoding_trouble);
    CHECK_FALSE(report.clean());
    return *report.encoding_trouble;
  };
  CHECK(trouble(Look(with_name("Jos\xE9")).run()).likely == "windows-1252");
  CHECK(trouble(Look(with_name("\xC0\xEE\xD0\xA1\xC1\xFA")).run()).likely == "gbk");
  CHECK(trouble(Look(with_name("\xB3\xAF\xA4\x6A\xA4\xE5")).run()).likely == "big5");
  CHECK(trouble(Look(with_name("\x81 \x8F")).run()).likely.empty());
  const auto mixed =
      trouble(Look(with_name("Jos\xE9") + uuid(2) + ",Jos\xC3\xA9,1\r\n" + uuid(3) + ",Zo\xEB,1\r\n").run());
  CHECK(mixed.rows == 2);
  REQUIRE(mixed.first.size() == 2);
  CHECK(mixed.first[1].row == 3);
  CHECK(mixed.first[1].line == 4);
  CHECK_FALSE(Look(with_name("Jos\xC3\xA9")).run().encoding_trouble);
  CHECK_FALSE(Look(with_name("Jose")).run().encoding_trouble);
}

TEST_CASE("check: a mark or --encoding utf-8 says that the file is UTF-8: only damaged rows are rejected") {
  const std::string text = header_line + uuid(1) + ",Jos\xE9,1\r\n" + uuid(2) + ",Jos\xC3\xA9,1\r\n";
  Look named(text);
  named.input.encoding = "utf-8";
  for (const CheckReport& report : {Look("\xEF\xBB\xBF" + text).run(), named.run()}) {
    CHECK_FALSE(report.encoding_trouble);
    CHECK(report.sendable == 1);
    CHECK(finding(report.rejected, "input.utf8").rows == 1);
    CHECK(hints_at(report, "1 row with bytes that are not valid UTF-8"));
  }
}

TEST_CASE("check: another encoding named for a file that is UTF-8 is trouble") {
  for (const char* encoding : {"windows-1252", "gbk", "big5", "shift_jis", "latin1", "euc-kr"}) {
    CAPTURE(encoding);
    Look look(header_line + uuid(1) + ",Jos\xC3\xA9,1\r\n" + uuid(2) + ",Ann,1\r\n");
    look.input.encoding = encoding;
    const auto report = look.run();
    REQUIRE(report.encoding_trouble);
    CHECK(report.encoding_trouble->kind == EncodingTrouble::Kind::utf8_after_all);
    CHECK(report.encoding_trouble->rows == 1);
    Look ascii(header_line + uuid(1) + ",Jose,1\r\n");
    ascii.input.encoding = encoding;
    CHECK(ascii.run().clean());
  }
}

TEST_CASE("check: a damaged quote and a wrong separator are hinted at") {
  const auto damaged = Look(header_line + uuid(1) + ",\"Ada,1\r\n" + line(2) + line(3)).run();
  CHECK(finding(damaged.rejected, "input.csv.damaged").rows == 2);
  CHECK(hints_at(damaged, "--recover"));
  CHECK(hints_at(Look(header_line + uuid(1) + ";Ada;1\r\n").run(), "--delimiter"));
}

TEST_CASE("check: a file in another encoding is read as what it is") {
  Look look(header_line + uuid(1) + ",Jos\xE9,1\r\n");
  look.input.encoding = "windows-1252";
  const auto report = look.run();
  CHECK(report.clean());
  CHECK(report.encoding == "windows-1252");
  CHECK(report.bytes == std::filesystem::file_size(look.input.file));
}

TEST_CASE("check: a column that is missing is a ConfigError, a file that is not there exit 3") {
  CHECK_THROWS_AS(Look("id,name\r\n" + uuid(1) + ",Ada\r\n").run(), ConfigError);
  Look look("");
  look.input.file = look.folder.path("none.csv");
  look.input.duplicates = Duplicates::last;
  try {
    look.run();
    FAIL("no error");
  } catch (const ConfigError& error) {
    CHECK(error.exit_code() == ExitCode::input);
  }
}

TEST_CASE("check: --duplicates other than order needs an input that can be read twice, and is named") {
  Look look("");
  look.input.duplicates = Duplicates::first;
  const auto refused = [&] { CHECK_THROWS_WITH_AS(look.run(), doctest::Contains("--duplicates"), ConfigError); };
  look.input.file = "-";
  refused();
  look.input.file = look.folder.path("pipe.csv");
  REQUIRE(::mkfifo(look.input.file.c_str(), 0600) == 0);
  refused();
}

TEST_CASE("check: rows from a pipe are checked as they come") {
  Look look("");
  look.input.file = look.folder.path("pipe.csv");
  REQUIRE(::mkfifo(look.input.file.c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(look.input.file, std::ios::binary) << header_line << line(1) << "x,y,z\r\n"; });
  const auto report = look.run();
  writer.join();
  CHECK(report.rows == 2);
  CHECK(report.sendable == 1);
  CHECK(report.bytes == header_line.size() + line(1).size() + 7);
}

TEST_CASE("check: a stop ends it early, also while a pipe is silent") {
  Look file(header_line + line(1));
  file.stop = true;
  CHECK_THROWS_WITH_AS(file.run(), doctest::Contains("interrupted"), InputError);

  Look pipe("");
  pipe.input.file = pipe.folder.path("pipe.csv");
  REQUIRE(::mkfifo(pipe.input.file.c_str(), 0600) == 0);
  std::thread writer([&] {
    std::ofstream text(pipe.input.file, std::ios::binary);
    text << header_line << line(1) << std::flush;
    pipe.stop = true;
    while (pipe.stop) std::this_thread::yield();  // the pipe stays open until the check has ended
  });
  CHECK_THROWS_AS(pipe.run(), InputError);
  pipe.stop = false;
  writer.join();
}

namespace {

const FieldFinding* find(const CheckReport& report, std::string_view code, std::string_view field) {
  for (const FieldFinding& one : report.findings.fields)
    if (one.code == code && one.field == field) return &one;
  return nullptr;
}

std::string phones(const std::vector<std::string>& values) {
  std::string text = header_line;
  unsigned n = 0;
  for (const std::string& value : values) text += uuid(++n) + ",Ada,\"" + value + "\"\r\n";
  return text;
}

}  // namespace

TEST_CASE("check: damaged values are counted by field, with their places; hints leave the file clean") {
  auto report = Look(phones({"4.9E+11", "030123456", "4.8E+11", "7"})).run();
  CHECK_FALSE(report.clean());
  CHECK(report.sendable == 4);
  CHECK(report.findings.damaged_rows == 2);
  const FieldFinding* rounded = find(report, "value.scientific", "phone");
  REQUIRE(rounded);
  CHECK(rounded->rows == 2);
  CHECK(rounded->column == 3);
  CHECK(rounded->degree == Degree::damage);
  REQUIRE(rounded->first.size() == 2);
  CHECK(rounded->first[1].line == 4);
  CHECK(report.findings.fields.front().degree == Degree::damage);
  REQUIRE(find(report, "value.one_digit", "phone"));
  report = Look(phones({"7", "030123456 "})).run();
  CHECK(report.clean());
  CHECK(report.findings.fields.size() == 2);
}

TEST_CASE("check: the places of a finding are bounded, its count is not") {
  const auto report = Look(phones(std::vector<std::string>(40, "NULL"))).run();
  const FieldFinding* nulls = find(report, "value.null", "phone");
  REQUIRE(nulls);
  CHECK(nulls->rows == 40);
  CHECK(nulls->first.size() == finding_places_max);
  // Two kinds of one code in a field, each with as many places.
  std::string text = header_line;
  for (unsigned n = 1; n <= 100; ++n)
    text += uuid(n) + (n <= 20 ? ",030 1234567,5\r\n" : n <= 40 ? ",7,5\r\n" : ",Ada,5\r\n");
  const auto two_kinds = Look(text).run();
  const FieldFinding* digits = find(two_kinds, "value.name_of_digits", "name");
  REQUIRE(digits);
  CHECK(digits->rows == 40);
  CHECK(digits->first.size() == finding_places_max);
}

TEST_CASE("check: only rows that would be sent have findings") {
  const auto report = Look(header_line + uuid(1) + ",,4.9E+11\r\nx,Ada,4.9E+11\r\n").run();
  CHECK(report.sendable == 0);
  CHECK(report.findings.fields.empty());
  // Rejected behind the value that looks damaged.
  const auto later = Look("id,name,phone,dial_code\r\n" + uuid(1) + ",Ada,4.9E+11,+4912345\r\n").run();
  CHECK(later.sendable == 0);
  CHECK(later.findings.fields.empty());
}

TEST_CASE("check: columns that are swapped show in most of the values, a few odd ones are hints") {
  const std::string start = "id,name,phone,email\r\n";
  const auto row = [](unsigned n, const char* rest) { return uuid(n) + "," + rest + "\r\n"; };
  auto report = Look(start + row(1, "Ada,5551234,+4930123456") + row(2, "Bob,5551234,030 1234567") +
                     row(3, "Cid,5551234,cid@example.com"))
                    .run();
  REQUIRE(find(report, "value.columns", "email"));
  CHECK(find(report, "value.columns", "email")->rows == 2);
  CHECK(report.findings.damaged_rows == 2);
  report = Look(start + row(1, "Ada,5551234,+4930123456") + row(2, "Bob,5551234,bob@example.com")).run();
  CHECK(report.clean());
  REQUIRE(find(report, "value.no_address", "email"));
  report = Look(start + row(1, "+4930123456,Ada,a@example.com") + row(2, "030 1234567,Bob,")).run();
  CHECK(find(report, "value.columns", "name") != nullptr);
  CHECK(find(report, "value.no_digit", "phone") != nullptr);
}

TEST_CASE("check: quotes and escapes that CSV does not know are found although their rows are rejected") {
  auto report = Look(header_line + "\u201C" + uuid(1) + "\u201D,\u201CAda\u201D,\u201C5\u201D\r\n").run();
  CHECK(report.sendable == 0);
  CHECK(find(report, "value.quotes", "id") != nullptr);
  CHECK(finding(report.suspicious_ids, "id.quotes").rows == 1);
  report = Look(header_line + uuid(1) + ",\"Ada \\\"A\\\" Lee\",5551234\r\n" + uuid(2) + ",\"O\\'Hara\",5551234\r\n").run();
  CHECK(find(report, "value.backslash", "") != nullptr);
  REQUIRE(find(report, "value.backslash", "name"));
  CHECK(find(report, "value.backslash", "name")->first.front().line == 3);
  CHECK_THROWS_WITH_AS(Look("\u201Cid\u201D,\u201Cname\u201D,\u201Cphone\u201D\r\n").run(), doctest::Contains("quotes"),
                       ConfigError);
}

TEST_CASE("check: what an option cleans is no finding any more") {
  Look look("id,name,phone,email\r\n" + uuid(1) + ",Ada,'+4930123456\u202C,NULL\r\n");
  CHECK(look.run().findings.damaged_rows == 1);
  look.mapping.trim = look.mapping.strip_formula = true;
  look.mapping.null_texts = {"NULL"};
  CHECK(look.run().findings.fields.empty());
}
