#include "transport/http1_codec.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "unit/transport/parsed_responses.hpp"

using amend::Request;
using amend::Response;
using amend::http1::append_request;
using amend::http1::Limits;
using amend::http1::ResponseParser;
using test::chunked;
using test::cut;
using test::error_of;
using test::feed;
using test::interim;
using test::no_content;
using test::not_modified;
using test::parse;
using test::plain;
using test::sized;
using test::Step;
using test::TaggedResponse;
using test::until_close;

TEST_CASE("http1_codec: a PUT is the request line, the lines given, its length, and the body unchanged") {
  std::string out = "before";
  Request request("PUT", "/svc/customers/1?x=%20", "{\"name\":\"Ä\"}");
  request.headers = "Nonce: abc\r\n";
  append_request(out, request, "Host: h\r\nUser-Agent: amend\r\n");
  CHECK(out ==
        "beforePUT /svc/customers/1?x=%20 HTTP/1.1\r\nHost: h\r\nUser-Agent: amend\r\nNonce: abc\r\n"
        "Content-Length: 13\r\n\r\n{\"name\":\"Ä\"}");
}

TEST_CASE("http1_codec: an empty PUT or POST says Content-Length: 0, an empty GET says nothing") {
  const auto head_of = [](std::string_view method) {
    std::string out;
    append_request(out, Request(method, "/", ""), "");
    return out;
  };
  CHECK(head_of("PUT") == "PUT / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  CHECK(head_of("POST") == "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  CHECK(head_of("GET") == "GET / HTTP/1.1\r\n\r\n");
}

TEST_CASE("http1_codec: an answer gives its status, body and the fields that matter") {
  const auto result = parse(plain);
  REQUIRE(result.responses.size() == 1);
  const test::TaggedResponse& a = result.responses[0];
  CHECK(a.status == 200);
  CHECK_FALSE(a.close);
  CHECK(a.body == "{\"code\":200}");
  CHECK(a.date == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(a.content_type == "application/json");
  CHECK(a.retry_after.empty());
  CHECK(a.location.empty());
  CHECK(result.clean_end);
}

TEST_CASE("http1_codec: chunked bodies are joined; extensions and trailers are skipped") {
  const auto result = parse(chunked);
  REQUIRE(result.responses.size() == 1);
  CHECK(result.responses[0].body == "hello, wide world");
  CHECK(result.responses[0].retry_after == "7");
  CHECK(result.clean_end);
}

TEST_CASE("http1_codec: 204 and 304 have no body, whatever their fields say") {
  const auto result = parse(no_content + not_modified + plain);
  REQUIRE(result.responses.size() == 3);
  CHECK(result.responses[0].status == 204);
  CHECK(result.responses[0].location == "/x");
  CHECK(result.responses[1].status == 304);
  CHECK(result.responses[1].body.empty());
  CHECK(result.responses[2].status == 200);
}

TEST_CASE("http1_codec: 1xx answers are skipped and pairing is unchanged") {
  const auto result = parse(interim + plain + interim + no_content);
  REQUIRE(result.responses.size() == 2);
  CHECK(result.responses[0].status == 200);
  CHECK(result.responses[1].status == 204);
}

TEST_CASE("http1_codec: without a length the body goes on until the connection ends") {
  const auto result = parse(until_close);
  REQUIRE(result.responses.size() == 1);
  CHECK(result.responses[0].body == "<html>\r\n\r\n</html>");
  CHECK(result.responses[0].close);
  CHECK(result.clean_end);
}

TEST_CASE("http1_codec: answers are the same however they are split") {
  const std::string all = plain + interim + chunked + no_content + plain + not_modified + chunked + until_close;
  const auto whole = parse(all);
  REQUIRE(whole.error.empty());
  REQUIRE(whole.responses.size() == 7);
  for (std::size_t at = 0; at <= all.size(); ++at) {
    CAPTURE(at);
    CHECK(parse({std::string_view(all).substr(0, at), std::string_view(all).substr(at)}) == whole);
  }
  for (std::size_t size = 1; size <= 9; ++size) {
    CAPTURE(size);
    CHECK(parse(cut(all, size)) == whole);
  }
}

TEST_CASE("http1_codec: views stay valid until the next prepare, also those of earlier answers in the lot") {
  ResponseParser parser;
  feed(parser, chunked + plain + chunked);
  Response first, second, third;
  REQUIRE(parser.next(first) == Step::response);
  REQUIRE(parser.next(second) == Step::response);
  REQUIRE(parser.next(third) == Step::response);
  CHECK(first.body == "hello, wide world");
  CHECK(first.retry_after == "7");
  CHECK(first.head == "Transfer-Encoding: Chunked\r\nRetry-After: 7\r\n");
  CHECK(second.body == "{\"code\":200}");
  CHECK(third.body == first.body);
}

TEST_CASE("http1_codec: an answer cut anywhere is an error at the end of the stream, never an answer") {
  for (const auto* answer : {&plain, &chunked}) {
    for (std::size_t size = 1; size < answer->size(); ++size) {
      CAPTURE(size);
      const auto result = parse(std::string_view(*answer).substr(0, size));
      CHECK(result.responses.empty());
      CHECK_FALSE(result.clean_end);
      CHECK(result.error == "the connection ended in the middle of a response");
    }
  }
}

TEST_CASE("http1_codec: idle tells bytes that nobody asked for") {
  ResponseParser parser;
  CHECK(parser.idle());
  feed(parser, plain + "H");
  CHECK_FALSE(parser.idle());
  Response r;
  REQUIRE(parser.next(r) == Step::response);
  CHECK_FALSE(parser.idle());
  feed(parser, std::string_view(plain).substr(1));
  REQUIRE(parser.next(r) == Step::response);
  CHECK(parser.idle());
  CHECK(parser.finish(r) == Step::need_more);
}

TEST_CASE("http1_codec: who closes is recognised") {
  const auto closes = [](const std::string& bytes) {
    const auto result = parse(bytes);
    REQUIRE_MESSAGE(result.responses.size() == 1, result.error);
    return result.responses[0].close;
  };
  CHECK_FALSE(closes(sized("HTTP/1.1 200 OK", "")));
  CHECK(closes(sized("HTTP/1.1 200 OK", "Connection: close\r\n")));
  CHECK(closes(sized("HTTP/1.1 200 OK", "connection:Keep-Alive ,, CLOSE\r\n")));
  CHECK(closes(sized("HTTP/1.1 200 OK", "Connection: a\r\nConnection: close\r\n")));
  CHECK_FALSE(closes(sized("HTTP/1.1 200 OK", "Connection: closed, enclose\r\n")));
  CHECK(closes(sized("HTTP/1.0 200 OK", "")));
  CHECK_FALSE(closes(sized("HTTP/1.0 200 OK", "Connection: keep-alive\r\n")));
  CHECK(closes(sized("HTTP/1.0 200 OK", "Connection: keep-alive, close\r\n")));
}

TEST_CASE("http1_codec: Content-Length must be one number") {
  const auto with = [](std::string_view fields) {
    return parse("HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n\r\nhello");
  };
  for (const auto* good : {"Content-Length: 5", "Content-Length: 5, 5", "Content-Length: 5\r\ncontent-length: 5",
                           "Content-Length: 005 ,\t5"}) {
    CAPTURE(good);
    REQUIRE(with(good).responses.size() == 1);
    CHECK(with(good).responses[0].body == "hello");
  }
  CHECK(with("Content-Length: 5, 6").error == "the response has two different Content-Length values");
  CHECK(with("Content-Length: 5\r\nContent-Length: 4").error == "the response has two different Content-Length values");
  for (const auto* bad : {"", "-5", "+5", "5x", "0x5", "5 5", "5,", ",5", "5.0", "18446744073709551621", "\"5\""}) {
    CAPTURE(bad);
    CHECK(with("Content-Length: " + std::string(bad)).error ==
          "the response has a Content-Length that is not a number");
  }
}

TEST_CASE("http1_codec: what is ambiguous or unknown about the framing poisons the connection") {
  const std::string tail = "\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  const auto with = [&](std::string_view fields) {
    return error_of("HTTP/1.1 200 OK\r\n" + std::string(fields) + tail);
  };
  CHECK(with("Transfer-Encoding: chunked").empty());
  CHECK(with("Transfer-Encoding: chunked\r\nContent-Length: 5") ==
        "the response has both Transfer-Encoding and Content-Length");
  CHECK(with("Content-Length: 15\r\nTransfer-Encoding: chunked") ==
        "the response has both Transfer-Encoding and Content-Length");
  for (const auto* coding :
       {"gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked, identity", "identity, gzip", "identity,",
        "identity, , chunked", "", "xchunked", "chunked\r\nTransfer-Encoding: chunked", "chunked;q=1"}) {
    CAPTURE(coding);
    CHECK(with("Transfer-Encoding: " + std::string(coding)) ==
          "the response has a Transfer-Encoding other than chunked");
  }
  CHECK(error_of("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked" + tail) ==
        "an HTTP/1.0 response has a Transfer-Encoding");
}

TEST_CASE("http1_codec: the coding identity is no coding, beside a length, beside chunked, and in HTTP/1.0") {
  const std::string length = "Content-Length: 5\r\n";
  for (const std::string& fields :
       {"Transfer-Encoding: identity\r\n" + length, length + "transfer-encoding: IDENTITY \r\n",
        "Transfer-Encoding: identity, identity\r\n" + length}) {
    for (const std::string version : {"HTTP/1.1", "HTTP/1.0"}) {
      CAPTURE(version + " " + fields);
      const auto result = parse(version + " 200 OK\r\nConnection: keep-alive\r\n" + fields + "\r\nhello" + plain);
      REQUIRE_MESSAGE(result.responses.size() == 2, result.error);
      CHECK(result.responses[0].body == "hello");
      CHECK_FALSE(result.responses[0].close);
    }
  }
  for (const std::string field : {"identity, chunked", "identity\r\nTransfer-Encoding: chunked"}) {
    const auto result = parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + field + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    REQUIRE_MESSAGE(result.responses.size() == 1, result.error);
    CHECK(result.responses[0].body == "hello");
  }
  const auto until_end = parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nhello");
  REQUIRE(until_end.responses.size() == 1);
  CHECK(until_end.responses[0].body == "hello");
}

TEST_CASE("http1_codec: malformed chunks are refused") {
  const auto with = [](std::string_view body) {
    return error_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body));
  };
  CHECK(with("0000000000000005\r\nhello\r\n0\r\n\r\n").empty());
  for (const auto* bad : {"\r\n", "x\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "5 x\r\nhello\r\n", "-5\r\nhello\r\n",
                          "0x5\r\nhello\r\n", "00000000000000005\r\nhello\r\n", ";a\r\n"}) {
    CAPTURE(bad);
    CHECK(with(bad) == "a malformed chunk size");
  }
  CHECK(with("5\r\nhello!\r\n0\r\n\r\n") == "a chunk is longer than its chunk size");
  CHECK(with("5\nhello\r\n0\r\n\r\n") == "a line of the response ends in LF without CR");
  CHECK(with("FFFFFFFFFFFFFFFF\r\n") == "the body of the response is too long");
  CHECK(with("0\r\n folded: x\r\n\r\n") == "the response has white space before its first field line");
  CHECK(with("0\r\nX: folded\r\n\tonce\r\n  twice\r\n\r\n").empty());
  CHECK(with("0\r\nno colon here\r\n\r\n") == "the response has a space in or after a field name");
}

TEST_CASE("http1_codec: malformed heads are refused") {
  const auto field = [](std::string_view line) {
    return error_of("HTTP/1.1 200 OK\r\nServer: x\r\n" + std::string(line) + "\r\nContent-Length: 0\r\n\r\n");
  };
  CHECK(field("X-Tab:\ta\tb").empty());
  CHECK(field("X-Empty:").empty());
  CHECK(field(" folded").empty());
  CHECK(field("\tfolded").empty());
  for (const std::string blank : {" ", "\t"})
    CHECK(error_of("HTTP/1.1 200 OK\r\n" + blank + "X: 1\r\n\r\n") ==
          "the response has white space before its first field line");
  CHECK(field("Content-Length : 5") == "the response has a space in or after a field name");
  CHECK(field(": nameless") == "a malformed field line");
  CHECK(field("nocolon") == "a malformed field line");
  CHECK(field("a\x80: b") == "a malformed field line");
  CHECK(field(std::string_view("X: a\0b", 6)) == "a line of the response contains a control character");
  CHECK(field("X: some words and then \rCR") == "a line of the response contains a control character");
  CHECK(field("X: a\nY: b") == "a line of the response ends in LF without CR");
}

TEST_CASE("http1_codec: malformed status lines are refused") {
  const auto with = [](std::string_view line) { return error_of(std::string(line) + "\r\nContent-Length: 0\r\n\r\n"); };
  CHECK(with("HTTP/1.1 200 ").empty());
  CHECK(with("HTTP/1.1 200").empty());
  CHECK(with("HTTP/1.1 599 \x80 caf\xC3\xA9").empty());
  for (const auto* bad : {"HTTP/1.2 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
                          "HTTP/1.1 2x0 OK", "HTTP/1.1\t200 OK", "HTTP/1.", "HTTP/1.10 200 OK", "HTTP/1.1 -20 OK"}) {
    CAPTURE(bad);
    CHECK(with(bad) == "a malformed status line");
  }
  CHECK(with("HTTP/1.1 099 x") == "a status outside 100 to 599");
  CHECK(with("HTTP/1.1 600 x") == "a status outside 100 to 599");
  CHECK(with("HTTP/1.1 000 x") == "a status outside 100 to 599");
}

TEST_CASE("http1_codec: a peer that does not speak HTTP/1 is noticed at its first bytes") {
  for (const auto* bytes : {"\x15\x03\x01", "HTTP/2", "<html>", "\r\n", "http/1.1 200 OK", "SSH-2.0"}) {
    CAPTURE(bytes);
    ResponseParser parser;
    feed(parser, bytes);
    Response r;
    CHECK(parser.next(r) == Step::error);
    CHECK(parser.error() == "the response does not start with HTTP/1.");
  }
}

TEST_CASE("http1_codec: every status from 100 to 599 is framed") {
  for (int status = 100; status <= 599; ++status) {
    CAPTURE(status);
    const bool bodiless = status < 200 || status == 204 || status == 304;
    const std::string head = "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 2\r\n\r\n";
    const auto result = parse(head + (bodiless ? "" : "ok") + no_content);
    if (status == 101) {
      CHECK(result.error == "the server sent a 101 response that amend did not request");
    } else if (status < 200) {
      CHECK(result.responses.size() == 1);
    } else {
      REQUIRE(result.responses.size() == 2);
      CHECK(result.responses[0].status == status);
      CHECK(result.responses[0].body == (bodiless ? "" : "ok"));
    }
  }
}

TEST_CASE("http1_codec: an error stays, and answers before it count") {
  ResponseParser parser;
  feed(parser, plain + "garbage" + plain);
  Response r;
  CHECK(parser.next(r) == Step::response);
  CHECK(parser.next(r) == Step::error);
  feed(parser, plain);
  CHECK(parser.next(r) == Step::error);
  CHECK(parser.finish(r) == Step::error);
  CHECK_FALSE(parser.idle());
}

TEST_CASE("http1_codec: endless heads, bodies, chunks, trailers and 1xx end at their limits") {
  Limits limits;
  limits.head_bytes_max = 200;
  limits.body_bytes_max = 300;
  limits.interim_max = 3;
  const auto endless = [&](std::string bytes, std::string_view again, std::string_view expected,
                           std::size_t taken_max) {
    while (bytes.size() < 5'000) bytes += again;
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
      CAPTURE(size);
      const auto result = parse(cut(bytes, size), limits);
      CHECK(result.responses.empty());
      CHECK(result.error == expected);
      if (size <= 7) CHECK(result.taken <= taken_max);
    }
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string chunks = ok + "Transfer-Encoding: chunked\r\n\r\n";
  endless(ok, "X: y\r\n", "the head of the response is too long", 207);
  endless("HTTP/1.1 200 ", "a", "the head of the response is too long", 207);
  endless(ok + "X: ", "a", "the head of the response is too long", 207);
  endless(ok + "Content-Length: 301\r\n\r\n", "a", "the body of the response is too long", 45);
  endless(ok + "\r\n", "a", "the body of the response is too long", ok.size() + 2 + 307);
  endless(chunks, "1\r\na\r\n", "the body of the response is too long", chunks.size() + 301 * 6 + 7);
  endless(chunks, "1;extension=1\r\na\r\n", "chunk extensions are too long", chunks.size() + 17 * 19);
  endless(chunks + "1;", "a", "chunk extensions are too long", chunks.size() + 200 + 18 + 8);
  endless(chunks + "0\r\n", "X: y\r\n", "trailers are too long", chunks.size() + 3 + 215);
  endless("", "HTTP/1.1 100 Continue\r\n\r\n", "too many 1xx responses", 4 * 25 + 7);
}

TEST_CASE("http1_codec: answers exactly at the limits pass") {
  Limits limits;
  limits.head_bytes_max = 200;
  limits.body_bytes_max = 300;
  limits.interim_max = 2;
  const std::string body(300, 'b');
  std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 300\r\nX: ";
  head += std::string(200 - head.size() - 4, 'x') + "\r\n\r\n";
  REQUIRE(head.size() == 200);
  const std::string both_interims = "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\n\r\n";
  const auto result = parse(cut(both_interims + head + body + both_interims + head + body, 13), limits);
  CHECK(result.error == "");
  REQUIRE(result.responses.size() == 2);
  CHECK(result.responses[1].body == body);
}

TEST_CASE("http1_codec: tiny chunks do not make the buffer grow beyond the body") {
  ResponseParser parser;
  feed(parser, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nRetry-After: 3\r\n\r\n");
  Response r;
  for (int i = 0; i < 20'000; ++i) {
    feed(parser, "1\r\na\r\n");
    REQUIRE(parser.next(r) == Step::need_more);
  }
  CHECK(parser.buffer_bytes() <= 2 * 20'100);
  feed(parser, "0\r\n\r\n");
  REQUIRE(parser.next(r) == Step::response);
  CHECK(r.body == std::string(20'000, 'a'));
  CHECK(r.retry_after == "3");
}

TEST_CASE("http1_codec: many answers through one connection need one buffer of the size that is read at once") {
  ResponseParser parser;
  Response r;
  for (int i = 0; i < 1'000; ++i) {
    feed(parser, plain + chunked + plain.substr(0, 50));
    while (parser.next(r) == Step::response) {
    }
    feed(parser, plain.substr(50));
    REQUIRE(parser.next(r) == Step::response);
  }
  CHECK(parser.idle());
  CHECK(parser.buffer_bytes() <= 2 * (plain.size() + chunked.size() + 50));
}

TEST_CASE("http1_codec: whatever the bytes, the parser neither crashes nor depends on how they are split") {
  const std::uint32_t seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::string all = plain + interim + chunked + no_content + not_modified + chunked + until_close;
  const std::string_view spice(
      "\r\n\r\n:;, \t\0"
      "0159aFx\x7F\x80\xFF",
      21);
  Limits limits;
  limits.head_bytes_max = 300;
  limits.body_bytes_max = 100;
  for (int round = 0; round < 4'000; ++round) {
    std::string bytes = all.substr(below(3) == 0 ? below(all.size()) : 0);
    for (std::size_t edits = 1 + below(4); edits > 0 && !bytes.empty(); --edits) {
      const std::size_t at = below(bytes.size());
      switch (below(4)) {
        case 0: bytes[at] = spice[below(spice.size())]; break;
        case 1: bytes.insert(at, 1, spice[below(spice.size())]); break;
        case 2: bytes.erase(at, 1 + below(5)); break;
        default: bytes.insert(at, bytes.substr(below(bytes.size()), below(80))); break;
      }
    }
    const auto whole = parse(bytes, limits);
    const auto pieces = parse(cut(bytes, 1 + below(40)), limits);
    CAPTURE(round);
    CAPTURE(bytes);
    // A limit may be noticed earlier in pieces, and then under another name; the answers before are the same.
    CHECK(whole.responses == pieces.responses);
    CHECK(whole.error.empty() == pieces.error.empty());
  }
}
