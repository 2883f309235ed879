#include "transport/http1_codec.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cstring>

#include "row/ascii.hpp"
#include "row/byte_group.hpp"
#include "row/hexadecimal.hpp"
#include "transport/field_characters.hpp"

namespace amend::http1 {
namespace {

constexpr std::string_view version_start = "HTTP/1.";
constexpr std::size_t status_line_size_min = 12;  // HTTP/1.1 200
constexpr std::size_t chunk_digits_max = 16;

bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; }

bool has_control(std::string_view s) noexcept {
  // Eight bytes at a time. A byte below 0x20, also a TAB, sends its group through the slow check.
  while (s.size() >= 8) {
    if (any_below(load_group(s.data()), 0x20) != 0 && std::ranges::any_of(s.substr(0, 8), is_control)) return true;
    s.remove_prefix(8);
  }
  return std::ranges::any_of(s, is_control);
}

std::size_t common_prefix(const char* one, const char* other, std::size_t size) noexcept {
  std::size_t same = 0;
  while (size - same >= 8 && std::memcmp(one + same, other + same, 8) == 0) same += 8;
  while (same < size && one[same] == other[same]) ++same;
  return same;
}

}  // namespace

void append_request(std::string& out, const Request& request, std::string_view fixed_headers) {
  out.append(request.method).append(1, ' ').append(request.target).append(" HTTP/1.1\r\n");
  out.append(fixed_headers).append(request.headers);
  if (!request.body.empty() || request.method == "PUT" || request.method == "POST") {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), request.body.size()).ptr;
    out.append("Content-Length: ").append(digits.data(), end).append("\r\n");
  }
  out.append("\r\n").append(request.body);
}

std::span<char> ResponseParser::prepare(std::size_t bytes) {
  if (state_ == State::broken) begin_ = position_ = scanned_ = end_ = 0;
  if (buffer_.size() - end_ < bytes) make_room(bytes);
  return std::span(buffer_).subspan(end_, bytes);
}

void ResponseParser::commit(std::size_t bytes) noexcept {
  assert(bytes <= buffer_.size() - end_);
  end_ += bytes;
}

void ResponseParser::make_room(std::size_t bytes) {
  close_gap();
  move_to_front();
  const std::size_t needed = end_ + bytes;
  if (needed <= buffer_.size()) return;
  const std::size_t enough = 2 * limits_.head_bytes_max + limits_.body_bytes_max + bytes;
  buffer_.resize(std::max(needed, std::min(2 * buffer_.size(), enough)));
}

// Removes the chunk lines between the decoded body and the bytes that are not parsed yet.
void ResponseParser::close_gap() noexcept {
  const bool chunks = state_ == State::chunk_size || state_ == State::chunk_data || state_ == State::chunk_end ||
                      state_ == State::trailer;
  const std::size_t gap = chunks ? position_ - body_end_ : 0;
  if (gap == 0) return;
  std::memmove(buffer_.data() + body_end_, buffer_.data() + position_, end_ - position_);
  position_ -= gap;
  scanned_ -= gap;
  end_ -= gap;
}

void ResponseParser::move_to_front() noexcept {
  const std::size_t by = begin_;
  if (by == 0) return;
  std::memmove(buffer_.data(), buffer_.data() + by, end_ - by);
  begin_ = 0;
  position_ -= by;
  scanned_ -= by;
  end_ -= by;
  body_begin_ -= std::min(body_begin_, by);
  body_end_ -= std::min(body_end_, by);
}

ResponseParser::Step ResponseParser::next(Response& out) noexcept {
  for (;;) {
    switch (step()) {
      case Progress::next_line: continue;
      case Progress::stop: return state_ == State::broken ? Step::error : Step::need_more;
      case Progress::complete: deliver(out); return Step::response;
    }
  }
}

ResponseParser::Step ResponseParser::finish(Response& out) noexcept {
  const Step step = next(out);
  if (step != Step::need_more || idle()) return step;
  if (state_ == State::body_until_close) {
    deliver(out);
    return Step::response;
  }
  fail("the connection ended in the middle of a response");
  return Step::error;
}

ResponseParser::Progress ResponseParser::step() noexcept {
  switch (state_) {
    case State::status_line: return status_line();
    case State::field_line: return field_line();
    case State::body_counted: return body_counted();
    case State::body_until_close: return body_until_close();
    case State::chunk_size: return chunk_size();
    case State::chunk_data: return chunk_data();
    case State::chunk_end: return chunk_end();
    case State::trailer: return trailer();
    case State::broken: return Progress::stop;
  }
  return Progress::stop;
}

ResponseParser::Progress ResponseParser::fail(std::string_view why) noexcept {
  if (state_ != State::broken) error_ = why;
  state_ = State::broken;
  return Progress::stop;
}

// Returns false when it needs input or failed. `bytes_max` bounds the line with its CRLF, even while it is incomplete.
bool ResponseParser::take_line(std::string_view& line, std::size_t bytes_max, std::string_view too_long) noexcept {
  const char* const start = buffer_.data() + position_;
  const void* const lf = end_ == scanned_ ? nullptr : std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_);
  const std::size_t size = lf ? static_cast<std::size_t>(static_cast<const char*>(lf) - start) + 1 : end_ - position_;
  if (size > bytes_max) {
    fail(too_long);
    return false;
  }
  scanned_ = position_ + size;
  if (!lf) return false;
  if (size < 2 || start[size - 2] != '\r') {
    fail("a line of the response ends in LF without CR");
    return false;
  }
  line = std::string_view(start, size - 2);
  if (has_control(line)) {
    fail("a line of the response contains a control character");
    return false;
  }
  position_ += size;
  return true;
}

// Takes a field line with its folded lines (RFC 9112 §5.2). The line end and the blanks after it become spaces, in
// place. Returns false when it needs input or failed. Only the byte after a line shows whether it is folded.
bool ResponseParser::take_field_line(std::string_view& line, std::size_t bytes_max,
                                     std::string_view too_long) noexcept {
  const std::size_t begin = position_;
  std::string_view piece;
  while (take_line(piece, bytes_max - (position_ - begin), too_long)) {
    line = std::string_view(buffer_.data() + begin, position_ - begin - 2);
    if (piece.empty()) return true;  // the end of the head
    if (position_ == end_) {
      scanned_ = position_ - 1;  // the line end will be found again
      break;
    }
    if (!is_blank(buffer_[position_])) return true;
    buffer_[position_ - 2] = buffer_[position_ - 1] = ' ';
  }
  position_ = begin;
  return false;
}

// The last line of the common beginning of this head and the previous one; nullptr: there is no common line. A line
// that is folded over the next one here is different.
const ResponseParser::KnownLine* ResponseParser::skip_known_lines() noexcept {
  const std::size_t known = known_count_ == 0 ? 0 : known_lines_[known_count_ - 1].end;
  const std::size_t same = common_prefix(buffer_.data() + begin_, known_bytes_.data(), std::min(end_ - begin_, known));
  std::size_t count = known_count_;
  while (count > 0 && known_lines_[count - 1].end > same) --count;
  if (count > 1 && known_lines_[count - 1].kind == LineKind::within_head) {
    const std::size_t behind = begin_ + known_lines_[count - 1].end;
    if (behind == end_ || is_blank(buffer_[behind])) --count;
  }
  if (count == 0) return nullptr;
  known_count_ = count;
  const KnownLine& last = known_lines_[count - 1];
  head_ = last.head;
  position_ = scanned_ = begin_ + last.end;
  return &last;
}

// Remembers the line that ends at the position. After a line that did not fit, no line of its head is kept, as they end
// further back.
void ResponseParser::know_line(LineKind kind) noexcept {
  const std::size_t end = position_ - begin_;
  const std::size_t known = known_count_ == 0 ? 0 : known_lines_[known_count_ - 1].end;
  if (known_count_ == known_lines_.size() || end > known_bytes_.size()) return;
  std::memcpy(known_bytes_.data() + known, buffer_.data() + begin_ + known, end - known);
  KnownLine& line = known_lines_[known_count_++];
  line.end = end;
  line.head = head_;
  line.kind = kind;
}

ResponseParser::Progress ResponseParser::status_line() noexcept {
  if (const KnownLine* known = skip_known_lines()) {
    state_ = State::field_line;
    return known->kind == LineKind::end_of_head ? end_of_head() : Progress::next_line;
  }
  const std::string_view seen(buffer_.data() + begin_, std::min(end_ - begin_, version_start.size()));
  // Report it immediately, because a peer with another protocol may never send a line end.
  if (!version_start.starts_with(seen)) return fail("the response does not start with HTTP/1.");
  std::string_view line;
  if (!take_line(line, head_bytes_left(), "the head of the response is too long")) return Progress::stop;
  const bool well_formed = line.size() >= status_line_size_min && (line[7] == '1' || line[7] == '0') &&
                           line[8] == ' ' && std::all_of(&line[9], &line[9] + 3, is_ascii_digit) &&
                           (line.size() == status_line_size_min || line[12] == ' ');
  if (!well_formed) return fail("a malformed status line");
  const int status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  if (status < 100 || status > 599) return fail("a status outside 100 to 599");
  head_.status = static_cast<std::uint16_t>(status);
  head_.http_1_0 = line[7] == '0';
  head_.lines.begin = position_ - begin_;
  known_count_ = 0;
  know_line(LineKind::within_head);
  state_ = State::field_line;
  return Progress::next_line;
}

ResponseParser::Progress ResponseParser::end_of_head() noexcept {
  if (head_.chunked && head_.has_length) return fail("the response has both Transfer-Encoding and Content-Length");
  if (head_.chunked && head_.http_1_0) return fail("an HTTP/1.0 response has a Transfer-Encoding");
  if (head_.status < 200) return interim();
  if (head_.http_1_0 && !head_.keep_alive) head_.close = true;
  body_begin_ = body_end_ = position_;
  if (head_.status == 204 || head_.status == 304) return Progress::complete;
  if (head_.chunked) {
    state_ = State::chunk_size;
  } else if (head_.has_length) {
    if (head_.length > limits_.body_bytes_max) return fail("the body of the response is too long");
    state_ = State::body_counted;
  } else {
    head_.close = true;
    state_ = State::body_until_close;
  }
  return Progress::next_line;
}

ResponseParser::Progress ResponseParser::interim() noexcept {
  if (head_.status == 101) return fail("the server sent a 101 response that amend did not request");
  if (++interims_ > limits_.interim_max) return fail("too many 1xx responses");
  start_message();
  return Progress::next_line;
}

ResponseParser::Progress ResponseParser::body_counted() noexcept {
  if (end_ - position_ < head_.length) return Progress::stop;
  body_end_ = position_ = scanned_ = body_begin_ + static_cast<std::size_t>(head_.length);
  return Progress::complete;
}

ResponseParser::Progress ResponseParser::body_until_close() noexcept {
  body_end_ = position_ = scanned_ = end_;
  if (body_end_ - body_begin_ > limits_.body_bytes_max) return fail("the body of the response is too long");
  return Progress::stop;
}

ResponseParser::Progress ResponseParser::chunk_size() noexcept {
  const std::size_t line_bytes_max = limits_.head_bytes_max - overhead_ + chunk_digits_max + 2;
  std::string_view line;
  if (!take_line(line, line_bytes_max, "chunk extensions are too long")) return Progress::stop;
  std::size_t digits = 0;
  std::uint64_t size = 0;
  for (; digits < line.size() && hex_value(line[digits]) >= 0; ++digits) {
    if (digits == chunk_digits_max) return fail("a malformed chunk size");
    size = size << 4 | static_cast<std::uint64_t>(hex_value(line[digits]));
  }
  const std::string_view rest = line.substr(digits);
  if (digits == 0 || (!rest.empty() && !trim(rest).starts_with(';'))) return fail("a malformed chunk size");
  overhead_ += rest.size();
  if (overhead_ > limits_.head_bytes_max) return fail("chunk extensions are too long");
  if (size > limits_.body_bytes_max - (body_end_ - body_begin_)) return fail("the body of the response is too long");
  chunk_left_ = size;
  state_ = size == 0 ? State::trailer : State::chunk_data;
  return Progress::next_line;
}

ResponseParser::Progress ResponseParser::chunk_data() noexcept {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, end_ - position_));
  std::memmove(buffer_.data() + body_end_, buffer_.data() + position_, size);
  body_end_ += size;
  position_ += size;
  scanned_ = position_;
  chunk_left_ -= size;
  if (chunk_left_ != 0) return Progress::stop;
  state_ = State::chunk_end;
  return Progress::next_line;
}

ResponseParser::Progress ResponseParser::chunk_end() noexcept {
  if (end_ - position_ < 2) return Progress::stop;
  if (buffer_[position_] != '\r' || buffer_[position_ + 1] != '\n')
    return fail("a chunk is longer than its chunk size");
  position_ += 2;
  scanned_ = position_;
  state_ = State::chunk_size;
  return Progress::next_line;
}

ResponseParser::Progress ResponseParser::trailer() noexcept {
  std::string_view line;
  // The empty line after the trailers does not count.
  if (!take_field_line(line, limits_.head_bytes_max - overhead_ + 2, "trailers are too long")) return Progress::stop;
  if (line.empty()) return Progress::complete;
  overhead_ += line.size() + 2;
  if (overhead_ > limits_.head_bytes_max) return fail("trailers are too long");
  std::string_view name;
  std::string_view value;
  return field_syntax(line, name, value) ? Progress::next_line : Progress::stop;
}

std::string_view ResponseParser::view(const Piece& piece) const noexcept {
  return piece.size == 0 ? std::string_view() : std::string_view(buffer_.data() + begin_ + piece.begin, piece.size);
}

void ResponseParser::deliver(Response& out) noexcept {
  out.status = head_.status;
  out.close = head_.close;
  out.body = std::string_view(buffer_.data() + body_begin_, body_end_ - body_begin_);
  out.retry_after = view(head_.retry_after);
  out.date = view(head_.date);
  out.location = view(head_.location);
  out.content_type = view(head_.content_type);
  out.content_encoding = view(head_.content_encoding);
  out.head = view(head_.lines);
  out.has_rate_fields = head_.has_rate_fields;
  interims_ = 0;
  start_message();
}

void ResponseParser::start_message() noexcept {
  begin_ = position_;
  overhead_ = 0;
  head_ = Head();
  state_ = State::status_line;
}

}  // namespace amend::http1
