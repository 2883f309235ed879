// Bytes through a ResponseParser, and what came out, as text that outlives its buffer; and some answers to begin with.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "transport/http1_codec.hpp"

namespace test {

using amend::Response;
using amend::http1::Limits;
using amend::http1::ResponseParser;
using Step = ResponseParser::Step;

/// A Response whose text outlives the parser's buffer.
class TaggedResponse {
 public:
  TaggedResponse() = default;
  explicit TaggedResponse(const Response& r)
      : status(r.status),
        close(r.close),
        body(r.body),
        retry_after(r.retry_after),
        date(r.date),
        location(r.location),
        content_type(r.content_type),
        content_encoding(r.content_encoding),
        head(r.head),
        has_rate_fields(r.has_rate_fields) {}
  bool operator==(const TaggedResponse&) const = default;

  int status = 0;
  bool close = false;
  std::string body, retry_after, date, location, content_type, content_encoding, head;
  bool has_rate_fields = false;
};

class Result {
 public:
  std::vector<TaggedResponse> responses;
  std::string error;  // empty: none
  bool clean_end = false;
  std::size_t taken = 0;  // bytes committed before the error
  bool operator==(const Result& o) const {
    return responses == o.responses && error == o.error && clean_end == o.clean_end;
  }
};

inline void feed(ResponseParser& parser, std::string_view bytes) {
  const auto room = parser.prepare(bytes.size());
  if (!bytes.empty()) std::memcpy(room.data(), bytes.data(), bytes.size());
  parser.commit(bytes.size());
}

/// Takes what there is; false after an error.
inline bool drain(ResponseParser& parser, Result& result) {
  for (;;) {
    Response r;
    switch (parser.next(r)) {
      case Step::response: result.responses.emplace_back(r); break;
      case Step::need_more: return true;
      case Step::error: result.error = parser.error(); return false;
    }
  }
}

inline void end(ResponseParser& parser, Result& result) {
  for (;;) {
    Response r;
    switch (parser.finish(r)) {
      case Step::response: result.responses.emplace_back(r); break;
      case Step::need_more: result.clean_end = true; return;
      case Step::error: result.error = parser.error(); return;
    }
  }
}

/// Parses `pieces` as they come, then the end of the stream.
inline Result parse(const std::vector<std::string_view>& pieces, Limits limits = Limits()) {
  ResponseParser parser(limits);
  Result result;
  for (const auto piece : pieces) {
    feed(parser, piece);
    result.taken += piece.size();
    if (!drain(parser, result)) return result;
  }
  end(parser, result);
  return result;
}

inline Result parse(std::string_view bytes, Limits limits = Limits()) { return parse(std::vector{bytes}, limits); }

inline std::vector<std::string_view> cut(std::string_view bytes, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) pieces.push_back(bytes.substr(0, size));
  return pieces;
}

inline std::string error_of(std::string_view bytes, Limits limits = Limits()) { return parse(bytes, limits).error; }

inline const std::string plain =
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-TYPE:application/json \r\n"
    "Content-Length: 12\r\nConnection: keep-alive\r\n\r\n{\"code\":200}";
inline const std::string chunked =
    "HTTP/1.1 503 Busy\r\nTransfer-Encoding: Chunked\r\nRetry-After: 7\r\n\r\n"
    "5;name=\"a b\"\r\nhello\r\n00A ; x\r\n, wide wor\r\n2\r\nld\r\n0;last\r\nX-Trailer: 1\r\nY: \r\n\r\n";
inline const std::string no_content = "HTTP/1.1 204 No Content\r\nLocation: /x\r\n\r\n";
inline const std::string not_modified = "HTTP/1.1 304\r\nContent-Length: 512\r\n\r\n";
inline const std::string interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
inline const std::string until_close =
    "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>\r\n\r\n</html>";

inline std::string sized(std::string_view status_line, std::string_view fields, std::string_view body = "ok") {
  return std::string(status_line) + "\r\n" + std::string(fields) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace test
