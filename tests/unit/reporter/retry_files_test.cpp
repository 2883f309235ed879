#include "reporter/retry_files.hpp"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <fstream>

#include "amend/run/journal.hpp"
#include "reader/csv/csv_parser.hpp"
#include "reporter/retry_file_rows.hpp"
#include "reporter/unsealed_retry_file.hpp"
#include "unit/reporter/fixture.hpp"

namespace amend {
namespace {

using Table = std::vector<std::vector<std::string>>;
using test::Rows;
using test::TemporaryDirectory;

const std::string utf8_mark = "\xEF\xBB\xBF";

// Reads a file as the next run would, and hands out the raw rows too.
Table read_csv(const std::string& text, std::vector<std::string>* raws = nullptr) {
  Table table;
  std::string_view input = text;
  if (input.starts_with(utf8_mark)) input.remove_prefix(utf8_mark.size());
  CsvParser parser(',', 1 << 20, 100);
  Record record;
  while (parser.parse(input, record) == CsvParser::Stop::record) {
    CHECK_FALSE(record.fault());
    table.emplace_back();
    for (std::size_t i = 0; i < record.size(); ++i) table.back().emplace_back(record.field(i));
    if (raws) raws->push_back(record.raw());
  }
  CHECK(parser.finish(record) == CsvParser::Stop::end);
  return table;
}

std::string write_one(const InputLayout& layout, Status status, std::string_view raw, const std::string& name) {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  Rows rows;
  const auto sink = open_retry_files(run, layout);
  sink->write(test::list(rows.failed(status, raw, "E,1", "say \"no\"", 18)));
  sink->close();
  CHECK(run.files() == std::vector<std::string>{name});
  CHECK(test::mode_of(run.path(name)) == 0600);
  return test::content(run.path(name));
}

TEST_CASE("retry_files: success makes no file; each other status its own, on its first row") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  Rows rows;
  const auto sink = open_retry_files(run, InputLayout(Format::csv, {"id"}));
  sink->write(test::list(rows.make(Status::success, "a", "a")));
  CHECK(run.files().empty());
  sink->write(test::list(rows.failed(Status::failed, "a", "x", "y", 2), rows.failed(Status::unknown, "b", "x", "y", 3),
                         rows.failed(Status::failed, "c", "x", "y", 4)));
  sink->close();
  CHECK(run.files() == std::vector<std::string>{"failed.csv", "unknown.csv"});
  CHECK(test::content(run.path("failed.csv")) ==
        utf8_mark + "id,amend_line,amend_error_code,amend_error\r\na,2,x,y\r\nc,4,x,y\r\n");
}

TEST_CASE("retry_files: quotes, line breaks and separators come back as they were, from a file with ;") {
  const InputLayout layout(Format::csv, {"id", "na;me", "phone"}, ';');
  const auto table = read_csv(write_one(layout, Status::failed, "7;\"a \"\"b\"\", c\r\nd\";+852", "failed.csv"));
  REQUIRE(table.size() == 2);
  CHECK(table[0] == std::vector<std::string>{"id", "na;me", "phone", "amend_line", "amend_error_code", "amend_error"});
  CHECK(table[1] == std::vector<std::string>{"7", "a \"b\", c\r\nd", "+852", "18", "E,1", "say \"no\""});
}

TEST_CASE("retry_files: a file fed back twice has each amend_ column once") {
  const InputLayout layout(Format::csv, {"id", "name"});
  std::vector<std::string> raws;
  const auto first = read_csv(write_one(layout, Status::rejected, "7,\"a,b\"", "rejected.csv"), &raws);
  REQUIRE(first.size() == 2);
  const InputLayout again(Format::csv, first[0]);
  const auto second = read_csv(write_one(again, Status::rejected, raws[1], "rejected.csv"));
  CHECK(second == first);
}

TEST_CASE("retry_files: a row that cannot be parsed has empty cells and its text in amend_raw") {
  const InputLayout layout(Format::csv, {"id", "name"});
  auto table = read_csv(write_one(layout, Status::rejected, "7,a,\"b", "rejected.csv"));
  REQUIRE(table.size() == 2);
  CHECK(table[0].back() == "amend_raw");
  CHECK(table[1] == std::vector<std::string>{"", "", "18", "E,1", "say \"no\"", "7,a,\"b"});
  table = read_csv(write_one(layout, Status::rejected, std::string_view("7,\xFF\0", 4), "rejected.csv"));
  CHECK(table[1].back() == "7,\\xff\\x00");
  table = read_csv(write_one(layout, Status::rejected, "1,2,\n" + std::string(5000, 'x'), "rejected.csv"));
  CHECK(table[1].back().size() == 4096);
}

TEST_CASE("retry_files: a line from inside a damaged quote never comes back as cells, though it looks like a row") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  Rows rows;
  const auto sink = open_retry_files(run, InputLayout(Format::csv, {"id", "name"}));
  sink->write(test::list(rows.failed(Status::rejected, "7,Ann", "input.csv.damaged", "x", 18)));
  sink->close();
  const auto table = read_csv(test::content(run.path("rejected.csv")));
  REQUIRE(table.size() == 2);
  CHECK(table[1] == std::vector<std::string>{"", "", "18", "input.csv.damaged", "x", "7,Ann"});
}

TEST_CASE("retry_files: a refused row that was cut never comes back as a row with a shorter value") {
  const InputLayout layout(Format::csv, {"id", "name"});
  const auto last_row = [&layout](RetryFileKind kind, const std::string& text) {
    CsvParser parser(',', 20'000, 100);
    Record record;
    std::string_view input = text;
    REQUIRE(parser.parse(input, record) == CsvParser::Stop::record);
    REQUIRE(record.fault());
    std::string out;
    RetryFileRows(layout, kind).append_row(out, 2, record.raw(), &*record.fault());
    return read_csv(out).back();
  };
  const std::string long_value(5000, 'x');
  for (const std::string& row :
       {"7," + long_value + "\"y\n", "7," + long_value + "\xFF\n", "7," + long_value + std::string(1, '\0') + "\n",
        "7," + std::string(30'000, 'x') + "\n", "7,\xE2\x82\xAC" + long_value + "\"y\n",
        "7," + std::string(4093, 'x') + "\xE2\x82\xAC\"y\n",
        "7," + std::string(4090, 'x') + "\x80\x80\x80\x80\x80\n"}) {
    for (const RetryFileKind kind : {RetryFileKind::rejected, RetryFileKind::unsent}) {
      const auto cells = last_row(kind, row);
      CHECK(cells[0].empty());
      CHECK(cells[1].empty());
      CHECK(row.starts_with(cells.back()));
      CHECK(cells.back().size() >= 4092);
    }
  }
}

TEST_CASE("retry_files: a row refused for its values comes back as cells, however long it is") {
  const InputLayout layout(Format::csv, {"id", "name"});
  const Reason reason("input.name.too_long", "x", Origin::input);
  for (const std::size_t length : {4000U, 4091U, 4094U, 4096U, 9000U}) {
    std::string out;
    RetryFileRows(layout, RetryFileKind::rejected).append_row(out, 2, "7," + std::string(length, 'x'), &reason);
    CHECK(read_csv(out).back()[1].size() == length);
  }
}

TEST_CASE("retry_files: a row that was read in the wrong encoding never comes back as cells, though it parses") {
  const Reason reason("input.encoding", "x", Origin::input);
  for (const RetryFileKind kind : {RetryFileKind::rejected, RetryFileKind::unsent}) {
    std::string out;
    RetryFileRows(InputLayout(Format::csv, {"id", "name"}), kind).append_row(out, 2, "7,\xC3\xA9", &reason);
    CHECK(read_csv(out).back()[1].empty());
    CHECK(read_csv(out).back().back() == "7,\xC3\xA9");
  }
}

TEST_CASE("settle: files are in the order of the input, without the rows that were overtaken; those edited stay") {
  for (const Format format : {Format::csv, Format::ndjson}) {
    TemporaryDirectory directory;
    const RunDirectory run(directory / "run");
    const bool csv = format == Format::csv;
    const InputLayout layout(format, csv ? std::vector<std::string>{"id", "name"} : std::vector<std::string>{});
    const std::string extension = csv ? ".csv" : ".ndjson";
    Rows rows;
    const auto sink = open_retry_files(run, layout);
    const auto raw = [&](const std::string& id) { return csv ? id + ",\"x\r\ny\"" : "{\"id\":\"" + id + "\"}"; };
    const auto ids = [&](const std::string& name) {
      std::string found;
      const std::string text = test::content(run.path(name + extension));
      for (const char id : std::string("abcdef"))
        if (text.find(csv ? std::string("\n") + id + "," : std::string("\"") + id + "\"") != std::string::npos)
          found += id;
      return found;
    };
    sink->write(test::list(
        rows.failed(Status::failed, raw("c"), "x", "y", 9), rows.failed(Status::failed, raw("a"), "x", "y", 2),
        rows.failed(Status::rejected, raw("e"), "x", "y", 30), rows.failed(Status::rejected, raw("d"), "x", "y", 5),
        rows.failed(Status::failed, raw("b"), "x", "y", 4), rows.failed(Status::unknown, raw("f"), "x", "y", 7)));
    sink->close();
    const std::string unsorted = test::content(run.path("rejected" + extension));
    RowSet overtaken;
    overtaken.insert(4);
    overtaken.insert(7);
    const std::vector<std::string> edited{"rejected" + extension};
    rewrite_retry_files(run, layout, overtaken, edited);
    const std::string failed = test::content(run.path("failed" + extension));
    CHECK(ids("failed") == "ac");
    CHECK(failed.find(csv ? "\na," : "\"a\"") < failed.find(csv ? "\nc," : "\"c\""));
    CHECK(run.files() == std::vector<std::string>{"failed" + extension, "rejected" + extension});
    CHECK(test::content(run.path("rejected" + extension)) == unsorted);
    rewrite_retry_files(run, layout, overtaken);
    const std::string rejected = test::content(run.path("rejected" + extension));
    CHECK(rejected.find(csv ? "\nd," : "\"d\"") < rejected.find(csv ? "\ne," : "\"e\""));
    CHECK(rejected.size() == unsorted.size());
    if (csv) CHECK(rejected.starts_with(utf8_mark));
  }
}

TEST_CASE("unsealed: cut anywhere, with NULs behind it or not, a retry file is as written; edited anywhere it is not") {
  class Kind {
   public:
    std::string name;
    RetryFileKind kind;
    std::optional<Status> status;
  };
  const std::vector<std::string> csv_rows{"a,1", "b,\"2\r\n\"\"x,3\"", "c,3", "d,4"};
  const std::vector<std::string> json_rows{R"({"id":"a"})", R"({"id":"b","n":[1]})", R"({"id":"c"})", "{}"};
  const Reason reason("x", "y\nz", Origin::input);
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  for (const Kind& kind :
       {Kind{"failed", RetryFileKind::sent, Status::failed}, Kind{"unknown", RetryFileKind::sent, Status::unknown},
        Kind{"rejected", RetryFileKind::rejected, Status::rejected},
        Kind{"unsent", RetryFileKind::unsent, std::nullopt}}) {
    for (const bool csv : {true, false}) {
      CAPTURE(kind.name);
      CAPTURE(csv);
      const InputLayout layout(csv ? Format::csv : Format::ndjson,
                               csv ? std::vector<std::string>{"id", "name"} : std::vector<std::string>{});
      const auto& raws = csv ? csv_rows : json_rows;
      RetryFileRows rows(layout, kind.kind);
      std::string whole;
      rows.append_header(whole);
      for (const std::size_t i : {2, 0, 1}) rows.append_row(whole, 2 + 3 * i, raws[i], &reason);  // as they ended
      std::string again;
      rows.append_row(again, 5, raws[1], &reason);
      const std::string name = kind.name + (csv ? ".csv" : ".ndjson");
      const auto is_same = [&](const std::string& content, std::optional<Status> status) {
        std::ofstream(run.path(name), std::ios::binary) << content;  // not durable: there are thousands
        UnsealedRetryFile file(run, name, layout);
        for (std::size_t i = 0; i < raws.size(); ++i) file.compare(status, 2 + 3 * i, raws[i], &reason);
        return file.is_as_written();
      };
      for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
        CAPTURE(bytes);
        CHECK(is_same(whole.substr(0, bytes), kind.status));
        CHECK(is_same(whole.substr(0, bytes) + std::string(whole.size() - bytes, '\0'), kind.status));
        if (bytes == whole.size()) continue;
        std::string edited = whole;
        edited[bytes] = edited[bytes] == '7' ? '8' : '7';
        CHECK_FALSE(is_same(edited, kind.status));
        CHECK_FALSE(is_same(edited.substr(0, bytes + 1), kind.status));
      }
      CHECK_FALSE(is_same(whole, Status::success));  // the log differs
      CHECK_FALSE(is_same(whole + again, kind.status));
      CHECK_FALSE(is_same(whole + std::string(70'000, 'x'), kind.status));
      CHECK(is_same(whole + std::string(70'000, '\0'), kind.status));
    }
  }
}

TEST_CASE("settle: a file that ends within a row was changed: it is refused, and stays as it is") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  const std::string csv =
      std::string(utf8_mark) + "id,amend_line,amend_error_code,amend_error\r\na,9,x,y\r\nb,2,x,y\r\n";
  const std::string json = "{\"id\":\"a\",\"amend_line\":9}\n{\"id\":\"b\",\"amend_line\":2}\n";
  for (const std::string& text :
       {csv.substr(0, csv.size() - 2), csv + "\"c,3,x,y\r\nd,4,x,y\r\n", json.substr(0, json.size() - 1)}) {
    const bool is_csv = text.starts_with(utf8_mark);
    const InputLayout layout(is_csv ? Format::csv : Format::ndjson,
                             is_csv ? std::vector<std::string>{"id"} : std::vector<std::string>{});
    const std::string name = is_csv ? "failed.csv" : "failed.ndjson";
    run.write_file(name, text);
    CHECK_THROWS_AS(rewrite_retry_files(run, layout, RowSet()), InputError);
    CHECK(test::content(run.path(name)) == text);
    run.remove(name);
  }
}

TEST_CASE("retry_files: an NDJSON line that was cut is not taken for an object") {
  std::string line = "{\"id\":\"7\"}";
  line.resize(4096, ' ');
  const Reason reason("input.row.too_large", "x", Origin::input);
  std::string out;
  RetryFileRows(InputLayout(Format::ndjson), RetryFileKind::rejected).append_row(out, 2, line, &reason);
  CHECK_FALSE(boost::json::parse(out).as_object().contains("id"));
  CHECK(boost::json::parse(out).at("amend_raw") == line.c_str());
}

TEST_CASE("retry_files: an NDJSON line refused after it was read is whole, however long it is") {
  const std::string line = "{\"id\":\"7\",\"name\":\"" + std::string(5000, 'x') + "\"}";
  const Reason reason("input.json.duplicate_key", "x", Origin::input);
  std::string out;
  RetryFileRows(InputLayout(Format::ndjson), RetryFileKind::rejected).append_row(out, 2, line, &reason);
  CHECK(boost::json::parse(out).at("name").as_string().size() == 5000);
}

TEST_CASE("retry_files: an NDJSON line travels byte for byte, with the reasons behind it") {
  const InputLayout layout(Format::ndjson);
  CHECK(write_one(layout, Status::failed, R"( { "id" : "7", "n":1.50e0, "o":{"a":[1,"}"]} } )", "failed.ndjson") ==
        R"({ "id" : "7", "n":1.50e0, "o":{"a":[1,"}"]} ,"amend_line":18,"amend_error_code":"E,1",)"
        R"("amend_error":"say \"no\""})"
        "\n");
}

TEST_CASE("retry_files: NDJSON members of ours are replaced, also when written with escapes") {
  const InputLayout layout(Format::ndjson);
  const std::string line = R"({"amend_line":3,"id":"a,\"amend_","\u0061mend_error":"x","z":"\\"})";
  const std::string want = R"({"id":"a,\"amend_","z":"\\","amend_line":18,"amend_error_code":"E,1",)"
                           R"("amend_error":"say \"no\""})"
                           "\n";
  CHECK(write_one(layout, Status::failed, line, "failed.ndjson") == want);
  CHECK(write_one(layout, Status::failed, want.substr(0, want.size() - 1), "failed.ndjson") == want);
  CHECK(write_one(layout, Status::failed, "{ }", "failed.ndjson").starts_with("{\"amend_line\":18,"));
}

TEST_CASE("retry_files: an NDJSON line that is no object becomes one that says so") {
  const std::string line =
      write_one(InputLayout(Format::ndjson), Status::rejected, "{\"id\":\"\xFF\n", "rejected.ndjson");
  const auto value = boost::json::parse(line);
  CHECK(value.at("amend_line") == 18);
  CHECK(value.at("amend_error_code") == "E,1");
  CHECK(value.at("amend_raw") == "{\"id\":\"\\xff\n");
}

TEST_CASE("retry_files: a full disk is a DurabilityError") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  std::filesystem::create_symlink("/dev/full", run.path("failed.csv"));
  Rows rows;
  const auto sink = open_retry_files(run, InputLayout(Format::csv, {"id"}));
  CHECK_THROWS_AS(sink->write(test::list(rows.failed(Status::failed, "a", "x", "y", 2))), DurabilityError);
  CHECK_THROWS_AS(sink->write(test::list(rows.failed(Status::failed, "a", "x", "y", 2))), DurabilityError);
}

TEST_CASE("unsent: the file appears complete at close, and not before") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  run.write_file("unsent.csv.tmp", "left by a run that was killed");
  UnsentWriter writer(run, InputLayout(Format::csv, {"id", "amend_line"}));
  std::string rest;
  for (std::uint64_t line = 2; line < 20'002; ++line) {
    writer.add(Position(line - 1, line, 0), "007,9");
    rest += "007," + std::to_string(line) + ",\r\n";
  }
  CHECK(run.files().empty());
  CHECK(writer.count() == 20'000);
  writer.close();
  CHECK(run.files() == std::vector<std::string>{"unsent.csv"});
  CHECK(test::content(run.path("unsent.csv")) == utf8_mark + "id,amend_line,amend_raw\r\n" + rest);
}

TEST_CASE("unsent: a line from inside a damaged quote never comes back as a row") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  UnsentWriter csv(run, InputLayout(Format::csv, {"id", "name"}));
  const Reason damaged("input.csv.damaged", "x", Origin::input);
  csv.add(Position(1, 2, 8), "7,Ann");
  csv.add(Position(2, 3, 14), "8,Bob", &damaged);
  csv.close();
  CHECK(test::content(run.path("unsent.csv")) ==
        utf8_mark + "id,name,amend_line,amend_raw\r\n7,Ann,2,\r\n,,3,\"8,Bob\"\r\n");
  UnsentWriter ndjson(run, InputLayout(Format::ndjson));
  const Reason syntax("input.json.syntax", "x", Origin::input);
  ndjson.add(Position(1, 1, 0), "{", &syntax);
  ndjson.close();
  CHECK(test::content(run.path("unsent.ndjson")) == "{\"amend_line\":1,\"amend_raw\":\"{\"}\n");
}

TEST_CASE("unsent: a file that was not completed leaves nothing behind") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  {
    UnsentWriter writer(run, InputLayout(Format::csv, {"id"}));
    for (std::uint64_t line = 2; line < 20'002; ++line) writer.add(Position(line - 1, line, 0), "007");
    CHECK(std::filesystem::exists(run.path("unsent.csv.tmp")));
  }
  CHECK_FALSE(std::filesystem::exists(run.path("unsent.csv.tmp")));
  CHECK(run.files().empty());
}

TEST_CASE("unsent: no row, no file") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  UnsentWriter writer(run, InputLayout(Format::ndjson));
  writer.close();
  CHECK(run.files().empty());
}

}  // namespace
}  // namespace amend
