// HTTP/1.1 as bytes: appends requests to a buffer, and cuts responses out of one. Strict by RFC 9112. Pure.
//
// The parser accepts and refuses as follows. A refusal ends the trust in the connection: every later call returns
// `error`.
//
//   status line   `HTTP/1.1` or `HTTP/1.0`, SP, 100–599, SP, reason. A missing last SP is tolerated (an empty reason).
//   line ends     CRLF only. RFC 9112 §2.2 lets a recipient accept a bare LF. The parser refuses it: programs that
//                 disagree about the end of a line may disagree about the end of a response. It also refuses an empty
//                 line before the status line.
//   field lines   name = token, no space before the colon, no C0 controls except TAB (RFC 9110 §5.5). A line that is
//                 folded over several is one line, with spaces where it was folded (§5.2).
//   1xx           skipped; 101 is an error, and so are more than `interim_max` before one response.
//   framing       RFC 9112 §6.3: 204 and 304 have no body. `Transfer-Encoding: chunked` must be single and the last
//                 coding. Otherwise `Content-Length` counts (a list or several fields must agree). Otherwise the body
//                 ends with the connection. The coding `identity` of older servers is ignored. Both chunked and a
//                 length, any other coding, and a coding in HTTP/1.0 (§6.1) are errors.
//   chunked       at most 16 hexadecimal digits. Extensions and trailers are skipped; together they have at most
//                 `head_bytes_max`. The body is decoded in place.
//   close         `Connection: close`; HTTP/1.0 without `keep-alive`; a body that ends with the connection.
//
// A field that must be single may be repeated (Retry-After, Date, Location, Content-Type, Content-Encoding). Then the
// first one is kept. Fields of 1xx responses and trailers are skipped.
//
// Threads: one worker's, inside a session. Source: layer 1, no sockets, no clocks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "amend/row/request.hpp"
#include "row/response.hpp"

namespace amend::http1 {

/// Appends one request: the request line, `fixed_headers`, `request.headers`, Content-Length, an empty line, the body.
/// `fixed_headers` are complete lines with CRLF: Host, User-Agent, Content-Type. Content-Length is there when the
/// request has a body, or is PUT or POST (RFC 9110 §8.6). Target and headers are not checked, because their makers
/// exclude stray CR and LF.
///
/// Bounds: allocates only to grow `out`.
void append_request(std::string& out, const Request& request, std::string_view fixed_headers);

/// The bounds of one response.
///
/// Bounds of a parser: at most 2 × `head_bytes_max` + `body_bytes_max` + the bytes that are read at once. It grows only
/// with the longest response. The knowledge of the last head takes 3 KiB.
class Limits {
 public:
  constexpr Limits() = default;

  std::size_t head_bytes_max = 65'536;    ///< status line and fields; also chunk extensions and trailers together
  std::size_t body_bytes_max = 1U << 20;  ///< after decoding
  std::uint32_t interim_max = 16;         ///< 1xx responses before one final response
};
static_assert(!std::is_aggregate_v<Limits>);

/// Cuts responses out of the bytes of one connection, with one buffer and no allocation per response. Each byte is
/// parsed once, however the responses are split.
///
/// Servers repeat themselves, so the parser compares the first lines of a head with those of the previous head. It does
/// not parse the lines that are equal byte for byte. This is correct, because the meaning of a line depends only on the
/// bytes up to its end.
///
///     commit(read(prepare(65536)));
///     while (parser.next(response) == Step::response) …;   // all of them, before the next prepare
class ResponseParser {
 public:
  enum class Step : std::uint8_t {
    need_more,  ///< no complete response yet
    response,   ///< `out` is a response
    error,      ///< not HTTP/1.1 as described above, or beyond a limit; final
  };

  explicit ResponseParser(Limits limits = Limits()) noexcept : limits_(limits) {}

  /// Returns room for exactly `bytes` bytes. It invalidates all views in earlier Responses.
  std::span<char> prepare(std::size_t bytes);
  /// Declares that the first `bytes` bytes of the room contain input.
  void commit(std::size_t bytes) noexcept;

  /// The next complete final response in the committed bytes. Call it only while a request is unanswered. The session
  /// itself must detect bytes that arrive at other times (`idle`).
  Step next(Response& out) noexcept;

  /// The stream ended cleanly. Returns what `next` would return, then a body that ends with the connection. `need_more`
  /// means that no response was pending; `error` means that a response was cut.
  Step finish(Response& out) noexcept;

  /// Whether the parser is between responses and no byte is buffered.
  bool idle() const noexcept { return state_ == State::status_line && begin_ == end_; }

  /// The memory for the bytes of the connection.
  std::size_t buffer_bytes() const noexcept { return buffer_.size(); }

  /// What was refused, for messages ("two different Content-Length fields"). A static text; empty without an error.
  std::string_view error() const noexcept { return error_; }

 private:
  enum class State : std::uint8_t {
    status_line,
    field_line,
    body_counted,
    body_until_close,
    chunk_size,
    chunk_data,
    chunk_end,
    trailer,
    broken,
  };
  enum class Progress : std::uint8_t { next_line, stop, complete };  // stop: needs input, or failed

  // A part of the current response, relative to its first byte, so that compaction does not change it.
  class Piece {
   public:
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  // What is known from the head of the current response so far.
  class Head {
   public:
    std::uint16_t status = 0;
    bool http_1_0 = false;
    bool close = false;
    bool keep_alive = false;
    bool chunked = false;
    bool has_length = false;
    bool has_rate_fields = false;
    std::uint64_t length = 0;
    Piece lines;
    Piece retry_after;
    Piece date;
    Piece location;
    Piece content_type;
    Piece content_encoding;
  };

  enum class LineKind : std::uint8_t { within_head, end_of_head };

  // A line of the previous head.
  class KnownLine {
   public:
    std::size_t end = 0;  // with its CRLF; the previous line ends where it begins
    Head head;            // its state after the line
    LineKind kind = LineKind::within_head;
  };

  Progress step() noexcept;
  bool take_line(std::string_view& line, std::size_t bytes_max, std::string_view too_long) noexcept;
  bool take_field_line(std::string_view& line, std::size_t bytes_max, std::string_view too_long) noexcept;
  std::size_t head_bytes_left() const noexcept { return limits_.head_bytes_max - (position_ - begin_); }
  const KnownLine* skip_known_lines() noexcept;
  void know_line(LineKind kind) noexcept;
  Progress status_line() noexcept;
  Progress field_line() noexcept;
  bool field_syntax(std::string_view line, std::string_view& name, std::string_view& value) noexcept;
  void field(std::string_view name, std::string_view value) noexcept;
  void content_length(std::string_view value) noexcept;
  void transfer_encoding(std::string_view value) noexcept;
  void connection(std::string_view value) noexcept;
  void keep_first(Piece& piece, std::string_view value) const noexcept;
  Progress end_of_head() noexcept;
  Progress interim() noexcept;
  Progress body_counted() noexcept;
  Progress body_until_close() noexcept;
  Progress chunk_size() noexcept;
  Progress chunk_data() noexcept;
  Progress chunk_end() noexcept;
  Progress trailer() noexcept;
  Progress fail(std::string_view why) noexcept;
  void deliver(Response& out) noexcept;
  void start_message() noexcept;
  std::string_view view(const Piece& piece) const noexcept;
  void close_gap() noexcept;
  void move_to_front() noexcept;
  void make_room(std::size_t bytes);

  Limits limits_;
  std::vector<char> buffer_;
  // Offsets. While a body is read: 0 ≤ begin_ ≤ body_end_ ≤ position_ ≤ scanned_ ≤ end_ ≤ buffer_.size().
  std::size_t begin_ = 0;     // first byte of the current response
  std::size_t position_ = 0;  // first byte that is not parsed yet
  std::size_t scanned_ = 0;   // no LF between position_ and here
  std::size_t end_ = 0;       // of the committed bytes
  std::size_t body_begin_ = 0;
  std::size_t body_end_ = 0;
  std::uint64_t chunk_left_ = 0;
  std::size_t overhead_ = 0;  // chunk extensions and trailers of this response
  std::uint32_t interims_ = 0;
  State state_ = State::status_line;
  Head head_;
  std::array<char, 1024> known_bytes_{};  // of the previous head; of a long one, the whole lines that fit
  std::array<KnownLine, 16> known_lines_;
  std::size_t known_count_ = 0;
  std::string_view error_;
};

}  // namespace amend::http1
