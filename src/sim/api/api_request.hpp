// The simulator's requests and responses, as plain values. No I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace amend::sim {

/// One complete request.
///
/// Lifetime: views into the connection's buffers, valid until the next request is parsed.
class ApiRequest {
 public:
  ApiRequest() = default;

  std::string_view method;
  std::string_view target;  ///< path and query exactly as on the request line: the signed text
  std::string_view body;
  std::string_view credential;  ///< the header fields that matter, empty when absent
  std::string_view nonce;
  std::string_view signature;
  std::string_view request_id;
  std::string_view content_type;
  bool keep_alive = true;  ///< false: the client sent `Connection: close`, or uses HTTP/1.0
};

/// The API's response before a fault changes it.
class ApiResponse {
 public:
  ApiResponse() = default;
  ApiResponse(std::uint16_t status_, std::string body_) : status(status_), body(std::move(body_)) {}

  std::uint16_t status = 200;
  std::string body;
  std::string headers;               ///< further header lines, each with CRLF
  bool applied = false;              ///< a customer's data were changed, or set to the same values
  std::chrono::nanoseconds work{0};  ///< the time it takes, including the wait for a free place
};

/// The form of every refusal: `{"code":"E…","message":"…"}`.
ApiResponse refusal(std::uint16_t status, std::string_view code, std::string_view message);

}  // namespace amend::sim
