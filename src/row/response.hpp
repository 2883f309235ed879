// A complete response. Layer 0.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace amend {

/// A response as views into the connection's read buffer.
///
/// Lifetime: valid until the next call of the session.
class Response {
 public:
  Response() = default;

  std::uint16_t status = 0;
  bool close = false;  ///< the server announced that it closes after this response (RFC 9112 §9.6)
  std::string_view body;
  std::string_view retry_after;  ///< empty when absent; so are the following fields
  std::string_view date;
  std::string_view location;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view head;         ///< the field lines of the final response, each with its CRLF, without the status line
  bool has_rate_fields = false;  ///< a field is about a rate limit: `head` is worth reading (admission/rate_hints.hpp)
};
static_assert(!std::is_aggregate_v<Response>);

}  // namespace amend
