// Whether a run can connect to the API, for status, metrics and summary. Layer 1: a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace amend {

class ConnectionState {
 public:
  ConnectionState() = default;

  bool in_trouble = false;
  std::string cause;  ///< of the last failure: "refused", "timeout" and so on (OpenError)
  std::string text;   ///< for people: "127.0.0.1:8443: Connection refused"
  std::chrono::nanoseconds lasted{0};
  std::chrono::milliseconds gives_up_after{0};  ///< since its beginning
  std::uint64_t times = 0;                      ///< how often no connection could be made
  std::chrono::nanoseconds total{0};
};

}  // namespace amend
