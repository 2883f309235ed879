#include "cli/command/check.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <string>

#include "cli/text/check_report_text.hpp"
#include "unit/cli/holds.hpp"

namespace cli = amend::cli;
using amend::CheckReport;
using amend::Duplicates;
using amend::ExitCode;
using amend::Finding;
using amend::Position;

namespace {

cli::Options for_file(const char* name) {
  cli::Options options;
  options.command = cli::Command::check;
  options.config.input.file = name;
  return options;
}

CheckReport clean_report() {
  CheckReport report;
  report.encoding = "UTF-8";
  report.delimiter = ';';
  report.bytes = 1'536;
  report.mapping = {"id <- id", "name <- Full Name"};
  report.rows = report.sendable = 1'000;
  return report;
}

Finding finding(const char* code, std::uint64_t rows, std::vector<Position> first, const char* example) {
  Finding out;
  out.code = code;
  out.rows = rows;
  out.first = std::move(first);
  out.example = example;
  return out;
}

// 1,000 rows: 6 cannot be sent, and 7 of the others are of 3 customers.
CheckReport dirty_report() {
  CheckReport report = clean_report();
  report.sendable = 994;
  report.unknown_columns = {"No\x1btes"};
  report.rejected = {
      finding("input.phone.missing", 4, {{17, 18, 900}, {20, 21, 999}, {30, 31, 1'500}}, "phone is blank"),
      finding("input.id.not_uuid", 2, {{9, 10, 400}}, "\"1E+15\" is none")};
  report.suspicious_ids = {finding("id.scientific", 2, {{9, 10, 400}}, "")};
  report.duplicates.ids = 3;
  report.duplicates.rows = 7;
  report.duplicates.first = {{1, 5, 3}, {2, 6, 2}};
  report.hints = {"4 rows without a phone"};
  return report;
}

}  // namespace

TEST_CASE("check: a clean file ends with 0 and the command that updates it") {
  CHECK(cli::check_exit_code(clean_report()) == ExitCode::success);
  CHECK(cli::check_text(for_file("my export.csv"), clean_report()) ==
        "clean: every row would be sent\n"
        "  input     my export.csv, CSV, UTF-8, separator ;, 1.5 KiB\n"
        "  columns   id <- id\n"
        "            name <- Full Name\n"
        "  rows      1,000 read, 1,000 would be sent, 0 rejected\n"
        "  time      about 40.0 s at 25/s, without retries\n"
        "  next      amend update 'my export.csv'\n");
}

TEST_CASE("check: findings end with 1 and are told with their places and remedies") {
  CHECK(cli::check_exit_code(dirty_report()) == ExitCode::some_rows_failed);
  const std::string text = cli::check_text(for_file("a.csv"), dirty_report());
  CAPTURE(text);
  for (const char* part :
       {"look at the rows listed below", "not sent  No\\x1btes\n", "1,000 read, 994 would be sent, 6 rejected",
        "4 x input.phone.missing, e.g. phone is blank\n", "row 17, line 18, byte 900\n", "row 30, line 31, byte 1500\n",
        "-> Fill in the field", "2 x id.scientific: a number in scientific notation",
        "3 customers in 7 rows: sent in the order of the file; e.g. rows 1 and 5 (and 1 more), rows 2 and 6\n",
        "hint      4 rows without a phone", "about 39.7 s at 25/s", "amend writes them to rejected.csv"}) {
    CAPTURE(part);
    CHECK(holds(text, part));
  }
  CHECK_FALSE(holds(text, "\x1b"));
}

TEST_CASE("check: a customer in several rows is a finding too, and what --duplicates does with it is told") {
  CheckReport report = dirty_report();
  report.rejected.clear();
  CHECK(cli::check_exit_code(report) == ExitCode::some_rows_failed);
  CHECK(cli::rows_to_send(report, Duplicates::order) == 994);
  report.superseded = 4;
  CHECK(cli::rows_to_send(report, Duplicates::last) == 990);
  CHECK(holds(cli::duplicates_text(report, Duplicates::last),
              "the last row of each customer is sent, 4 rows superseded"));
  CHECK(holds(cli::duplicates_text(report, Duplicates::first), "the first row of each customer is sent"));
  report.superseded = 0;
  CHECK(cli::rows_to_send(report, Duplicates::reject) == 987);
  CHECK(holds(cli::duplicates_text(report, Duplicates::reject), "none of these rows is sent"));
}

TEST_CASE("check: a count that memory cut short is said to be a lower bound") {
  CheckReport report = dirty_report();
  report.duplicates.exact = false;
  report.duplicates.rows_seen = 22'000'000;
  CHECK(cli::duplicates_text(report, Duplicates::order).starts_with("at least 3 customers in 7 rows: "));
  report.duplicates.ids = 0;
  CHECK(cli::duplicates_text(report, Duplicates::order) == "no duplicates in the first 22,000,000 rows");
}

TEST_CASE("check: a position that is only a row number is told as one") {
  CHECK(cli::where({17, 0, 0}) == "row 17");
  CHECK(cli::where({1, 1, 0}) == "row 1, line 1, byte 0");
}

namespace {

amend::RateSetting every(std::chrono::nanoseconds interval, amend::RateMode mode = amend::RateMode::fixed) {
  amend::RateSetting rate;
  rate.mode = mode;
  rate.interval = interval;
  return rate;
}

}  // namespace

TEST_CASE("check: without a rate nobody knows how long it takes") {
  using namespace std::chrono_literals;
  CHECK(cli::time_at_rate(100, every(0ns)).count() < 0);
  CHECK(holds(cli::time_text(100, every(0ns)), "as fast as the API responds"));
  const auto found_out = every(10ms, amend::RateMode::adaptive);
  CHECK(cli::time_at_rate(100, found_out).count() < 0);
  CHECK(holds(cli::time_text(100, found_out), "(--rate auto)"));
  CHECK(cli::time_at_rate(10'000'000, every(60s)) == 600'000'000s);
}

TEST_CASE("check: the kind of input is told in words") {
  CHECK(cli::input_kind(amend::Format::csv, '\t', "UTF-16LE") == "CSV, UTF-16LE, separator TAB");
  CHECK(cli::input_kind(amend::Format::csv, ',', "UTF-8") == "CSV, UTF-8, separator comma");
  CHECK(cli::input_kind(amend::Format::ndjson, ',', "UTF-8") == "NDJSON, UTF-8");
}

TEST_CASE("check: the next command repeats the options that describe the input, quoted for a shell") {
  cli::Options options = for_file("a.csv");
  options.input_settings = {{"map", {"name=Full Name", "phone=Tel"}}, {"trim", {"true"}}, {"delimiter", {";"}}};
  CHECK(cli::update_command_for(options) ==
        "amend update a.csv --map 'name=Full Name' --map phone=Tel --trim --delimiter ';'");
  options.save_config = "export.toml";
  CHECK(cli::update_command_for(options) == "amend update a.csv --config export.toml");
  CHECK(cli::update_command_for(for_file("-")) == "amend update - --yes");
}

TEST_CASE("check: --json is one object that holds all of it, whatever bytes the file holds") {
  CheckReport report = dirty_report();
  report.unknown_columns = {"\xff\"\n"};
  report.rejected.push_back(finding("input.id.duplicate", 1, {{8, 0, 0}}, ""));
  cli::Options options = for_file("a.csv");
  options.config.mapping.blanks = {{"email", amend::Blank::null}, {"name", amend::Blank::omit}};
  const std::string text = cli::check_json(options, report);
  CAPTURE(text);
  const auto object = boost::json::parse(text).as_object();
  CHECK(object.at("delimiter").as_string() == ";");
  CHECK(object.at("to_send").as_int64() == 994);
  CHECK(object.at("rejected_rows").as_int64() == 7);
  CHECK(object.at("exit_code").as_int64() == 1);
  CHECK_FALSE(object.at("clean").as_bool());
  CHECK(object.at("seconds").as_double() == doctest::Approx(39.76));
  CHECK(object.at("blank").as_object().size() == 1);
  CHECK(object.at("blank").at("email").as_string() == "null");
  CHECK(object.at("unknown_columns").as_array().front().as_string() == "\\xff\"\\x0a");
  const auto& first = object.at("rejected").as_array().front().as_object();
  CHECK(first.at("rows").as_int64() == 4);
  CHECK(first.at("first").as_array().size() == 3);
  CHECK(first.at("first").as_array().front().at("byte").as_int64() == 900);
  CHECK(object.at("rejected").as_array().back().at("first").as_array().front().at("line").is_null());
  CHECK(object.at("duplicates").at("customers").as_int64() == 3);

  report.format = amend::Format::ndjson;
  options.config.load.rate.interval = std::chrono::nanoseconds(0);
  const auto other = boost::json::parse(cli::check_json(options, report)).as_object();
  CHECK(other.at("delimiter").is_null());
  CHECK(other.at("seconds").is_null());
  CHECK(other.size() == object.size());
}

TEST_CASE("opening: what the check found is told in a few lines before the first request") {
  cli::Options options = for_file("a b.csv");
  CHECK(cli::check_lines(options, clean_report()) ==
        "  check     1,000 rows: 1,000 to send\n"
        "  time      about 40.0 s at 25/s, without retries\n");
  const std::string text = cli::check_lines(options, dirty_report());
  CHECK(holds(text, "1,000 rows: 994 to send, 6 would be rejected (amend check 'a b.csv' shows them)\n"));
  CHECK(holds(text, "3 customers in 7 rows: sent in the order of the file"));
}

TEST_CASE("opening: --strict stops at the first row of the file that would be rejected, not at the first kind") {
  CHECK_NOTHROW(cli::refuse_rejected(clean_report()));
  try {
    cli::refuse_rejected(dirty_report(), "amend check a.csv");
    FAIL("not refused");
  } catch (const amend::ConfigError& error) {
    CHECK(error.exit_code() == ExitCode::input);
    CHECK(error.next() == "amend check a.csv");
    CHECK(
        std::string(error.what()) ==
        "--strict: row 9, line 10, byte 400 would be rejected, input.id.not_uuid: \"1E+15\" is none; nothing was sent");
  }
}

TEST_CASE("check: with --deadline it is said whether the rows fit, and how many do not") {
  using namespace std::chrono_literals;
  CHECK(cli::deadline_text(100, every(40ms), 1h) == "in 1 h 00 min: enough for all rows, with 59 min 56 s left");
  CHECK(cli::deadline_text(100'000, every(40ms), 1h) ==
        "in 1 h 00 min: not enough time; amend sends about 90,000 of 100,000 rows until then, the other rows stay "
        "unsent");
  CHECK(cli::deadline_text(100, every(0ns), 1h) == "in 1 h 00 min; rows not sent until then stay unsent");
  amend::Config config;
  CHECK(cli::deadline_line(config, 100, {}).empty());
  config.deadline.run = 8h;
  CHECK(cli::deadline_line(config, 100, {}).starts_with("  deadline  in 8 h 00 min: enough"));
}
