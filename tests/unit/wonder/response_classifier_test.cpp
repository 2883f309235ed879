#include "wonder/response_classifier.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "amend/error.hpp"
#include "wonder/response_rule.hpp"

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

Classification judged(std::uint16_t status, const std::string& body,
                      const Expectation& expected = Expectation(some_customer_id, false)) {
  ResponseClassifier classify;
  Classification out = classify.classify(response(status, body), expected);
  ResponseReader reader;
  const Classification right = classify_by_rule(reader, response(status, body), expected);
  CHECK(to_string(out.response_class) == to_string(right.response_class));
  CHECK(out.code == right.code);
  CHECK(out.text == right.text);
  CHECK(out.warning == right.warning);
  CHECK(out.text.size() <= 300);
  CHECK(out.warning.size() <= 300);
  CHECK(out.code.size() <= 64);
  CHECK(out.text.find("Ada") == std::string::npos);
  CHECK((out.response_class == ResponseClass::success) == out.code.empty());
  CHECK((out.response_class == ResponseClass::success) == out.text.empty());
  return out;
}

std::string with_token(const std::string& token) {
  return R"({"code":200,"data":{"customer":{"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed","default_payment_token":)" +
         token + "}}}";
}

struct Row {
  std::uint16_t status;
  std::string body;
  ResponseClass response_class;
  std::string code;
  std::string text;
};

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.status);
    CAPTURE(row.body);
    const Classification got = judged(row.status, row.body);
    CHECK(to_string(got.response_class) == to_string(row.response_class));
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
      const Classification got = judged(static_cast<std::uint16_t>(status), "{" + code + good_data + "}");
      CHECK(got.response_class == ResponseClass::success);
      CHECK(got.warning.empty());
    }
  }
}

TEST_CASE("answer: an error code inside a 2xx is a refusal in the API's own words") {
  check_rows({
      {200, R"({"code":"E000002","message":"Invalid Credential Format.",)" + good_data + "}", ResponseClass::refused,
       "E000002", "Invalid Credential Format."},
      {200, R"({"code":40001,"message":"no",)" + good_data + "}", ResponseClass::refused, "40001", "no"},
      {200, R"({"code":200,"error_code":"E7","message":"OK","error_message":"bad",)" + good_data + "}",
       ResponseClass::refused, "E7", "bad"},
      {200, R"({"error_code":17,"message":"seventeen",)" + good_data + "}", ResponseClass::refused, "17", "seventeen"},
      {200, R"({"code":"E1","error_code":"E2","error_message":"two"})", ResponseClass::refused, "E1", "two"},
      {200, R"({"code":123456789012345678901234567890})", ResponseClass::refused, "123456789012345678901234567890", ""},
      {200, R"({"code":-1})", ResponseClass::refused, "-1", "HTTP 200, no message in the response"},
      {200, R"({"code":"",)" + good_data + "}", ResponseClass::refused, "http.200", ""},
      {200, R"({"code":true,)" + good_data + "}", ResponseClass::refused, "http.200", ""},
      {200, R"({"code":{"message":"x","code":0},)" + good_data + "}", ResponseClass::refused, "http.200", ""},
      {200, R"({"code":[0],)" + good_data + "}", ResponseClass::refused, "http.200", ""},
      {200, R"({"code":" 200",)" + good_data + "}", ResponseClass::refused, " 200", ""},
  });
}

TEST_CASE("answer: a 2xx that is not the API's own is a gateway response, and one without a customer is unusable") {
  check_rows({
      {200, "", ResponseClass::gateway, "answer.not_json", "HTTP 200, not the API's own response: no body"},
      {204, "", ResponseClass::gateway, "answer.not_json", "HTTP 204, not the API's own response: no body"},
      {200, "<html>Ada, please log in</html>", ResponseClass::gateway, "answer.not_json",
       "HTTP 200, not the API's own response: not JSON, 31 bytes"},
      {200, "{\"code\":200," + good_data, ResponseClass::gateway, "answer.not_json", ""},
      {200, "{\"code\":200," + good_data + "} {}", ResponseClass::gateway, "answer.not_json", ""},
      {200, "{\"code\":200," + good_data + "}x", ResponseClass::gateway, "answer.not_json", ""},
      {200, "\xEF\xBB\xBF{}", ResponseClass::gateway, "answer.not_json", ""},
      {200, "{'code':200}", ResponseClass::gateway, "answer.not_json", ""},
      {200, "{\"code\":NaN}", ResponseClass::gateway, "answer.not_json", ""},
      {200, " ", ResponseClass::gateway, "answer.not_json", ""},
      {200, "[" + good_customer + "]", ResponseClass::gateway, "answer.not_customer",
       "HTTP 200, not the API's own response: JSON that is not an object, 87 bytes"},
      {200, "\"ok\"", ResponseClass::gateway, "answer.not_customer", ""},
      {200, "200", ResponseClass::gateway, "answer.not_customer", ""},
      {200, "null", ResponseClass::gateway, "answer.not_customer", ""},
      {200, "{}", ResponseClass::gateway, "answer.not_customer", ""},
      {200, R"({"code":200,"data":{}})", ResponseClass::unusable, "answer.not_customer", ""},
      {200, R"({"code":200,"data":null})", ResponseClass::unusable, "answer.not_customer", ""},
      {200, R"({"data":{"customer":null}})", ResponseClass::unusable, "answer.not_customer", ""},
      {200, R"({"data":{"customer":[)" + good_customer + "]}}", ResponseClass::unusable, "answer.not_customer", ""},
      {200, R"({"data":[{"customer":)" + good_customer + "}]}", ResponseClass::unusable, "answer.not_customer", ""},
      {200, R"({"x":{"customer":)" + good_customer + "}}", ResponseClass::gateway, "answer.not_customer", ""},
      {200, R"({"customer":)" + good_customer + "}", ResponseClass::gateway, "answer.not_customer", ""},
      {200, R"({"data":{"customer":{"name":"Ada"}}})", ResponseClass::unusable, "answer.not_customer", ""},
      {200, R"({"data":{"customer":{"uuid":17}}})", ResponseClass::unusable, "answer.not_customer", ""},
      {200, R"({"data":{"customer":{"x":{"uuid":")" + some_customer_id + R"("}}}})", ResponseClass::unusable,
       "answer.not_customer", ""},
  });
}

TEST_CASE("answer: the uuid must be the one asked for, ASCII case ignored") {
  check_rows({
      {200, R"({"data":{"customer":{"uuid":"1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED"}}})", ResponseClass::success, "", ""},
      {200, R"({"data":{"customer":{"uuid":"\u0031b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}}})", ResponseClass::success, "",
       ""},
      {200, R"({"data":{"customer":{"\u0075uid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}}})", ResponseClass::success, "",
       ""},
      {200, R"({"data":{"customer":{"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bee"}}})", ResponseClass::mismatch,
       "answer.uuid_mismatch", "the response is about another customer"},
      {200, R"({"data":{"customer":{"uuid":""}}})", ResponseClass::mismatch, "answer.uuid_mismatch", ""},
      {200, R"({"data":{"customer":{"uuid":"1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed "}}})", ResponseClass::mismatch,
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
      const Classification got =
          judged(200, padded ? body.substr(0, body.size() - 1) + ",\"x\":\"" + std::string(80, 'x') + "\"}" : body);
      CHECK(got.response_class == ResponseClass::unusable);
      CHECK(got.code == "answer.contradictory");
      CHECK(got.text == twice(member));
    }
  }
  check_rows({
      {200, R"({"message":"a","message":"b","x":1,"x":2,)" + good_data + "}", ResponseClass::success, "", ""},
      {200, R"({"x":{"code":1,"code":2},)" + good_data + "}", ResponseClass::success, "", ""},
      {400, R"({"code":"E1","code":"E2"})", ResponseClass::refused, "E2", ""},
  });
  ResponseClassifier classify;
  CHECK(classify.classify_echo(response(200, R"({"code":500,"code":200})")).code == "answer.contradictory");
}

TEST_CASE("answer: a code is compared as a number, an error code of 0 is none") {
  const std::string pad = ",\"x\":\"" + std::string(80, 'x') + "\"";
  for (const std::string code :
       {"0", "200", "200.0", "2e2", "2E+2", "0.0", "-0", "0e9", "20000e-2", "0.2e3", "200.000"}) {
    CAPTURE(code);
    CHECK(judged(200, "{\"code\":" + code + "," + good_data + "}").response_class == ResponseClass::success);
    CHECK(judged(200, "{\"code\":" + code + "," + good_data + pad + "}").response_class == ResponseClass::success);
  }
  for (const std::string code : {"1", "200.5", "2e3", "20", "-200", "0.1", "1e999", "2001", "\"200.0\"", "\"2e2\""}) {
    CAPTURE(code);
    CHECK(judged(200, "{\"code\":" + code + "," + good_data + "}").response_class == ResponseClass::refused);
    CHECK(judged(200, "{\"code\":" + code + "," + good_data + pad + "}").response_class == ResponseClass::refused);
  }
  for (const std::string none : {"0", "0.0", "-0", "0e3", "null", "\"\""}) {
    CAPTURE(none);
    CHECK(judged(200, R"({"code":200,"error_code":)" + none + "," + good_data + "}").response_class ==
          ResponseClass::success);
    CHECK(judged(200, R"({"error_code":)" + none + "," + good_data + pad + "}").response_class ==
          ResponseClass::success);
    CHECK(
        judged(200, with_token(R"({"error_code":)" + none + "}"), Expectation(some_customer_id, true)).response_class ==
        ResponseClass::success);
  }
  for (const std::string some : {"1", "0.5", "-1", "200", "\"0.0\"", "true", "[]", "{}"}) {
    CAPTURE(some);
    CHECK(judged(200, R"({"code":200,"error_code":)" + some + "," + good_data + "}").response_class ==
          ResponseClass::refused);
  }
  CHECK(judged(400, R"({"code":200.0,"error_code":"E7"})").code == "E7");
  CHECK(judged(400, R"({"code":2e2})").code == "http.400");
}

TEST_CASE("answer: nesting up to 32 is read, deeper is not JSON") {
  const auto nested = [](std::size_t depth) {
    return "{" + good_data + ",\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(judged(200, nested(31)).response_class == ResponseClass::success);
  CHECK(judged(200, nested(32)).code == "answer.not_json");
  CHECK(judged(200, nested(100'000)).code == "answer.not_json");
}

TEST_CASE("answer: a card error fails the row that sent the card, and warns otherwise") {
  const std::string body = with_token(R"({"state":"x","error_code":"E500","error_msg":"card declined"})");
  const Classification sent = judged(200, body, Expectation(some_customer_id, true));
  CHECK(sent.response_class == ResponseClass::card_refused);
  CHECK(sent.code == "E500");
  CHECK(sent.text == "card declined");
  CHECK(sent.warning.empty());
  const Classification old = judged(200, body, Expectation(some_customer_id, false));
  CHECK(old.response_class == ResponseClass::success);
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
    const Classification got = judged(200, with_token(token), Expectation(some_customer_id, true));
    CHECK(got.response_class == ResponseClass::success);
    CHECK(got.warning.empty());
  }
}

TEST_CASE("answer: an error of the whole call counts before the card's") {
  const Classification got = judged(200, R"({"code":"E1",)" + with_token(R"({"error_code":"E5"})").substr(12),
                                    Expectation(some_customer_id, true));
  CHECK(got.response_class == ResponseClass::refused);
  CHECK(got.code == "E1");
}

TEST_CASE("answer: the guard compares reference_number of what would otherwise be done") {
  const std::string good = "{" + good_data + "}";
  CHECK(judged(200, good, Expectation(some_customer_id, false, "C-1")).response_class == ResponseClass::success);
  for (const char* guard : {"C-2", "c-1", "C-1 ", ""}) {
    const Classification got = judged(200, good, Expectation(some_customer_id, false, guard));
    CHECK(got.response_class == ResponseClass::guard_mismatch);
    CHECK(got.code == "guard.mismatch");
    CHECK(got.text.find("C-1") == std::string::npos);
  }
  CHECK(judged(200, with_token("null"), Expectation(some_customer_id, false, "C-1")).response_class ==
        ResponseClass::guard_mismatch);
  CHECK(judged(200, with_token("null"), Expectation(some_customer_id, false, "")).response_class ==
        ResponseClass::guard_mismatch);
  CHECK(judged(200, with_token(R"({"error_code":"E5"})"), Expectation(some_customer_id, true, "C-1")).response_class ==
        ResponseClass::guard_mismatch);
  CHECK(judged(200, R"({"code":"E1",)" + good_data + "}", Expectation(some_customer_id, false, "C-2")).response_class ==
        ResponseClass::refused);
  CHECK(judged(200, R"({"data":{"customer":{"uuid":"00000000-0000-0000-0000-000000000000"}}})",
               Expectation(some_customer_id, false, "C-2"))
            .response_class == ResponseClass::mismatch);
  CHECK(judged(404, good, Expectation(some_customer_id, false, "C-2")).response_class == ResponseClass::refused);
}

TEST_CASE("answer: every status of the API's own has exactly one meaning, whatever the body says") {
  const std::map<int, ResponseClass> special{
      {401, ResponseClass::credentials}, {403, ResponseClass::credentials}, {408, ResponseClass::transient},
      {425, ResponseClass::transient},   {429, ResponseClass::transient},   {500, ResponseClass::transient},
      {502, ResponseClass::transient},   {503, ResponseClass::transient},   {504, ResponseClass::transient}};
  ResponseClassifier classify;
  for (int status = 100; status <= 599; ++status) {
    CAPTURE(status);
    const ResponseClass family = status < 200                   ? ResponseClass::unusable
                                 : status < 300                 ? ResponseClass::success
                                 : status < 520 || status > 530 ? ResponseClass::refused
                                                                : ResponseClass::transient;
    const auto found = special.find(status);
    const ResponseClass expected = found == special.end() ? family : found->second;
    const auto number = static_cast<std::uint16_t>(status);
    CHECK(to_string(class_of(number)) == to_string(expected));
    if (status / 100 == 2) continue;
    const Classification own = classify.classify(response(number, "{\"code\":200," + good_data + "}"),
                                                 Expectation(some_customer_id, true, "C-1"));
    CHECK(to_string(own.response_class) == to_string(expected));
    CHECK(own.code == "http." + std::to_string(status));
    CHECK(find_own_code(own.code) != nullptr);
    const Classification other =
        classify.classify(response(number, "<html>"), Expectation(some_customer_id, true, "C-1"));
    CHECK(other.response_class == ResponseClass::gateway);
    CHECK(other.code == own.code);
  }
  for (const int status : {0, 1, 99, 600, 999, 65535}) {
    CHECK(class_of(static_cast<std::uint16_t>(status)) == ResponseClass::unusable);
  }
}

TEST_CASE("answer: a refusal with JSON speaks for itself, another one by its status") {
  check_rows({
      {400, R"({"code":"E000002","message":"Invalid Credential Format."})", ResponseClass::refused, "E000002",
       "Invalid Credential Format."},
      {404, R"({"error_code":"NOT_FOUND","error_message":"gone"})", ResponseClass::refused, "NOT_FOUND", "gone"},
      {422, R"({"code":422,"message":""})", ResponseClass::refused, "422", "HTTP 422, no message in the response"},
      {401, R"({"code":200,"message":"signature"})", ResponseClass::credentials, "http.401", "signature"},
      {403, R"({"code":0,"error_code":"IP","error_message":"address"})", ResponseClass::credentials, "IP", "address"},
      {429, R"({"code":"0"})", ResponseClass::transient, "http.429", ""},
      {500, "<html>Ada</html>", ResponseClass::gateway, "http.500",
       "HTTP 500, not the API's own response: not JSON, 16 bytes"},
      {502, "", ResponseClass::gateway, "http.502", ""},
      {409, "[1]", ResponseClass::gateway, "http.409", ""},
      {413, R"({"code":"E1")", ResponseClass::gateway, "http.413", ""},
  });
}

TEST_CASE("answer: a redirect is never followed and names where it pointed") {
  ResponseClassifier classify;
  Response moved = response(302, "<html>moved</html>");
  moved.location = "https://evil.example/\x1b[31m";
  const Classification got = classify.classify(moved, Expectation(some_customer_id, false));
  CHECK(got.response_class == ResponseClass::gateway);
  CHECK(got.code == "http.302");
  CHECK(
      got.text ==
      "HTTP 302, not the API's own response: redirect to https://evil.example/\\x1b[31m, which amend does not follow");
  CHECK(judged(304, "").text == "HTTP 304, not the API's own response: no body");
}

TEST_CASE("answer: what the server writes is cut and cannot reach the terminal") {
  const std::string longest(5000, 'm');
  const Classification got = judged(400, R"({"code":")" + longest + R"(","message":"\u001b[2J)" + longest + R"("})");
  CHECK(got.code.size() <= 64);
  CHECK(got.text.starts_with("\\x1b[2Jmmm"));
  Response html = response(200, "<html>");
  html.content_type = "text/html\x07; charset=utf-8";
  ResponseClassifier classify;
  CHECK(classify.classify(html, Expectation(some_customer_id, false)).text ==
        "HTTP 200, not the API's own response: not JSON, text/html\\x07; charset=utf-8, 6 bytes");
}

TEST_CASE("answer: one judge reads answer after answer and remembers nothing") {
  ResponseClassifier classify;
  const std::string good = "{\"code\":200," + good_data + "}";
  const std::vector<std::string> bad{"{\"code\":\"E1\"",
                                     R"({"code":"E1","message":"m","error_code":"x")",
                                     "[[[[",
                                     "{\"data\":{\"customer\":{\"uu",
                                     with_token(R"({"error_code":"E5"})"),
                                     ""};
  for (const std::string& body : bad) {
    classify.classify(response(200, body), Expectation(some_customer_id, true));
    const Classification after = classify.classify(response(200, good), Expectation(some_customer_id, true, "C-1"));
    CHECK(after.response_class == ResponseClass::success);
    CHECK(after.warning.empty());
    CHECK(classify.classify(response(200, "{}"), Expectation(some_customer_id, true)).code == "answer.not_customer");
    CHECK(classify.classify(response(400, body.empty() ? "x" : "{}"), Expectation(some_customer_id, true)).code ==
          "http.400");
  }
  ResponseClassifier moved = std::move(classify);
  CHECK(moved.classify(response(200, good), Expectation(some_customer_id, true)).response_class ==
        ResponseClass::success);
}

TEST_CASE("answer: cut off at any byte it is never a success") {
  const std::string body = "{\"code\":200,\"message\":\"\\u00e9\"," + good_data + "}";
  ResponseClassifier classify;
  REQUIRE(classify.classify(response(200, body), Expectation(some_customer_id, false)).response_class ==
          ResponseClass::success);
  for (std::size_t size = 0; size < body.size(); ++size) {
    const Classification got =
        classify.classify(response(200, body.substr(0, size)), Expectation(some_customer_id, false));
    CHECK(got.response_class == ResponseClass::gateway);
  }
  CHECK(classify.classify(response(200, body + "\r\n \t"), Expectation(some_customer_id, false)).response_class ==
        ResponseClass::success);
}

TEST_CASE("answer: an echo succeeds without a customer") {
  ResponseClassifier classify;
  CHECK(classify.classify_echo(response(200, R"({"code":200,"data":{"message":"hello"}})")).response_class ==
        ResponseClass::success);
  CHECK(classify.classify_echo(response(200, "{}")).response_class == ResponseClass::success);
  CHECK(classify.classify_echo(response(200, R"({"code":"E1","message":"m"})")).code == "E1");
  CHECK(classify.classify_echo(response(200, "<html>")).code == "answer.not_json");
  CHECK(classify.classify_echo(response(403, R"({"code":"E2"})")).response_class == ResponseClass::credentials);
  CHECK(classify.classify_echo(response(301, "")).response_class == ResponseClass::gateway);
}

TEST_CASE("answer: a body that is coded is named so, one that is coded as identity is not") {
  ResponseClassifier classify;
  Response coded = response(200, "\x1F\x8B\x08");
  coded.content_encoding = "gzip";
  const std::string told =
      "HTTP 200, not the API's own response: content encoding gzip (amend did not request it), 3 bytes";
  CHECK(classify.classify(coded, Expectation(some_customer_id, false)).text == told);
  CHECK(classify.classify_echo(coded).text == told);
  coded.status = 403;
  CHECK(classify.classify(coded, Expectation(some_customer_id, false)).text.find("content encoding gzip") !=
        std::string::npos);
  coded.content_encoding = "Identity";
  CHECK(classify.classify_echo(coded).text == "HTTP 403, not the API's own response: not JSON, 3 bytes");
}
