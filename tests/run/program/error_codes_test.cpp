// Each error code that the program can write, produced by a real run.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <set>

#include "amend/error.hpp"
#include "ground.hpp"
#include "support/scripted_server.hpp"

using namespace test;

namespace {

constexpr std::size_t rows_too_many_columns = 5000;  // above 4096
constexpr std::size_t bytes_too_many = (1U << 20) + 10;

// What the tests of this file have seen the program write. The last one compares it with the program's own list.
std::set<std::string> seen;

class BadRow {
 public:
  BadRow(std::string text_, std::string code_) : text(std::move(text_)), code(std::move(code_)) {}
  std::string text;
  std::string code;
};

// Each bad row is rejected with its code, nothing of it is sent, and the good row between them succeeds.
void check_rejected(const std::string& header, const std::string& good, const std::vector<BadRow>& bad,
                    const std::string& name, const std::vector<std::string>& options = {}) {
  std::string text = header + good + "\n";
  for (const BadRow& row : bad) text += row.text + "\n";
  const Work work(text, name);
  Simulator simulator;
  const Finished finished = work.update(simulator.url(), options);
  simulator.stop();
  CAPTURE(finished.err);
  CHECK(finished.code == 1);
  CHECK(requests_at(simulator) == 1);
  CHECK(text_of(record_of(work.directory, 1), "status") == "success");
  std::int64_t number = 1;
  for (const BadRow& row : bad) {
    CAPTURE(row.code);
    const auto record = record_of(work.directory, ++number);
    CHECK(text_of(record, "status") == "rejected");
    CHECK(text_of(record, "error_code") == row.code);
    CHECK(text_of(record, "source") == "input");
    CHECK_FALSE(record.contains("applied"));
    CHECK(number_of(record, "attempts") <= 0);
    CHECK_FALSE(text_of(record, "error").empty());
    seen.insert(text_of(record, "error_code"));
  }
}

std::string cells(const std::string& rest) { return std::string(some_id) + "," + rest; }

std::string customer_answer(const std::string& more) {
  return fmt::format(R"({{"code":200,"message":"Success","data":{{"customer":{{"uuid":"{}"{}}}}}}})", some_id, more);
}

// What a response makes of one row. `applied`: "", "true" or "maybe".
class Expected {
 public:
  Expected(std::string status_, std::string code_, std::string source_, std::string applied_, int exit_ = 1)
      : status(std::move(status_)),
        code(std::move(code_)),
        source(std::move(source_)),
        applied(std::move(applied_)),
        exit(exit_) {}
  std::string status;
  std::string code;
  std::string source;
  std::string applied;
  int exit;
};

std::string applied_of(const boost::json::object& record) {
  const auto* value = record.if_contains("applied");
  if (!value) return {};
  if (value->is_bool()) return value->as_bool() ? "true" : "false";
  return std::string(value->as_string());
}

void check_record(const Work& work, const Expected& expected) {
  const auto record = record_of(work.directory, 1);
  CAPTURE(expected.code);
  CAPTURE(boost::json::serialize(record));
  CHECK(text_of(record, "status") == expected.status);
  CHECK(text_of(record, "error_code") == expected.code);
  CHECK(text_of(record, "source") == expected.source);
  CHECK(applied_of(record) == expected.applied);
  CHECK_FALSE(text_of(record, "error").empty());
  CHECK(number_of(record, "attempts") == 1);
  seen.insert(text_of(record, "error_code"));
}

const std::string one_row = "id,name,phone,default_payment_token\n" + cells("Ann,5,\n");
const std::string one_card = "id,name,phone,default_payment_token\n" + cells("Ann,5,") + some_id + "\n";

void check_script(const Script& script, const std::string& input, const Expected& expected) {
  ScriptedServer server({script});
  const Work work(input);
  const Finished finished = work.update("http://127.0.0.1:" + server.port(), {"--max-attempts", "1"});
  CAPTURE(finished.err);
  CHECK(finished.code == expected.exit);
  check_record(work, expected);
}

void check_answer(const std::string& answered, const Expected& expected, const std::string& input = one_row) {
  const Script script = [&](Peer& peer) {
    peer.expect(1);
    peer.send(answered);
  };
  check_script(script, input, expected);
}

void check_fault(const std::vector<std::string>& faults, const Expected& expected,
                 const std::vector<std::string>& options = {}) {
  Simulator simulator(faults);
  const Work work(one_row);
  std::vector<std::string> all{"--max-attempts", "1"};
  all.insert(all.end(), options.begin(), options.end());
  CHECK(work.update(simulator.url(), all).code == expected.exit);
  check_record(work, expected);
}

void check_ping(const Finished& finished, int code, const std::string& error_code) {
  CAPTURE(finished.err);
  CHECK(finished.code == code);
  CHECK(text_of(boost::json::parse(finished.out).as_object(), "error_code") == error_code);
  seen.insert(text_of(boost::json::parse(finished.out).as_object(), "error_code"));
}

}  // namespace

TEST_CASE("error codes: what can be wrong with a row of a CSV") {
  std::string wide = cells("Ann,5,");
  wide.append(rows_too_many_columns, ',');
  const std::vector<BadRow> bad{
      BadRow(",Ann,5,", "input.id.missing"),
      BadRow("1.23E+15,Ann,5,", "input.id.not_uuid"),
      BadRow("../" + cells("Ann,5,"), "input.id.not_uuid"),
      BadRow(cells("Ann,,"), "input.phone.missing"),
      BadRow(cells(std::string(256, 'n') + ",5,"), "input.name.too_long"),
      BadRow(cells("\"An\x01n\",5,"), "input.name.control"),
      BadRow(cells("Ann,5,Cash"), "input.default_payment_method.invalid"),
      BadRow(cells("Ann"), "input.csv.columns"),
      BadRow(cells("A\"nn,5,"), "input.csv.quote"),
      BadRow(cells("\"Ann\n") + some_id + ",Bob\",5,", "input.csv.swallowed_row"),
      BadRow(cells(std::string("A\0n,5,", 6)), "input.nul"),
      BadRow(cells("Jos\xE9,5,"), "input.utf8"),
      BadRow(wide, "input.row.columns"),
      BadRow(cells(std::string(bytes_too_many, 'n') + ",5,"), "input.row.too_large"),
      BadRow(cells("\"Ann,5,"), "input.csv.unclosed_quote"),
      BadRow(cells("Ann,5,"), "input.csv.damaged"),
  };
  check_rejected("id,name,phone,default_payment_method\n", cells("Ann,5,"), bad, "customers.csv",
                 {"--encoding", "utf-8"});
}

TEST_CASE("error codes: what is wrong only because an option says so") {
  check_rejected("id,name,phone,dial_code\n", cells("Ann,5,+852"),
                 {BadRow(cells("Ann,+852 5,+86"), "input.phone.country_code")}, "customers.csv", {"--split-phone"});
  const std::string other = "7c9e6679-7425-40de-944b-e07fc1f90ae7,Bob,5";
  check_rejected("id,name,phone\n", cells("Ann,5"),
                 {BadRow(other, "input.id.duplicate"), BadRow(other, "input.id.duplicate")}, "customers.csv",
                 {"--duplicates", "reject"});
  check_rejected("id,name,phone\n", cells("Ann,5"),
                 {BadRow(cells("Jos\xE9,5"), "input.utf8"), BadRow(cells("Ren\xC3\xA9,5"), "input.encoding")},
                 "customers.csv", {"--skip-check"});
}

TEST_CASE("error codes: what can be wrong with a value that would be sent") {
  const std::map<std::string, std::string> values{
      {"value.apostrophe", "Ann,'+49301,"},
      {"value.backslash", "O\\'Hara,+49301,"},
      {"value.boolean", "Ann,TRUE,"},
      {"value.columns", "Ann,a@example.com,"},
      {"value.date", "Ann,2026-03-01,"},
      {"value.double_encoding", "Ren\u00C3\u00A9e,+49301,"},
      {"value.entity", "Lee &amp; Sons,+49301,"},
      {"value.error_value", "#NAME?,+49301,"},
      {"value.formula", "Ann,=49301,"},
      {"value.invisible", "Ann,+49301\u202C,"},
      {"value.invisible_in_name", "Ann\u200E,+49301,"},
      {"value.line_break", "\"Ann\nLee\",+49301,"},
      {"value.name_of_digits", "12,+49301,"},
      {"value.name_sign", "=Ann,+49301,"},
      {"value.no_address", "Ann,+49301,ann"},
      {"value.no_digit", "Ann,unknown,"},
      {"value.null", "Ann,NULL,"},
      {"value.null_as_name", "Null,+49301,"},
      {"value.number", "Ann,49301.0,"},
      {"value.one_digit", "Ann,5,"},
      {"value.quotes", "Ann,'49301',"},
      {"value.replacement", "Ren\uFFFDe,+49301,"},
      {"value.scientific", "Ann,4.9E+12,"},
      {"value.several_phones", "Ann,+49301234 / +49301235,"},
      {"value.space", "Ann ,+49301,"},
  };
  for (const auto& [code, value] : values) {
    const Work work("id,name,phone,email\n" + cells(value) + "\n");
    const Finished finished = run({AMEND_PROGRAM, "check", work.input, "--json"});
    CAPTURE(finished.out);
    const auto report = boost::json::parse(finished.out).as_object();
    REQUIRE(report.at("findings").as_array().size() == 1);
    const auto& finding = report.at("findings").as_array().front().as_object();
    CHECK(text_of(finding, "code") == code);
    CHECK(finished.code == (text_of(finding, "degree") == "damage" ? 1 : 0));
    seen.insert(code);
  }
}

TEST_CASE("error codes: what can be wrong with a line of NDJSON") {
  const std::string start = fmt::format(R"({{"id":"{}",)", some_id);
  const std::string good = start + R"("name":"Ann","phone":5})";
  const std::vector<BadRow> bad{
      BadRow(start + R"("name":true,"phone":"5"})", "input.name.type"),
      BadRow(start + R"("name":"Ann","phone":1e9})", "input.phone.number"),
      BadRow(start + R"("name":"Ann","name":"Bob","phone":"5"})", "input.json.duplicate_key"),
      BadRow("[1]", "input.json.not_object"),
      BadRow(start + R"("properties":{"name":"Ann","phone":"5"}})", "input.json.nested"),
      BadRow(start, "input.json.syntax"),
      BadRow(start + R"("x":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}", "input.json.depth"),
  };
  check_rejected("", good, bad, "customers.ndjson");
}

TEST_CASE("error codes: the API's own code of a refusal is kept as it is") {
  check_answer(answer(400, R"({"code":"E000001","message":"phone is bad"})"), {"failed", "E000001", "api", ""});
  check_answer(answer(200, R"({"code":"E000001","message":"no"})"), {"failed", "E000001", "api", ""});
  const Work work(one_row);
  write_file(work.dir.file("seed.csv"), "uuid,name,phone\n");
  Simulator simulator({"--seed", work.dir.file("seed.csv")});
  CHECK(work.update(simulator.url()).code == 1);
  check_record(work, {"failed", "E000404", "api", ""});
}

TEST_CASE("error codes: a refusal without a code has its HTTP status, and what it may have changed is told") {
  check_answer(answer(418, R"({"data":{}})"), {"failed", "http.418", "api", ""});
  check_answer(answer(503, "<html>"), {"failed", "http.503", "gateway", "maybe"});
  check_answer(answer(408, ""), {"failed", "http.408", "gateway", "maybe"});
  check_answer(answer(404, "no such page"), {"failed", "http.404", "gateway", "", 5});
  check_answer(answer(301, "", "Location: https://elsewhere.example/\r\n"), {"failed", "http.301", "gateway", "", 5});
}

TEST_CASE("error codes: a card that was refused inside a 200 is failed, and the profile was updated") {
  const Work work(one_card);
  Simulator simulator({"--card-error-suffix", "3301"});
  CHECK(work.update(simulator.url()).code == 1);
  check_record(work, {"failed", "E0CARD", "payment_token", "true"});
}

TEST_CASE("error codes: the trouble of a card that the row does not send is a warning beside its success") {
  const std::string body =
      customer_answer(R"(,"default_payment_token":{"error_code":"E0CARD","error_message":"expired"})");
  ScriptedServer server({[&](Peer& peer) {
    peer.expect(1);
    peer.send(answer(200, body));
  }});
  const Work work(one_row);
  CHECK(work.update("http://127.0.0.1:" + server.port()).code == 0);
  const auto record = record_of(work.directory, 1);
  CHECK(text_of(record, "status") == "success");
  CHECK(text_of(record, "warning").find("E0CARD") != std::string::npos);
}

TEST_CASE("error codes: a 200 that is not ours, not about this customer or not JSON is no success") {
  check_answer(answer(200, R"({"code":200,"data":{}})"), {"unknown", "answer.not_customer", "api", "maybe"});
  check_answer(answer(200, R"({"code":200,"data":{},"code":500})"),
               {"unknown", "answer.contradictory", "api", "maybe"});
  check_answer(answer(204, ""), {"failed", "answer.not_json", "gateway", "maybe", 5});
  check_fault({"--html-share", "100%"}, {"failed", "answer.not_json", "gateway", "maybe", 5});
  check_fault({"--bad-json-share", "100%"}, {"failed", "answer.not_json", "gateway", "maybe", 5});
  check_fault({"--wrong-uuid-share", "100%"}, {"unknown", "answer.uuid_mismatch", "transport", "maybe"});
}

TEST_CASE("error codes: an answer that does not come, or not whole, leaves the row unknown") {
  check_fault({"--truncate-share", "100%"}, {"unknown", "transport.closed", "transport", "maybe"});
  check_fault({"--hang-share", "100%"}, {"unknown", "transport.timeout", "transport", "maybe"}, {"--timeout", "1s"});
  check_answer("SSH-2.0-OpenSSH_9.2\r\n\r\n", {"unknown", "transport.protocol", "transport", "maybe"});
}

TEST_CASE("error codes: a reference number that is not the row's") {
  const Work work("id,name,phone,ref\n" + cells("Ann,5,R-2\n"));
  ScriptedServer server({[&](Peer& peer) {
    peer.expect(1);
    peer.send(answer(200, customer_answer(R"(,"reference_number":"R-1")")));
  }});
  CHECK(work.update("http://127.0.0.1:" + server.port(), {"--guard", "reference_number=ref"}).code == 5);
  check_record(work, {"failed", "guard.mismatch", "run", "true"});
}

TEST_CASE("error codes: a reference number that can name no customer") {
  const Work work("reference_number,email\n" + std::string(256, 'R') + ",a@b\n");
  Simulator simulator({"--plain"});
  CHECK(
      run({AMEND_PROGRAM, "reconcile", work.input, "--url", simulator.url(), "--auth", "none", "--run", work.directory})
          .code == 1);
  const auto row = read_ndjson(work.file("plan.ndjson")).at(0);
  CHECK(text_of(row, "error_code") == "input.id.not_reference");
  seen.insert(text_of(row, "error_code"));
}

TEST_CASE("error codes: a reference number that may mean another customer, or two") {
  const Work work("reference_number,email\n77,a@b\nR-1,a@b\n");
  const std::string seed = work.dir.file("seed.csv");
  write_file(seed, "uuid,name,phone,reference_number\n" + uuid_of(1) + ",Ann,1,0077\n" + uuid_of(2) + ",Bob,2,R-1\n" +
                       uuid_of(3) + ",Cy,3,R-1\n");
  Simulator simulator({"--plain", "--seed", seed});
  CHECK(run({AMEND_PROGRAM, "reconcile", work.input, "--url", simulator.url(), "--auth", "none", "--run",
             work.directory, "--look-up", "list"})
            .code == 1);
  std::multiset<std::string> codes;
  for (const auto& row : read_ndjson(work.file("plan.ndjson")))
    if (row.contains("error_code")) codes.insert(text_of(row, "error_code"));
  CHECK(codes == std::multiset<std::string>{"reconcile.ambiguous", "reconcile.leading_zeros"});
  seen.insert(codes.begin(), codes.end());
}

TEST_CASE("error codes: a look-up that has found no customer yet") {
  Ground ground;
  CHECK(ground.reconcile("id,email\n" + uuid_of(9'999) + ",a@b\n", "run", {"--look-up", "each"}).code == 1);
  for (const auto& row : read_ndjson(ground.directory("run") + "/plan.ndjson"))
    if (row.contains("error_code")) seen.insert(text_of(row, "error_code"));
}

TEST_CASE("error codes: a row without a customer, and a customer that somebody else has changed") {
  Ground ground;
  const auto note = [&](const std::string& run_name) {
    for (const auto& record : ground.results(run_name))
      if (record.contains("error_code")) seen.insert(text_of(record, "error_code"));
  };
  ground.reconcile("id,email\n" + uuid_of(1) + ",new@b\n" + uuid_of(9'999) + ",a@b\n", "run", {"--apply"});
  note("run");
  ground.reconcile("id,email\n" + uuid_of(1) + ",theirs@b\n", "theirs", {"--apply"});
  ground.command("undo", ground.directory("run"), "undone");
  note("undone");
}

TEST_CASE("error codes: a connection that cannot be made is nobody's row: ping names it") {
  const std::vector<std::string> ping{AMEND_PROGRAM, "ping", "--auth", "none", "--json", "--url"};
  auto to_nobody = ping;
  to_nobody.push_back(url_of_nobody());
  check_ping(run(to_nobody), 4, "transport.connect");
  ScriptedServer server({[](Peer&) {}}, ServerTls(certificates() + "/expired.pem", certificates() + "/server.key"));
  auto to_stranger = ping;
  to_stranger.insert(to_stranger.end(),
                     {"https://127.0.0.1:" + server.port(), "--ca-file", certificates() + "/ca.pem"});
  check_ping(run(to_stranger), 5, "tls.handshake");
}

TEST_CASE("error codes: the tests above have seen every code of the program's own list, and only those and the API's") {
  REQUIRE_MESSAGE(!seen.empty(), "to be run with all tests of this file");
  std::set<std::string> missed;
  for (const auto& own : amend::own_codes()) missed.insert(std::string(own.name));
  for (const std::string& code : seen) {
    CAPTURE(code);
    const auto* own = amend::find_own_code(code);
    CHECK((own != nullptr || code.starts_with("E0")));
    if (own) missed.erase(std::string(own->name));
  }
  for (const std::string& name : missed) FAIL_CHECK(name, " was never seen");
}
