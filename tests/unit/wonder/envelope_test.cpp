// Only the API speaks for the API: what its own envelope is, held over many bodies, all statuses, and what is shown of
// a response that is not its own.
#include "wonder/envelope.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "wonder/gateway_response.hpp"
#include "wonder/response_classifier.hpp"

using namespace amend;
using namespace amend::wonder;

namespace {

const std::string customer_id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

const std::vector<std::string> envelopes{
    R"({"code":200})",
    R"({"code":0,"message":"ok"})",
    R"({"code":"E000404","message":"no such customer"})",
    R"({"code":-7})",
    R"({"code":2e2})",
    R"({"error_code":"BAD_PHONE","error_message":"x"})",
    R"({"error_code":17})",
    R"({"data":{}})",
    R"({"data":{"customer":null}})",
    R"({"data":[]})",
    R"({"code":null,"data":{"customer":{}}})",
    R"({"code":"","error_code":"E1"})",
    R"({"status":"x","code":5,"message":"Not Found","details":[]})",
    " \r\n{\"code\":1}\n",
};

const std::vector<std::string> others{
    "",
    " ",
    "<html><head><title>Sign in</title></head></html>",
    "default backend - 404",
    "{}",
    "[]",
    "200",
    "\"code\"",
    "null",
    R"([{"code":200}])",
    R"({"message":"no Route matched with those values"})",
    R"({"error":{"code":404,"message":"x"}})",
    R"({"fault":{"faultstring":"x"}})",
    R"({"timestamp":"2026-01-01","status":404,"error":"Not Found","path":"/svc"})",
    R"({"title":"520","status":520,"cloudflare_error":true})",
    R"({"code":null})",
    R"({"code":true})",
    R"({"code":{}})",
    R"({"code":[1]})",
    R"({"code":""})",
    R"({"error_code":""})",
    R"({"data":null})",
    R"({"data":"x"})",
    R"({"data":1})",
    R"({"Code":200})",
    R"({"x":{"code":200,"data":{}}})",
    R"({"code":200)",
    R"({"code":200}})",
    R"({"code":200} <!-- proxy -->)",
    R"({"code":200,"x":NaN})",
    "{\"code\":200,\"x\":\"\xE9\"}",
    "\xEF\xBB\xBF{\"code\":200}",
    std::string("\x1F\x8B\x08\x00 gzip", 9),
};

Response response_of(int status, std::string_view body) {
  Response out;
  out.status = static_cast<std::uint16_t>(status);
  out.body = body;
  return out;
}

std::string described(const Response& response) { return describe_gateway_response(response); }

}  // namespace

TEST_CASE("envelope: an object with a code, an error_code or data, as the API writes them, and nothing else") {
  for (const std::string& body : envelopes) {
    CAPTURE(body);
    CHECK(is_api_envelope(body));
  }
  for (const std::string& body : others) {
    CAPTURE(body);
    CHECK_FALSE(is_api_envelope(body));
  }
}

TEST_CASE("envelope: at every status any other body is a gateway response, and no envelope is one") {
  ResponseClassifier classify;
  const Expectation expected(customer_id, false);
  for (int status = 100; status <= 599; ++status) {
    CAPTURE(status);
    for (const std::string& body : others) {
      const Classification got = classify.classify(response_of(status, body), expected);
      CHECK(got.response_class == ResponseClass::gateway);
      CHECK_FALSE(got.code.empty());
      CHECK(got.text.starts_with("HTTP " + std::to_string(status) + ", not the API's own response"));
    }
    for (const std::string& body : envelopes)
      CHECK(classify.classify(response_of(status, body), expected).response_class != ResponseClass::gateway);
  }
}

TEST_CASE("envelope: a response without a customer is not the API's own either, unless an echo succeeds") {
  ResponseClassifier classify;
  for (int status = 100; status <= 599; ++status) {
    CAPTURE(status);
    for (const std::string& body : envelopes)
      CHECK(classify.classify_echo(response_of(status, body)).response_class != ResponseClass::gateway);
    for (const char* body : {"", "<html>", "[]", "no healthy upstream"})
      CHECK(classify.classify_echo(response_of(status, body)).response_class == ResponseClass::gateway);
    if (status / 100 != 2)
      CHECK(classify.classify_echo(response_of(status, "{}")).response_class == ResponseClass::gateway);
  }
}

TEST_CASE("envelope: a gateway response is described by what tells who sent it") {
  CHECK(described(response_of(204, "")) == "HTTP 204, not the API's own response: no body");
  Response page = response_of(404, "default backend - 404");
  page.content_type = "text/plain; charset=utf-8";
  CHECK(described(page) == "HTTP 404, not the API's own response: not JSON, text/plain; charset=utf-8, 21 bytes");
  CHECK(described(response_of(403, R"({"message":"Forbidden"})")) ==
        "HTTP 403, not the API's own response: JSON without code, error_code and data, 23 bytes");
  CHECK(described(response_of(200, "[1]")) ==
        "HTTP 200, not the API's own response: JSON that is not an object, 3 bytes");
  CHECK(described(response_of(200, R"({"code":200,"x":NaN})")) ==
        "HTTP 200, not the API's own response: JSON is damaged at byte 16, 20 bytes");
  Response moved = response_of(302, "<html>");
  moved.location = "https://login.example/\x1b[31m";
  CHECK(
      described(moved) ==
      "HTTP 302, not the API's own response: redirect to https://login.example/\\x1b[31m, which amend does not follow");
}

TEST_CASE("envelope: of a page only its structure is shown, never a name or a number") {
  CHECK(masked_start("") == "");
  CHECK(masked_start("<!DOCTYPE html>\n<HTML lang=\"en\"><body>Ann Lee, 9123 4567") ==
        "<!DOCTYPE xxxx>\\x0a<HTML xxxx=\"xx\"><body>xxx xxx, 9999 9999");
  CHECK(masked_start(R"({"name":"Ann","phone":"+85291234567"})") == R"({"xxxx":"xxx","xxxxx":"+99999999999"})");
  CHECK(masked_start("<Ann>Lee</Ann>") == "<xxx>xxx</xxx>");
  CHECK(masked_start("陳大文") == "?");
  CHECK(masked_start(std::string(10'000, 'A')).size() <= 64);
  for (const std::string& body : others) CHECK(masked_start(body).find("Sign") == std::string::npos);
}
