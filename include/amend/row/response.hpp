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
};
static_assert(!std::is_aggregate_v<Response>);

}  // namespace amend
