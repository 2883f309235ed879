// What trivial-server has answered so far.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bench {

class Totals {
 public:
  std::uint64_t connections = 0;
  std::uint64_t requests = 0;  ///< answered, or held and not answered before the end
  std::uint64_t malformed = 0;
  std::chrono::system_clock::time_point first_request{};  ///< when its bytes had been read
  std::chrono::system_clock::time_point last_request{};

  void count(std::size_t more) {
    if (more == 0) return;
    last_request = std::chrono::system_clock::now();
    if (requests == 0) first_request = last_request;
    requests += more;
  }
};

}  // namespace bench
