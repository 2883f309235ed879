// The head of an answer and the rate-limit fields in it.
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "unit/transport/parsed_responses.hpp"

using amend::Response;
using amend::http1::ResponseParser;
using test::chunked;
using test::cut;
using test::error_of;
using test::feed;
using test::interim;
using test::no_content;
using test::parse;
using test::plain;
using test::sized;
using test::Step;
using test::until_close;

TEST_CASE("http1_codec: the head is the final answer's field lines as they came") {
  const auto head_of = [](const std::string& bytes) {
    const auto result = parse(bytes);
    REQUIRE_MESSAGE(result.responses.size() == 1, result.error);
    return result.responses[0].head;
  };
  CHECK(head_of(plain) ==
        "Server: nginx\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-TYPE:application/json \r\n"
        "Content-Length: 12\r\nConnection: keep-alive\r\n");
  CHECK(head_of(chunked) == "Transfer-Encoding: Chunked\r\nRetry-After: 7\r\n");
  CHECK(head_of(interim + no_content) == "Location: /x\r\n");
  CHECK(head_of(until_close) == "Content-Type: text/html\r\n");
  CHECK(head_of("HTTP/1.1 200 OK\r\n\r\nok").empty());
}

TEST_CASE("http1_codec: fields that tell of a rate limit are noticed, in any case of their letters") {
  const auto noticed = [](const std::string& name) {
    const auto result = parse(sized("HTTP/1.1 200 OK", "Server: x\r\n" + name + ": 1\r\nVia: y\r\n"));
    REQUIRE_MESSAGE(result.responses.size() == 1, result.error);
    return result.responses[0].has_rate_fields;
  };
  for (const auto* name :
       {"RateLimit", "ratelimit", "RATELIMIT", "RateLimit-Policy", "ratelimit-policy", "RateLimit-Limit",
        "Ratelimit-Remaining", "RATELIMIT-RESET", "X-RateLimit-Limit", "x-ratelimit-remaining", "X-Ratelimit-Reset",
        "X-Rate-Limit-Limit", "x-rate-limit-remaining", "X-RATE-LIMIT-RESET"}) {
    CAPTURE(name);
    CHECK(noticed(name));
  }
  for (const auto* name :
       {"Server", "RateLimits", "RateLimit-", "X-RateLimit", "RateLimit-Police", "RateLimit-Limits", "RateLimit-Used",
        "X-RateLimit-Reser", "X-RateLimit-Resource", "XX-RateLimit-Limit", "Rate-Limit-Reset", "Retry-After",
        "Expires-x", "X-Frame-Options", "WWW-Authenticate", "X-Content-Type-Options"}) {
    CAPTURE(name);
    CHECK_FALSE(noticed(name));
  }
}

TEST_CASE("http1_codec: rate-limit fields are noticed wherever the bytes are cut, and only in their own answer") {
  const std::string limited = sized("HTTP/1.1 429 Slow", "RateLimit: \"a\";r=0;t=3\r\nX-Other: 1\r\n");
  const std::string all = plain + limited + plain;
  for (std::size_t at = 0; at <= all.size(); ++at) {
    CAPTURE(at);
    const auto result = parse({std::string_view(all).substr(0, at), std::string_view(all).substr(at)});
    REQUIRE(result.responses.size() == 3);
    CHECK_FALSE(result.responses[0].has_rate_fields);
    CHECK(result.responses[1].has_rate_fields);
    CHECK(result.responses[1].head == "RateLimit: \"a\";r=0;t=3\r\nX-Other: 1\r\nContent-Length: 2\r\n");
    CHECK_FALSE(result.responses[2].has_rate_fields);
  }
}

TEST_CASE("http1_codec: a chunked body is joined behind the head, which stays as it was") {
  const std::string fields = "X-RateLimit-Remaining: 5\r\nTransfer-Encoding: chunked\r\nX-RateLimit-Reset: 9\r\n";
  std::string bytes = "HTTP/1.1 200 OK\r\n" + fields + "\r\n";
  for (int i = 0; i < 40; ++i) bytes += "1;x=y\r\na\r\n";
  bytes += "0\r\nRateLimit: \"trailer\"\r\n\r\n";
  for (const std::size_t size : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    CAPTURE(size);
    const auto result = parse(cut(plain + bytes + plain, size));
    REQUIRE(result.responses.size() == 3);
    CHECK(result.responses[1].head == fields);
    CHECK(result.responses[1].has_rate_fields);
    CHECK(result.responses[1].body == std::string(40, 'a'));
  }
}

TEST_CASE("http1_codec: rate-limit fields of a 1xx answer or in trailers do not count") {
  const auto early = parse("HTTP/1.1 103 Early\r\nRateLimit: \"a\";r=0;t=3\r\n\r\n" + plain);
  REQUIRE(early.responses.size() == 1);
  CHECK_FALSE(early.responses[0].has_rate_fields);
  CHECK(early.responses[0].head.find("RateLimit") == std::string::npos);
  const auto late = parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nRateLimit: \"a\";r=0;t=3\r\n\r\n");
  REQUIRE(late.responses.size() == 1);
  CHECK_FALSE(late.responses[0].has_rate_fields);
  CHECK(late.responses[0].head == "Transfer-Encoding: chunked\r\n");
}

TEST_CASE("http1_codec: what one answer told is not told again by the next in the same Response") {
  ResponseParser parser;
  feed(parser, sized("HTTP/1.1 429 Slow", "RateLimit: \"a\";r=0;t=3\r\n") + "HTTP/1.1 204 x\r\n\r\n");
  Response r;
  REQUIRE(parser.next(r) == Step::response);
  CHECK(r.has_rate_fields);
  REQUIRE(parser.next(r) == Step::response);
  CHECK_FALSE(r.has_rate_fields);
  CHECK(r.head.empty());
}

TEST_CASE("http1_codec: an answer means the same whatever head came before it") {
  std::string many_lines, long_line = "X-Long: " + std::string(1'500, 'x') + "\r\n";
  for (int i = 0; i < 20; ++i) many_lines += "X-" + std::to_string(i) + ": y\r\n";
  const std::string date = "Server: x\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  const std::string ok = "HTTP/1.1 200 OK";
  std::vector<std::string> responses{plain, chunked, no_content, interim + plain, sized(ok, ""), sized(ok, date)};
  responses.push_back(sized(ok, date + "Retry-After: 1\r\n"));
  responses.push_back(sized(ok, date + "Retry-After: 2\r\n"));
  responses.push_back(sized(ok, date + "RateLimit-Reset: 2\r\n"));
  responses.push_back(sized(ok, date, "a longer body"));
  responses.push_back(sized(ok, date, "another one.."));
  responses.push_back(sized(ok, date + "Date: Mon, 07 Nov 1994 08:49:37 GMT\r\n"));
  responses.push_back(sized(ok, "Server: y\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  responses.push_back(sized("HTTP/1.1 404 No", date));
  responses.push_back(sized("HTTP/1.0 200 OK", "Connection: keep-alive\r\n"));
  responses.push_back(sized(ok, "Connection: close\r\n"));
  for (const std::string& fields : {many_lines, long_line, date + many_lines, date + long_line})
    for (const auto* last : {"", "Location: /y\r\n", "Location: /z\r\n"}) responses.push_back(sized(ok, fields + last));

  for (const std::string& before : responses) {
    CAPTURE(before);
    for (const std::string& answer : responses) {
      CAPTURE(answer);
      auto expected = parse(before);
      const auto alone = parse(answer);
      expected.responses.insert(expected.responses.end(), alone.responses.begin(), alone.responses.end());
      CHECK(parse(before + answer) == expected);
      CHECK(parse({before, std::string_view(answer).substr(0, 30), std::string_view(answer).substr(30)}) == expected);
    }
  }
}

TEST_CASE("http1_codec: a head that repeats the one before is refused for its framing as if it came alone") {
  const std::string head = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 2\r\n";
  CHECK(error_of(head + "\r\nok" + head + "Content-Length: 3\r\n\r\nok").starts_with("the response has two different"));
  CHECK(error_of(head + "\r\nok" + head + "Transfer-Encoding: chunked\r\n\r\n").starts_with("the response has both"));
  const std::string early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  std::string all;
  for (int i = 0; i < 16; ++i) all += early;
  CHECK(parse(all + plain).responses.size() == 1);
  CHECK(error_of(all + early + plain) == "too many 1xx responses");
}

TEST_CASE("http1_codec: a folded field line is one line with spaces, wherever the bytes are cut") {
  const std::string folded =
      "HTTP/1.1 503 Busy\r\nX-Policy: default 'self';\r\n  script 'none';\r\n\timg *\r\nRetry-After:\r\n 7\r\n"
      "Content-Length:\r\n\t 2\r\nX-Last: \r\n \r\n\r\nok";
  const std::string all = plain + folded + plain + folded;
  for (std::size_t at = 0; at <= all.size(); ++at) {
    CAPTURE(at);
    const auto result = parse({std::string_view(all).substr(0, at), std::string_view(all).substr(at)});
    REQUIRE_MESSAGE(result.responses.size() == 4, result.error);
    for (const std::size_t n : {std::size_t{1}, std::size_t{3}}) {
      CHECK(result.responses[n].status == 503);
      CHECK(result.responses[n].retry_after == "7");
      CHECK(result.responses[n].body == "ok");
      CHECK(result.responses[n].head.find(
                "X-Policy: default 'self';    script 'none';  \timg *\r\nRetry-After:   7\r\n") == 0);
    }
    CHECK(result.responses[2].body == "{\"code\":200}");
  }
  CHECK(parse(cut(all, 1)) == parse(all));
}

TEST_CASE("http1_codec: a line of the head before that is folded now is not that line") {
  const std::string before = "HTTP/1.1 200 OK\r\nX-One: 1\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
  const std::string after = "HTTP/1.1 200 OK\r\nX-One: 1\r\nRetry-After: 1\r\n 5\r\nContent-Length: 0\r\n\r\n";
  const std::string all = before + after + before + after;
  for (std::size_t at = 0; at <= all.size(); ++at) {
    CAPTURE(at);
    const auto result = parse({std::string_view(all).substr(0, at), std::string_view(all).substr(at)});
    REQUIRE_MESSAGE(result.responses.size() == 4, result.error);
    CHECK(result.responses[0].retry_after == "1");
    CHECK(result.responses[1].retry_after == "1   5");
    CHECK(result.responses[2].retry_after == "1");
    CHECK(result.responses[3].retry_after == "1   5");
  }
}

TEST_CASE("http1_codec: folded lines are bounded as one line is, and what a fold hides is still looked at") {
  std::string head = "HTTP/1.1 200 OK\r\nX: 1";
  while (head.size() < 70'000) head += "\r\n 2";
  CHECK(error_of(head + "\r\n\r\n") == "the head of the response is too long");
  CHECK(error_of(std::string_view("HTTP/1.1 200 OK\r\nX: 1\r\n a\0b\r\n\r\n", 31)) ==
        "a line of the response contains a control character");
  CHECK(error_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\nok") ==
        "the response has a Content-Length that is not a number");
  CHECK(error_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip,\r\n chunked\r\n\r\n") ==
        "the response has a Transfer-Encoding other than chunked");
  CHECK(error_of("HTTP/1.1 200 OK\r\nX: 1\r\n 2\n\r\n") == "a line of the response ends in LF without CR");
}

TEST_CASE("http1_codec: the coding of a body is kept with the answer") {
  const auto coding = [](const std::string& fields) {
    const auto result = parse(sized("HTTP/1.1 200 OK", fields));
    REQUIRE_MESSAGE(result.responses.size() == 1, result.error);
    return result.responses[0].content_encoding;
  };
  CHECK(coding("Content-Encoding: gzip\r\n") == "gzip");
  CHECK(coding("content-ENCODING:\tbr , gzip\r\nContent-Encoding: x\r\n") == "br , gzip");
  CHECK(coding("Server: x\r\n").empty());
}
