// How long a server with so many places takes for a request, all connections together: the first free place works on
// it, and while none is free it waits in the order of arrival. Pure: the time comes in. Memory: 8 bytes a place and a
// waiting request.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

namespace amend::sim {

class Capacity {
 public:
  using Time = std::chrono::system_clock::time_point;
  static constexpr std::uint32_t places_max = 100'000;

  /// `places` 1 … `places_max`; `work`: what each request takes, waiting aside. Without `waiting_max` any number waits.
  Capacity(std::uint32_t places, std::chrono::nanoseconds work, std::optional<std::uint32_t> waiting_max);

  /// How long from `now` until the request is done; nullopt: refused, as too many wait already.
  std::optional<std::chrono::nanoseconds> admit(Time now);

 private:
  std::chrono::nanoseconds work_;
  std::optional<std::uint32_t> waiting_max_;
  std::priority_queue<Time, std::vector<Time>, std::greater<>> free_at_;  // one a place
  std::deque<Time> begins_;                                               // of requests that waited at the last look
};

}  // namespace amend::sim
