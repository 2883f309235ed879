#include "amend/run/result_log.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "amend/run/log_reading.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "unit/reporter/fixture.hpp"

namespace amend {
namespace {

using namespace std::chrono_literals;
using test::Rows;
using test::TemporaryDirectory;

constexpr std::string_view uuid = "0b7ad3a5-6d5c-4c5e-9c0f-3f1f0c1d2e3f";

Outcome sent(Rows& rows, Status status, std::uint16_t http) {
  Outcome outcome = rows.make(status, uuid, "");
  outcome.http = http;
  outcome.attempts = 1;
  outcome.service = 12'345'678ns;
  std::ranges::copy(std::string_view("11111111-2222-4333-8444-555555555555"), outcome.request_id.begin());
  outcome.at = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 12h + 123ms;
  return outcome;
}

// Without the seal that ends every line (journal_test.cpp).
std::string line_of(const Outcome& outcome) {
  std::string out;
  ResultLine().append(out, outcome);
  const std::size_t seal = out.rfind(",\"hash\":\"");
  REQUIRE(seal != std::string::npos);
  CHECK(out.size() - seal == 9 + 16 + 9 + 8 + 3);
  return out.substr(0, seal) + "}\n";
}

const std::string head = "{\"row\":17,\"line\":18,\"id\":\"0b7ad3a5-6d5c-4c5e-9c0f-3f1f0c1d2e3f\",";
const std::string tail =
    "\"attempts\":1,\"ms\":12.3,\"request_id\":\"11111111-2222-4333-8444-555555555555\","
    "\"at\":\"2026-11-23T12:00:00.123Z\"";

TEST_CASE("result_log: the line of a success, and of one with a warning") {
  Rows rows;
  Outcome outcome = sent(rows, Status::success, 200);
  CHECK(line_of(outcome) == head + "\"status\":\"success\",\"http\":200," + tail + "}\n");
  outcome.remark = std::make_unique<Remark>();
  outcome.remark->warning = "slow";
  CHECK(line_of(outcome) == head + "\"status\":\"success\",\"http\":200," + tail + ",\"warning\":\"slow\"}\n");
}

TEST_CASE("result_log: until when a request of the row may be applied is read back") {
  Rows rows;
  Outcome outcome = sent(rows, Status::success, 200);
  outcome.late_until = outcome.at + 29s + 1us;
  CHECK(line_of(outcome).ends_with(",\"late_until_ms\":1795435229124}\n"));
  outcome.status = Status::failed;
  outcome.reason = std::make_unique<Reason>("E1", R"(,"late_until_ms":7)", Origin::api);
  for (const bool late : {true, false}) {
    if (!late) outcome.late_until = {};
    std::string log;
    ResultLine().append(log, outcome);
    JournalReader reader;
    JournalRecord record;
    std::string_view input = log;
    REQUIRE(reader.parse(input, record) == JournalReader::Stop::record);
    CHECK(record.late_until_ms == (late ? 1'795'435'229'124 : 0));
  }
}

TEST_CASE("result_log: a success tells which fields the answer showed otherwise, behind its warning") {
  Rows rows;
  Outcome outcome = sent(rows, Status::success, 200);
  outcome.remark = std::make_unique<Remark>();
  outcome.remark->drift = 0b10;
  outcome.remark->drift_mark = 0xAB;
  const std::string mark = ",\"drift_mark\":\"00000000000000ab\"}\n";
  CHECK(line_of(outcome) == head + "\"status\":\"success\",\"http\":200," + tail + ",\"drift\":[\"phone\"]" + mark);
  outcome.remark->drift = 0b1000101;
  outcome.remark->warning = "slow";
  CHECK(line_of(outcome) == head + "\"status\":\"success\",\"http\":200," + tail +
                                ",\"warning\":\"slow\",\"drift\":[\"name\",\"email\",\"default_payment_token\"]" +
                                mark);
  outcome.status = Status::failed;
  CHECK(line_of(outcome).find("drift") == std::string::npos);
}

TEST_CASE("result_log: the fields that drifted are read back, whichever they are") {
  Rows rows;
  Outcome outcome = sent(rows, Status::success, 200);
  outcome.remark = std::make_unique<Remark>();
  for (unsigned drift = 0; drift < 1U << wonder::customer_field_count; ++drift) {
    outcome.remark->drift = static_cast<std::uint8_t>(drift);
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < wonder::customer_field_count; ++i)
      if ((drift >> i & 1) != 0) expected.emplace_back(wonder::customer_fields()[i].name);
    CHECK(RecordText(line_of(outcome)).drift == expected);
  }
}

TEST_CASE("result_log: an unchanged row has no reason, whether it was looked at once more or nothing was sent") {
  Rows rows;
  Outcome outcome = sent(rows, Status::unchanged, 200);
  CHECK(line_of(outcome) == head + "\"status\":\"unchanged\",\"http\":200," + tail + "}\n");
  const std::string line = line_of(rows.make(Status::unchanged, uuid, ""));
  CHECK(line == head + "\"status\":\"unchanged\",\"attempts\":0,\"ms\":0.0,\"at\":\"1970-01-01T00:00:00.000Z\"}\n");
  std::string sealed;
  ResultLine().append(sealed, outcome);
  JournalReader reader;
  JournalRecord record;
  std::string_view rest = sealed;
  REQUIRE(reader.parse(rest, record) == JournalReader::Stop::record);
  CHECK(record.status == Status::unchanged);
}

TEST_CASE("result_log: a failed row tells code, text and source; a card error that the profile was updated") {
  Rows rows;
  Outcome outcome = sent(rows, Status::failed, 200);
  outcome.reason = std::make_unique<Reason>("CARD", "no \"card\"", Origin::payment_token);
  outcome.applied = Applied::yes;
  CHECK(line_of(outcome) == head + "\"status\":\"failed\",\"http\":200," + tail +
                                ",\"error_code\":\"CARD\",\"error\":\"no \\\"card\\\"\",\"source\":\"payment_token\","
                                "\"applied\":true}\n");
}

TEST_CASE("result_log: an unknown row has no http and may be applied") {
  Rows rows;
  Outcome outcome = sent(rows, Status::unknown, 0);
  outcome.reason = std::make_unique<Reason>("transport.timeout", "no answer", Origin::transport);
  outcome.applied = Applied::maybe;
  CHECK(line_of(outcome) ==
        head + "\"status\":\"unknown\"," + tail +
            ",\"error_code\":\"transport.timeout\",\"error\":\"no answer\",\"source\":\"transport\","
            "\"applied\":\"maybe\"}\n");
}

TEST_CASE("result_log: a rejected row has no request id, and its id may be any bytes") {
  Rows rows;
  Outcome outcome = rows.make(Status::rejected, std::string_view("\xFF\"\n\0caf\xC3\xA9", 9), "");
  outcome.reason = std::make_unique<Reason>("input.utf8", "not UTF-8", Origin::input);
  CHECK(line_of(outcome) ==
        "{\"row\":17,\"line\":18,\"byte\":900,\"id\":\"\\\\xff\\\"\\n\\u0000caf\xC3\xA9\",\"status\":\"rejected\","
        "\"attempts\":0,"
        "\"ms\":0.0,\"at\":\"1970-01-01T00:00:00.000Z\",\"error_code\":\"input.utf8\",\"error\":\"not UTF-8\","
        "\"source\":\"input\"}\n");
}

TEST_CASE("result_log: the second is not kept too long, and ms is rounded") {
  Rows rows;
  Outcome outcome = sent(rows, Status::success, 200);
  ResultLine line;
  std::string out;
  line.append(out, outcome);
  out.clear();
  outcome.at += 877ms;
  outcome.service = 9'950'000ns;
  line.append(out, outcome);
  CHECK(out.find("\"at\":\"2026-11-23T12:00:01.000Z\"") != std::string::npos);
  CHECK(out.find("\"ms\":10.0,") != std::string::npos);
}

TEST_CASE("result_log: every pair of bytes in an id gives a line that is JSON") {
  Rows rows;
  for (int first = 0; first < 256; ++first) {
    for (const int second : {0x00, 0x22, 0x5C, 0x41, 0x80, 0xA9, 0xC3, 0xED, 0xF4, 0xFF}) {
      const char id[] = {static_cast<char>(first), static_cast<char>(second)};
      boost::json::error_code error;
      boost::json::parse(line_of(rows.make(Status::rejected, std::string_view(id, 2), "")), error);
      CAPTURE(first);
      CAPTURE(second);
      CHECK_FALSE(error);
    }
  }
}

TEST_CASE("result_log: a character of an id is told the same wherever it stands") {
  Rows rows;
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const std::string special(1, static_cast<char>(byte));
    const auto told = [&](const std::string& id) {
      const std::string line = line_of(rows.make(Status::rejected, id, ""));
      const auto begin = line.find("\"id\":\"") + 6;
      return line.substr(begin, line.find("\",\"status\"") - begin);
    };
    const std::string alone = told(special);
    const std::string letters = "abcdefghijklmnopqrst~ !";
    for (std::size_t at = 0; at < letters.size(); ++at) {
      CAPTURE(at);
      CHECK(told(letters.substr(0, at) + special + letters.substr(at)) ==
            letters.substr(0, at) + alone + letters.substr(at));
    }
  }
}

TEST_CASE("result_log: lines are in the file after write, in order; the file is 0600") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  Rows rows;
  const auto log = open_result_log(run);
  log->write(test::list(sent(rows, Status::success, 200), sent(rows, Status::success, 201)));
  log->write(test::list(sent(rows, Status::success, 202)));
  const std::string text = test::content(run.path("results.ndjson"));
  CHECK(std::ranges::count(text, '\n') == 3);
  CHECK(text.find("\"http\":201") < text.find("\"http\":202"));
  CHECK(test::mode_of(run.path("results.ndjson")) == 0600);
  log->close();
}

TEST_CASE("result_log: a full disk is a DurabilityError, and the log stays dead") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  std::filesystem::create_symlink("/dev/full", run.path("results.ndjson"));
  Rows rows;
  const auto log = open_result_log(run);
  const auto outcomes = test::list(sent(rows, Status::success, 200));
  try {
    log->write(outcomes);
    FAIL("the disk is full");
  } catch (const DurabilityError& error) {
    CHECK(error.error_number() == ENOSPC);
    CHECK(std::string(error.what()).find("results.ndjson: cannot write: No space left") != std::string::npos);
  }
  // Were the descriptor tried again, this would be written.
  std::filesystem::remove(run.path("results.ndjson"));
  CHECK_THROWS_AS(log->write(outcomes), DurabilityError);
  CHECK_THROWS_AS(log->flush(), DurabilityError);
  CHECK_THROWS_AS(log->close(), DurabilityError);
}

TEST_CASE(
    "result_log: a log that was deleted, moved, replaced, cut or written to is noticed at the next commit, and stays "
    "dead") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  const std::string file = run.path("results.ndjson");
  Rows rows;
  const auto log = open_result_log(run);
  const auto outcomes = test::list(sent(rows, Status::success, 200));
  log->write(outcomes);
  log->flush();
  const std::uint64_t durable = log->bytes_durable();
  CHECK(durable == std::filesystem::file_size(file));
  SUBCASE("deleted") { std::filesystem::remove(file); }
  SUBCASE("moved") { std::filesystem::rename(file, file + ".1"); }
  SUBCASE("deleted with its directory") { std::filesystem::remove_all(run.path()); }
  SUBCASE("replaced by a copy") {
    std::filesystem::copy_file(file, file + ".1");
    std::filesystem::rename(file + ".1", file);
  }
  SUBCASE("cut to nothing") { std::filesystem::resize_file(file, 0); }
  SUBCASE("cut by a byte") { std::filesystem::resize_file(file, durable - 1); }
  SUBCASE("written to by another process") { std::ofstream(file, std::ios::app) << "x"; }
  bool writes = true;
  SUBCASE("deleted, and nothing is written any more") {
    std::filesystem::remove(file);
    writes = false;
  }
  if (writes) log->write(outcomes);
  CHECK_THROWS_WITH_AS(log->flush(), doctest::Contains("results.ndjson was "), LogLostError);
  CHECK(log->bytes_durable() == durable);
  CHECK_THROWS_AS(log->write(outcomes), LogLostError);
  CHECK_THROWS_AS(log->close(), LogLostError);
}

TEST_CASE("result_log: a failed fdatasync poisons the log although writing would work again") {
  TemporaryDirectory directory;
  const RunDirectory run(directory / "run");
  std::filesystem::create_symlink("/dev/null", run.path("results.ndjson"));  // takes bytes, cannot be synced
  Rows rows;
  const auto log = open_result_log(run);
  const auto outcomes = test::list(sent(rows, Status::success, 200));
  log->write(outcomes);
  CHECK_THROWS_AS(log->flush(), DurabilityError);
  CHECK_THROWS_AS(log->write(outcomes), DurabilityError);
}

}  // namespace
}  // namespace amend
