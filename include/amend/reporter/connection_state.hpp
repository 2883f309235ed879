// Whether a run can connect to the API: what status, metrics and summary show. Layer 1: a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace amend {

/// Whether the API can be connected to.
class ConnectionState {
 public:
  ConnectionState() = default;

  bool in_trouble = false;
  std::string cause;  ///< of the last failure: "refused", "timeout" and so on (OpenError)
  std::string text;   ///< the same, for people: "127.0.0.1:8443: Connection refused"
  std::chrono::nanoseconds lasted{0};
  std::chrono::milliseconds gives_up_after{0};  ///< from its beginning on
  std::uint64_t times = 0;                      ///< that there was trouble
  std::chrono::nanoseconds total{0};
};

}  // namespace amend
