#include "wonder/answer.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "wonder/answer_rule.hpp"

using namespace amend;
using namespace amend::wonder;

namespace {

const std::string some_customer_id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
const std::string good_customer =
    R"({"name":"Ada","uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed","reference_number":"C-1"})";
const std::string good_data = R"("data":{"customer":)" + good_customer + "}";

Response response(std::uint16_t status, std::string_view body) {
  Response out;
  out.status = status;
  out.body = body;
  return out;
}

Judgement judged(std::uint16_t status, const std::string& body,
                 const Expectation& expected = Expectation(some_customer_id, false)) {
  AnswerJudge judge;
  Judgement out = judge.judge(response(status, body), expected);
  AnswerReader reader;
  const Judgement right = judge_by_rule(reader, response(status, body), expected);
  CHECK(to_string(out.meaning) == to_string(right.meaning));
  CHECK(out.code == right.code);
  CHECK(out.text == right.text);
  CHECK(out.warning == right.warning);
  CHECK(out.text.size() <= 300);
  CHECK(out.warning.size() <= 300);
  CHECK(out.code.size() <= 64);
  CHECK(out.text.find("Ada") == std::string::npos);
  CHECK((out.meaning == Meaning::success) == out.code.empty());
  CHECK((out.meaning == Meaning::success) == out.text.empty());
  return out;
}

std::string with_token(const std::string& token) {
  return R"({"code":200,"data":{"customer":{"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed","default_payment_token":)" +
         token + "}}}";
}

struct Row {
  std::uint16_t status;
  std::string body;
  Meaning meaning;
  std::string code;
  std::string text;
};

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.status);
    CAPTURE(row.body);
    const Judgement got = judged(row.status, row.body);
    CHECK(to_string(got.meaning) == to_string(row.meaning));
    CHECK(got.code == row.code);
    if (!row.text.empty()) CHECK(got.text == row.text);
  }
}

}  // namespace

TEST_CASE("answer: success is a 2xx object with a code of 0 or 200, or none, and the right customer") {
  for (const std::string code :
       {"", R"("code":0,)", R"("code":200,)", R"("code":"0",)", R"("code":"200",)", R"("code":null,)",
        R"("code":200,"message":"OK",)", R"("error_code":"",)", R"("error_code":null,"error_message":"",)"}) {
    CAPTURE(code);
    for (const int status : {200, 201, 202, 207, 299}) {
      const Judgement got = judged(static_cast<std::uint16_t>(status), "{" + code + good_data + "}");
      CHECK(got.meaning == Meaning::success);
      CHECK(got.warning.empty());
    }
  }
}

TEST_CASE("answer: an error code inside a 2xx is a refusal in the API's own words") {
  check_rows({
      {200, R"({"code":"E000002","message":"Invalid Credential Format.",)" + good_data + "}", Meaning::refused,
       "E000002", "Invalid Credential Format."},
      {200, R"({"code":40001,"message":"no",)" + good_data + "}", Meaning::refused, "40001", "no"},
      {200, R"({"code":200,"error_code":"E7","message":"OK","error_message":"bad",)" + good_data + "}",
       Meaning::refused, "E7", "bad"},
      {200, R"({"error_code":17,"message":"seventeen",)" + good_data + "}", Meaning::refused, "17", "seventeen"},
      {200, R"({"code":"E1","error_code":"E2","error_message":"two"})", Meaning::refused, "E1", "two"},
      {200, R"({"code":123456789012345678901234567890})", Meaning::refused, "123456789012345678901234567890", ""},
      {200, R"({"code":-1})", Meaning::refused, "-1", "HTTP 200, no message in the response"},
      {200, R"({"code":"",)" + good_data + "}", Meaning::refused, "http.200", ""},
      {200, R"({"code":true,)" + good_data + "}", Meaning::refused, "http.200", ""},
      {200, R"({"code":{"message":"x","code":0},)" + good_data + "}", Meaning::refused, "http.200", ""},
      {200, R"({"code":[0],)" + good_data + "}", Meaning::refused, "http.200", ""},
      {200, R"({"code":" 200",)" + good_data + "}", Meaning::refused, " 200", ""},
  });
}

TEST_CASE("answer: a 2xx that is not the API's own is a gateway response, and one without a customer is unusable") {
  check_rows({
      {200, "", Meaning::gateway, "answer.not_json", "HTTP 200, not the API's own response: no body"},
      {204, "", Meaning::gateway, "answer.not_json", "HTTP 204, not the API's own response: no body"},
      {200, "<html>Ada, please log in</html>", Meaning::gateway, "answer.not_json",
       "HTTP 200, not the API's own response: not JSON, 31 bytes"},
      {200, "{\"code\":200," + good_data, Meaning::gateway, "answer.not_json", ""},
      {200, "{\"code\":200," + good_data + "} {}", Meaning::gateway, "answer.not_json", ""},
      {200, "{\"code\":200," + good_data + "}x", Meaning::gateway, "answer.not_json", ""},
      {200, "\xEF\xBB\xBF{}", Meaning::gateway, "answer.not_json", ""},
      {200, "{'code':200}", Meaning::gateway, "answer.not_json", ""},
      {200, "{\"code\":NaN}", Meaning::gateway, "answer.not_json", ""},
      {200, " ", Meaning::gateway, "answer.not_json", ""},
      {200, "[" + good_customer + "]", Meaning::gateway, "answer.not_customer",
       "HTTP 200, not the API's own response: JSON that is not an object, 87 bytes"},
      {200, "\"ok\"", Meaning::gateway, "answer.not_customer", ""},
      {200, "200", Meaning::gateway, "answer.not_customer", ""},
      {200, "null", Meaning::gateway, "answer.not_customer", ""},
      {200, "{}", Meaning::gateway, "answer.not_customer", ""},
      {200, R"({"code":200,"data":{}})", Meaning::unusable, "answer.not_customer", ""},
      {200, R"({"code":200,"data":null})", Meaning::unusable, "answer.not_customer", ""},
      {200, R"({"data":{"customer":null}})", Meaning::unusable, "answer.not_customer", ""},
      {200, R"({"data":{"customer":[)" + good_customer + "]}}", Meaning::unusable, "answer.not_customer", ""},
      {200, R"({"data":[{"customer":)" + good_customer + "}]}", Meaning::unusable, "answer.not_customer", ""},
      {200, R"({"x":{"customer":)" + good_customer + "}}", Meaning::gateway, "answer.not_customer", ""},
      {200, R"({"customer":)" + good_customer + "}", Meaning::gateway, "answer.not_customer", ""},
      {200, R"({"data":{"customer":{"name":"Ada"}}})", Meaning::unusable, "answer.not_customer", ""},
      {200, R"({"data":{"customer":{"uuid":17}}})", Meaning::unusable, "answer.not_customer", ""},
      {200, R"({"data":{"customer":{"x":{"uuid":")" + some_customer_id + R"("}}}})", Meaning::unusable,
       "answer.not_customer", ""},
  });
}

TEST_CASE("answer: the uuid must be the one asked for, ASCII case ignored") {
  check_rows({
      {200, R"({"data":{"customer":{"uuid":"1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED"}}})", Meaning::success, "", ""},
      {200, R"({"data":{"customer":{"uuid":"\u0031b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}}})", Meaning::success, "", ""},
      {200, R"({"data":{"customer":{"\u0075uid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}}})", Meaning::success, "", ""},
      {200, R"({"data":{"customer":{"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bee"}}})", Meaning::mismatch,
       "answer.uuid_mismatch", "the response is about another customer"},
      {200, R"({"data":{"customer":{"uuid":""}}})", Meaning::mismatch, "answer.uuid_mismatch", ""},
      {200, R"({"data":{"customer":{"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed "}}})", Meaning::mismatch,
       "answer.uuid_mismatch", ""},
  });
}

TEST_CASE("answer: a success that contains a deciding member twice contradicts itself, however it is spelled") {
  const std::string other = R"({"customer":{"uuid":"00000000-0000-0000-0000-000000000000"}})";
  const auto twice = [](const std::string& member) {
    return "the response contains \"" + member + "\" twice: amend cannot know which value is right";
  };
  const std::string inner = good_customer.substr(1, good_customer.size() - 2);
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"code", R"({"code":"E1","code":0,)" + good_data + "}"},
      {"code", R"({"code":200,)" + good_data + R"(,"code":200})"},
      {"code", R"({"code":null,"c\u006fde":0,)" + good_data + "}"},
      {"code", R"({"\u0063ode":0,"code":0,)" + good_data + "}"},
      {"error_code", R"({"error_code":"E1","error_code":"",)" + good_data + "}"},
      {"error_code", R"({"error_code":[],)" + good_data + R"(,"error_code":null})"},
      {"data", "{" + good_data + R"(,"data":{}})"},
      {"data", "{" + good_data + R"(,"data":7})"},
      {"data", R"({"data":)" + other + "," + good_data + "}"},
      {"data", "{" + good_data + R"(,"d\u0061ta":)" + other + "}"},
      {"customer", R"({"data":{"customer":)" + good_customer + R"(,"customer":{}}})"},
      {"customer", R"({"data":{"customer":null,"customer":)" + good_customer + "}}"},
      {"uuid", R"({"data":{"customer":{)" + inner + "," + inner + "}}}"},
      {"uuid", R"({"data":{"customer":{"uuid":7,)" + inner + "}}}"},
      {"reference_number", R"({"data":{"customer":{"reference_number":"1",)" + inner + R"(,"reference_number":"1"}}})"},
      {"default_payment_token",
       R"({"data":{"customer":{"default_payment_token":null,)" + inner + R"(,"default_payment_token":{}}}})"},
      {"error_code", with_token(R"({"error_code":"E1","error_code":""})")},
  };
  for (const auto& [member, body] : bodies) {
    CAPTURE(body);
    for (const bool padded : {false, true}) {  // a short body and one that the quick look reads
      const Judgement got =
          judged(200, padded ? body.substr(0, body.size() - 1) + ",\"x\":\"" + std::string(80, 'x') + "\"}" : body);
      CHECK(got.meaning == Meaning::unusable);
      CHECK(got.code == "answer.contradictory");
      CHECK(got.text == twice(member));
    }
  }
  check_rows({
      {200, R"({"message":"a","message":"b","x":1,"x":2,)" + good_data + "}", Meaning::success, "", ""},
      {200, R"({"x":{"code":1,"code":2},)" + good_data + "}", Meaning::success, "", ""},
      {400, R"({"code":"E1","code":"E2"})", Meaning::refused, "E2", ""},
  });
  AnswerJudge judge;
  CHECK(judge.judge_echo(response(200, R"({"code":500,"code":200})")).code == "answer.contradictory");
}

TEST_CASE("answer: a code is compared as a number, an error code of 0 is none") {
  const std::string pad = ",\"x\":\"" + std::string(80, 'x') + "\"";
  for (const std::string code :
       {"0", "200", "200.0", "2e2", "2E+2", "0.0", "-0", "0e9", "20000e-2", "0.2e3", "200.000"}) {
    CAPTURE(code);
    CHECK(judged(200, "{\"code\":" + code + "," + good_data + "}").meaning == Meaning::success);
    CHECK(judged(200, "{\"code\":" + code + "," + good_data + pad + "}").meaning == Meaning::success);
  }
  for (const std::string code : {"1", "200.5", "2e3", "20", "-200", "0.1", "1e999", "2001", "\"200.0\"", "\"2e2\""}) {
    CAPTURE(code);
    CHECK(judged(200, "{\"code\":" + code + "," + good_data + "}").meaning == Meaning::refused);
    CHECK(judged(200, "{\"code\":" + code + "," + good_data + pad + "}").meaning == Meaning::refused);
  }
  for (const std::string none : {"0", "0.0", "-0", "0e3", "null", "\"\""}) {
    CAPTURE(none);
    CHECK(judged(200, R"({"code":200,"error_code":)" + none + "," + good_data + "}").meaning == Meaning::success);
    CHECK(judged(200, R"({"error_code":)" + none + "," + good_data + pad + "}").meaning == Meaning::success);
    CHECK(judged(200, with_token(R"({"error_code":)" + none + "}"), Expectation(some_customer_id, true)).meaning ==
          Meaning::success);
  }
  for (const std::string some : {"1", "0.5", "-1", "200", "\"0.0\"", "true", "[]", "{}"}) {
    CAPTURE(some);
    CHECK(judged(200, R"({"code":200,"error_code":)" + some + "," + good_data + "}").meaning == Meaning::refused);
  }
  CHECK(judged(400, R"({"code":200.0,"error_code":"E7"})").code == "E7");
  CHECK(judged(400, R"({"code":2e2})").code == "http.400");
}

TEST_CASE("answer: nesting up to 32 is read, deeper is not JSON") {
  const auto nested = [](std::size_t depth) {
    return "{" + good_data + ",\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(judged(200, nested(31)).meaning == Meaning::success);
  CHECK(judged(200, nested(32)).code == "answer.not_json");
  CHECK(judged(200, nested(100'000)).code == "answer.not_json");
}

TEST_CASE("answer: a card error fails the row that sent the card, and warns otherwise") {
  const std::string body = with_token(R"({"state":"x","error_code":"E500","error_msg":"card declined"})");
  const Judgement sent = judged(200, body, Expectation(some_customer_id, true));
  CHECK(sent.meaning == Meaning::card_refused);
  CHECK(sent.code == "E500");
  CHECK(sent.text == "card declined");
  CHECK(sent.warning.empty());
  const Judgement old = judged(200, body, Expectation(some_customer_id, false));
  CHECK(old.meaning == Meaning::success);
  CHECK(old.warning == "card on file: E500 card declined");
  CHECK(judged(200, with_token(R"({"error_code":"E5"})")).warning == "card on file: E5");
  CHECK(judged(200, with_token(R"({"error_code":51})"), Expectation(some_customer_id, true)).code == "51");
  CHECK(judged(200, with_token(R"({"error_code":{"x":1}})"), Expectation(some_customer_id, true)).code == "http.200");
  CHECK(judged(200, with_token(R"({"error_code":"E5"})"), Expectation(some_customer_id, true)).text ==
        "the API could not bind the card");
  for (const std::string token :
       {"null", "{}", R"({"error_code":""})", R"({"error_code":null,"error_msg":"old"})",
        R"({"credit_card":{"error_code":"E9"}})", R"("a-token")", R"([{"error_code":"E9"}])"}) {
    CAPTURE(token);
    const Judgement got = judged(200, with_token(token), Expectation(some_customer_id, true));
    CHECK(got.meaning == Meaning::success);
    CHECK(got.warning.empty());
  }
}

TEST_CASE("answer: an error of the whole call counts before the card's") {
  const Judgement got = judged(200, R"({"code":"E1",)" + with_token(R"({"error_code":"E5"})").substr(12),
                               Expectation(some_customer_id, true));
  CHECK(got.meaning == Meaning::refused);
  CHECK(got.code == "E1");
}

TEST_CASE("answer: the guard compares reference_number of what would otherwise be done") {
  const std::string good = "{" + good_data + "}";
  CHECK(judged(200, good, Expectation(some_customer_id, false, "C-1")).meaning == Meaning::success);
  for (const char* guard : {"C-2", "c-1", "C-1 ", ""}) {
    const Judgement got = judged(200, good, Expectation(some_customer_id, false, guard));
    CHECK(got.meaning == Meaning::guard_mismatch);
    CHECK(got.code == "guard.mismatch");
    CHECK(got.text.find("C-1") == std::string::npos);
  }
  CHECK(judged(200, with_token("null"), Expectation(some_customer_id, false, "C-1")).meaning ==
        Meaning::guard_mismatch);
  CHECK(judged(200, with_token("null"), Expectation(some_customer_id, false, "")).meaning == Meaning::guard_mismatch);
  CHECK(judged(200, with_token(R"({"error_code":"E5"})"), Expectation(some_customer_id, true, "C-1")).meaning ==
        Meaning::guard_mismatch);
  CHECK(judged(200, R"({"code":"E1",)" + good_data + "}", Expectation(some_customer_id, false, "C-2")).meaning ==
        Meaning::refused);
  CHECK(judged(200, R"({"data":{"customer":{"uuid":"00000000-0000-0000-0000-000000000000"}}})",
               Expectation(some_customer_id, false, "C-2"))
            .meaning == Meaning::mismatch);
  CHECK(judged(404, good, Expectation(some_customer_id, false, "C-2")).meaning == Meaning::refused);
}

TEST_CASE("answer: every status of the API's own has exactly one meaning, whatever the body says") {
  const std::map<int, Meaning> special{
      {401, Meaning::credentials}, {403, Meaning::credentials}, {408, Meaning::transient},
      {425, Meaning::transient},   {429, Meaning::transient},   {500, Meaning::transient},
      {502, Meaning::transient},   {503, Meaning::transient},   {504, Meaning::transient}};
  AnswerJudge judge;
  for (int status = 100; status <= 599; ++status) {
    CAPTURE(status);
    const Meaning family = status < 200                   ? Meaning::unusable
                           : status < 300                 ? Meaning::success
                           : status < 520 || status > 530 ? Meaning::refused
                                                          : Meaning::transient;
    const auto found = special.find(status);
    const Meaning expected = found == special.end() ? family : found->second;
    const auto number = static_cast<std::uint16_t>(status);
    CHECK(to_string(meaning_of(number)) == to_string(expected));
    if (status / 100 == 2) continue;
    const Judgement own =
        judge.judge(response(number, "{\"code\":200," + good_data + "}"), Expectation(some_customer_id, true, "C-1"));
    CHECK(to_string(own.meaning) == to_string(expected));
    CHECK(own.code == "http." + std::to_string(status));
    CHECK(find_own_code(own.code) != nullptr);
    const Judgement other = judge.judge(response(number, "<html>"), Expectation(some_customer_id, true, "C-1"));
    CHECK(other.meaning == Meaning::gateway);
    CHECK(other.code == own.code);
  }
  for (const int status : {0, 1, 99, 600, 999, 65535}) {
    CHECK(meaning_of(static_cast<std::uint16_t>(status)) == Meaning::unusable);
  }
}

TEST_CASE("answer: a refusal with JSON speaks for itself, another one by its status") {
  check_rows({
      {400, R"({"code":"E000002","message":"Invalid Credential Format."})", Meaning::refused, "E000002",
       "Invalid Credential Format."},
      {404, R"({"error_code":"NOT_FOUND","error_message":"gone"})", Meaning::refused, "NOT_FOUND", "gone"},
      {422, R"({"code":422,"message":""})", Meaning::refused, "422", "HTTP 422, no message in the response"},
      {401, R"({"code":200,"message":"signature"})", Meaning::credentials, "http.401", "signature"},
      {403, R"({"code":0,"error_code":"IP","error_message":"address"})", Meaning::credentials, "IP", "address"},
      {429, R"({"code":"0"})", Meaning::transient, "http.429", ""},
      {500, "<html>Ada</html>", Meaning::gateway, "http.500",
       "HTTP 500, not the API's own response: not JSON, 16 bytes"},
      {502, "", Meaning::gateway, "http.502", ""},
      {409, "[1]", Meaning::gateway, "http.409", ""},
      {413, R"({"code":"E1")", Meaning::gateway, "http.413", ""},
  });
}

TEST_CASE("answer: a redirect is never followed and names where it pointed") {
  AnswerJudge judge;
  Response moved = response(302, "<html>moved</html>");
  moved.location = "https://evil.example/\x1b[31m";
  const Judgement got = judge.judge(moved, Expectation(some_customer_id, false));
  CHECK(got.meaning == Meaning::gateway);
  CHECK(got.code == "http.302");
  CHECK(
      got.text ==
      "HTTP 302, not the API's own response: redirect to https://evil.example/\\x1b[31m, which amend does not follow");
  CHECK(judged(304, "").text == "HTTP 304, not the API's own response: no body");
}

TEST_CASE("answer: what the server writes is cut and cannot reach the terminal") {
  const std::string longest(5000, 'm');
  const Judgement got = judged(400, R"({"code":")" + longest + R"(","message":"\u001b[2J)" + longest + R"("})");
  CHECK(got.code.size() <= 64);
  CHECK(got.text.starts_with("\\x1b[2Jmmm"));
  Response html = response(200, "<html>");
  html.content_type = "text/html\x07; charset=utf-8";
  AnswerJudge judge;
  CHECK(judge.judge(html, Expectation(some_customer_id, false)).text ==
        "HTTP 200, not the API's own response: not JSON, text/html\\x07; charset=utf-8, 6 bytes");
}

TEST_CASE("answer: one judge reads answer after answer and remembers nothing") {
  AnswerJudge judge;
  const std::string good = "{\"code\":200," + good_data + "}";
  const std::vector<std::string> bad{"{\"code\":\"E1\"",
                                     R"({"code":"E1","message":"m","error_code":"x")",
                                     "[[[[",
                                     "{\"data\":{\"customer\":{\"uu",
                                     with_token(R"({"error_code":"E5"})"),
                                     ""};
  for (const std::string& body : bad) {
    judge.judge(response(200, body), Expectation(some_customer_id, true));
    const Judgement after = judge.judge(response(200, good), Expectation(some_customer_id, true, "C-1"));
    CHECK(after.meaning == Meaning::success);
    CHECK(after.warning.empty());
    CHECK(judge.judge(response(200, "{}"), Expectation(some_customer_id, true)).code == "answer.not_customer");
    CHECK(judge.judge(response(400, body.empty() ? "x" : "{}"), Expectation(some_customer_id, true)).code ==
          "http.400");
  }
  AnswerJudge moved = std::move(judge);
  CHECK(moved.judge(response(200, good), Expectation(some_customer_id, true)).meaning == Meaning::success);
}

TEST_CASE("answer: cut off at any byte it is never a success") {
  const std::string body = "{\"code\":200,\"message\":\"\\u00e9\"," + good_data + "}";
  AnswerJudge judge;
  REQUIRE(judge.judge(response(200, body), Expectation(some_customer_id, false)).meaning == Meaning::success);
  for (std::size_t size = 0; size < body.size(); ++size) {
    const Judgement got = judge.judge(response(200, body.substr(0, size)), Expectation(some_customer_id, false));
    CHECK(got.meaning == Meaning::gateway);
  }
  CHECK(judge.judge(response(200, body + "\r\n \t"), Expectation(some_customer_id, false)).meaning == Meaning::success);
}

TEST_CASE("answer: an echo succeeds without a customer") {
  AnswerJudge judge;
  CHECK(judge.judge_echo(response(200, R"({"code":200,"data":{"message":"hello"}})")).meaning == Meaning::success);
  CHECK(judge.judge_echo(response(200, "{}")).meaning == Meaning::success);
  CHECK(judge.judge_echo(response(200, R"({"code":"E1","message":"m"})")).code == "E1");
  CHECK(judge.judge_echo(response(200, "<html>")).code == "answer.not_json");
  CHECK(judge.judge_echo(response(403, R"({"code":"E2"})")).meaning == Meaning::credentials);
  CHECK(judge.judge_echo(response(301, "")).meaning == Meaning::gateway);
}

TEST_CASE("answer: a body that is coded is named so, one that is coded as identity is not") {
  AnswerJudge judge;
  Response coded = response(200, "\x1F\x8B\x08");
  coded.content_encoding = "gzip";
  const std::string told =
      "HTTP 200, not the API's own response: content encoding gzip (amend did not request it), 3 bytes";
  CHECK(judge.judge(coded, Expectation(some_customer_id, false)).text == told);
  CHECK(judge.judge_echo(coded).text == told);
  coded.status = 403;
  CHECK(judge.judge(coded, Expectation(some_customer_id, false)).text.find("content encoding gzip") !=
        std::string::npos);
  coded.content_encoding = "Identity";
  CHECK(judge.judge_echo(coded).text == "HTTP 403, not the API's own response: not JSON, 3 bytes");
}
