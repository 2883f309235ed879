// The time that a server with a number of places needs for a request, over all connections. The first free place works
// on it. While no place is free, requests wait in the order of arrival. Pure: time is an argument.
//
// Bounds: 8 bytes per place and per waiting request.
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

  /// `places` is 1 … `places_max`. `work` is the time for each request without waiting. Without `waiting_max`, any
  /// number may wait.
  Capacity(std::uint32_t places, std::chrono::nanoseconds work, std::optional<std::uint32_t> waiting_max);

  /// The time from `now` until the request is done. nullopt: refused, because too many already wait.
  std::optional<std::chrono::nanoseconds> admit(Time now);

 private:
  std::chrono::nanoseconds work_;
  std::optional<std::uint32_t> waiting_max_;
  std::priority_queue<Time, std::vector<Time>, std::greater<>> free_at_;  // one per place
  std::deque<Time> begins_;                                               // of requests that waited at the last call
};

}  // namespace amend::sim
