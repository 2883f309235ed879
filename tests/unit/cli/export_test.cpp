#include "cli/command/export.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "unit/reporter/chain_fixture.hpp"

namespace cli = amend::cli;
using namespace amend;

TEST_CASE("export: cells that a spreadsheet would take for a formula begin with a quote mark, others stay") {
  CHECK(cli::spreadsheet_cell("=1+1") == "'=1+1");
  CHECK(cli::spreadsheet_cell("+852") == "'+852");
  CHECK(cli::spreadsheet_cell("-1") == "'-1");
  CHECK(cli::spreadsheet_cell("@SUM(A1)") == "'@SUM(A1)");
  CHECK(cli::spreadsheet_cell("\tx") == "'\tx");
  CHECK(cli::spreadsheet_cell("\rx") == "\"'\rx\"");
  CHECK(cli::spreadsheet_cell("=\"a\",b") == "\"'=\"\"a\"\",b\"");
  CHECK(cli::spreadsheet_cell("") == "");
  CHECK(cli::spreadsheet_cell("a=b") == "a=b");
  CHECK(cli::spreadsheet_cell("a,b") == "\"a,b\"");
  CHECK(cli::spreadsheet_cell("a\nb") == "\"a\nb\"");
  CHECK(cli::spreadsheet_cell("'=1") == "'=1");
}

TEST_CASE("export: full-width signs begin a formula too, and a semicolon ends no cell") {
  for (const std::string sign : {"＝", "＋", "－", "＠"}) {
    CAPTURE(sign);
    CHECK(cli::spreadsheet_cell(sign + "1+1") == "'" + sign + "1+1");
    CHECK(cli::spreadsheet_cell("1" + sign + "1") == "1" + sign + "1");
  }
  CHECK(cli::spreadsheet_cell("a;=1") == "\"a;=1\"");
  CHECK(cli::spreadsheet_cell("＝a;b") == "\"'＝a;b\"");
  CHECK(cli::spreadsheet_cell(";") == "\";\"");
  CHECK(cli::spreadsheet_cell("\xef\xbc") == "\xef\xbc");
}

TEST_CASE("export: a record is one line with as many cells as the header") {
  const std::string log = amend::test::log_of({amend::test::Row(7, Status::failed, "=id", "-CODE")});
  JournalReader reader;
  JournalRecord record;
  std::string_view input(log);
  REQUIRE(reader.parse(input, record) == JournalReader::Stop::record);
  const std::string line = cli::export_line(record);
  CHECK(line.starts_with("7,8,'=id,failed,,0,0.0,,1970-01-01T00:00:00.000Z,'-CODE,text of -CODE,api,,\r\n"));
  const std::string header(cli::export_header());
  CHECK(std::ranges::count(line, ',') == std::ranges::count(header, ','));
}
