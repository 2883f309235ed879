// A complete answer. Layer 0.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace amend {

/// Views into the connection's read buffer: valid until the session is asked for more.
class Response {
 public:
  Response() = default;

  std::uint16_t status = 0;
  bool close = false;  ///< the server announced that it closes after this answer (RFC 9112 §9.6)
  std::string_view body;
  std::string_view retry_after;  ///< empty when absent, as are all of these
  std::string_view date;
  std::string_view location;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view head;  ///< the field lines of the final answer, each with its CRLF; the status line is not in it
  bool has_rate_fields =
      false;  ///< one of them tells of a rate limit: `head` is worth reading (worker/server_pace.hpp)
};
static_assert(!std::is_aggregate_v<Response>);

}  // namespace amend
