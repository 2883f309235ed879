// HTTP/1.1 as bytes: requests are appended to a buffer, answers are cut out of one. Strict by RFC 9112.
//
// Place: layer 1, pure (no sockets, no clocks). Lives in a session, on its worker's thread.
//
// What the parser takes and refuses. A refusal poisons the connection: every later call says `error`.
//
//   status line   `HTTP/1.1` or `HTTP/1.0`, SP, 100–599, SP, reason. A missing last SP is tolerated (an empty reason).
//   line ends     CRLF only. RFC 9112 §2.2 lets a recipient take a bare LF; we refuse it: who disagrees about where a
//                 line ends may disagree about where an answer ends. Same for an empty line before the status line.
//   field lines   name = token, no space before the colon, no C0 controls except TAB (RFC 9110 §5.5). A line that is
//                 folded over several is one line, with spaces where it was folded (§5.2).
//   1xx           skipped; 101 is an error, and so are more than `interim_max` before one answer.
//   framing       RFC 9112 §6.3: 204 and 304 have no body; `Transfer-Encoding: chunked`, once and as the last coding;
//                 else `Content-Length` (a list or several fields must agree); else everything up to the end of the
//                 connection. The coding `identity` of older servers is none. Both chunked and a length, any other
//                 coding, and a coding in HTTP/1.0 (§6.1) are errors.
//   chunked       at most 16 hexadecimal digits; extensions and trailers are skipped, and together they may be no
//                 longer than `head_bytes_max`; the body is decoded in place.
//   close         `Connection: close`; HTTP/1.0 without `keep-alive`; a body that the end of the connection ends.
//
// Of a field that must be single and is repeated (Retry-After, Date, Location, Content-Type,
// Content-Encoding) the first is kept. Fields of 1xx answers and trailers are skipped.
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
#include "amend/row/response.hpp"

namespace amend::http1 {

/// Appends one request: the request line, `fixed_headers` (complete lines that each end in CRLF: Host, User-Agent,
/// Content-Type), `request.headers`, Content-Length when there is a body or the method is PUT or POST
/// (RFC 9110 §8.6), an empty line, the body. Checks nothing: target and headers hold no stray CR or LF by construction.
/// Allocates only to grow `out`.
void append_request(std::string& out, const Request& request, std::string_view fixed_headers);

/// Bounds of one answer. Memory of a parser: at most 2 × `head_bytes_max` + `body_bytes_max` + what is read at once,
/// and no more than the longest answer and that in fact; 3 KiB for what it knows of the last head.
class Limits {
 public:
  constexpr Limits() = default;

  std::size_t head_bytes_max = 65'536;    ///< status line and fields; also chunk extensions and trailers together
  std::size_t body_bytes_max = 1U << 20;  ///< after decoding
  std::uint32_t interim_max = 16;         ///< 1xx answers before one final answer
};
static_assert(!std::is_aggregate_v<Limits>);

/// Cuts answers out of the bytes of one connection. One buffer, no allocation per answer; each byte is parsed once
/// however the answers are split. The lines that a head begins with and that the head before had too, byte for byte,
/// are compared, not parsed: servers repeat themselves, and what a line means depends on nothing but the bytes up to
/// its end.
///
///     commit(read(prepare(65536)));
///     while (parser.next(response) == Step::response) …;   // all of them, before the next prepare
class ResponseParser {
 public:
  enum class Step : std::uint8_t {
    need_more,  ///< no complete answer yet
    response,   ///< `out` is one
    error,      ///< not HTTP/1.1 as described above, or a limit; stays so
  };

  explicit ResponseParser(Limits limits = Limits()) noexcept : limits_(limits) {}

  /// Room for exactly `bytes` bytes. Ends the life of all views in earlier Responses.
  std::span<char> prepare(std::size_t bytes);
  /// The first `bytes` bytes of that room now hold input.
  void commit(std::size_t bytes) noexcept;

  /// The next complete final answer in what was committed. To be asked only while a request is unanswered: bytes that
  /// arrive while none is are the session's to notice (`idle`).
  Step next(Response& out) noexcept;

  /// The stream ended cleanly. First everything `next` would give; then a body that the end of the connection ends;
  /// `need_more`: nothing was pending; `error`: an answer was cut.
  Step finish(Response& out) noexcept;

  /// Between answers, and no byte buffered.
  bool idle() const noexcept { return state_ == State::status_line && begin_ == end_; }

  /// Memory held for the bytes of the connection.
  std::size_t buffer_bytes() const noexcept { return buffer_.size(); }

  /// What was refused, for people ("two different Content-Length fields"); static text, empty while all is well.
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
  enum class Progress : std::uint8_t { go_on, stop, complete };  // stop: starved, or broken

  // A piece of the current answer, relative to its first byte, so that it outlives compaction.
  class Piece {
   public:
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  // What the head of the current answer has said so far.
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

  // A line of the head before.
  class KnownLine {
   public:
    std::size_t end = 0;  // its CRLF included; the line before ends where it begins
    Head head;            // as it was behind the line
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
  // 0 ≤ begin_ ≤ body_end_ ≤ position_ ≤ scanned_ ≤ end_ ≤ buffer_.size() while a body is read; all are offsets.
  std::size_t begin_ = 0;     // first byte of the current answer
  std::size_t position_ = 0;  // first byte not understood yet
  std::size_t scanned_ = 0;   // no LF between position_ and here
  std::size_t end_ = 0;       // of what was committed
  std::size_t body_begin_ = 0;
  std::size_t body_end_ = 0;
  std::uint64_t chunk_left_ = 0;
  std::size_t overhead_ = 0;  // chunk extensions and trailers of this answer
  std::uint32_t interims_ = 0;
  State state_ = State::status_line;
  Head head_;
  std::array<char, 1024> known_bytes_{};  // of the head before; of a longer one, the whole lines that fit
  std::array<KnownLine, 16> known_lines_;
  std::size_t known_count_ = 0;
  std::string_view error_;
};

}  // namespace amend::http1
