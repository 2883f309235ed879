// What the simulator reads and answers, as plain values. No I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace amend::sim {

/// One complete request. Views into the connection's buffers, valid until the next one is parsed.
class ApiRequest {
 public:
  ApiRequest() = default;

  std::string_view method;
  std::string_view target;  ///< path and query exactly as on the request line: this is what was signed
  std::string_view body;
  std::string_view credential;  ///< the header fields that matter, empty when absent
  std::string_view nonce;
  std::string_view signature;
  std::string_view request_id;
  std::string_view content_type;
  bool keep_alive = true;  ///< false: the client asked for `Connection: close`, or speaks HTTP/1.0
};

/// What the API says to a request, before any fault spoils it.
class ApiAnswer {
 public:
  ApiAnswer() = default;
  ApiAnswer(std::uint16_t status_, std::string body_) : status(status_), body(std::move(body_)) {}

  std::uint16_t status = 200;
  std::string body;
  std::string headers;               ///< further header lines, each ending in CRLF
  bool applied = false;              ///< a customer's data were changed, or set to what they were
  std::chrono::nanoseconds work{0};  ///< how long it took to make, waiting for a free place included
};

/// `{"code":"E…","message":"…"}`, the form of every refusal.
ApiAnswer refusal(std::uint16_t status, std::string_view code, std::string_view message);

}  // namespace amend::sim
