// One attempt, ready to be signed and sent. Layer 0.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace amend {

/// A UUIDv4 as text, 36 characters: the X-Request-ID of one attempt (src/wonder/README.md §2).
using RequestId = std::array<char, 36>;

inline std::string_view view(const RequestId& id) noexcept { return {id.data(), id.size()}; }

/// A request as views.
///
/// Lifetime: the memory must outlive Session::submit, which copies what it sends.
class Request {
 public:
  Request(std::string_view method_, std::string_view target_, std::string_view body_) noexcept
      : method(method_), target(target_), body(body_) {}

  std::string_view method;
  std::string_view target;   ///< path and query exactly as on the request line
  std::string_view body;     ///< empty: the request has no body and no Content-Length
  std::string_view headers;  ///< further header lines, each ending in CRLF: the signer's and the user's
  std::uint32_t tag = 0;     ///< returned with the response
};
static_assert(!std::is_aggregate_v<Request>);

}  // namespace amend
