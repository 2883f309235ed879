// How long a worker lets responses gather before it looks at its connections again.
//
// *Threads.* The worker's; each worker has one. *Errors.* None. *Bounds.* `longest`. *Lifetime.* A value. *Source.*
// Pure: the time is an argument.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace amend {

/// Waits as long as what is in flight keeps the server, and the way to it and back, at work: less the shortest time
/// that a response ever took, less what reading takes, as new requests are sent only then. So it does not wait where
/// latency alone slows the run down.
class ResponseGathering {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using nanoseconds = std::chrono::nanoseconds;

  static constexpr std::chrono::microseconds longest{2'000};
  static constexpr std::chrono::microseconds shortest{100};  ///< less is not worth going to sleep for
  static constexpr std::size_t in_flight_min = 32;           ///< below it there is no wait

  /// `responses` have been read; `latency` is that of the fastest.
  void received(std::size_t responses, nanoseconds latency) noexcept {
    came_ += static_cast<double>(responses);
    latency_min_ = std::min(latency_min_, std::chrono::duration<double>(latency).count());
  }

  /// All responses that were there have been read, and new requests sent. How long to wait now; 0: not at all.
  nanoseconds wait(std::size_t in_flight, time_point now) noexcept {
    const double turn = std::chrono::duration<double>(now - since_).count();
    const double busy = std::max(0.0, turn - std::exchange(waited_, 0.0));
    const double came = std::exchange(came_, 0.0);
    since_ = now;
    // The first turn, or one in which the run stood still, shows no rate.
    if (turn <= 0 || turn > 10 * seconds(longest)) return {};
    responses_ = responses_ * memory + came;
    time_ = time_ * memory + turn;
    // Waiting slows a run down that latency holds up: judged by what it is then, each wait would excuse the next.
    per_second_ = std::max(per_second_ * forgetting, responses_ / time_);
    if (in_flight < in_flight_min || per_second_ <= 0) return {};
    const double all = static_cast<double>(in_flight) / per_second_;  // until all have a response
    // Twice: that long ago the server got the first of what is in flight, and that long it waits for the next.
    const double most = all - latency_min_ - 2 * busy;
    if (most < seconds(shortest)) return {};
    waited_ = std::min(most, seconds(longest));
    return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(waited_));
  }

 private:
  static constexpr double memory = 15.0 / 16;      // what an earlier turn counts beside the next
  static constexpr double forgetting = 63.0 / 64;  // of the best rate, a turn
  static constexpr double seconds(std::chrono::microseconds time) noexcept {
    return std::chrono::duration<double>(time).count();
  }

  double came_ = 0;            // since the last turn
  double responses_ = 0;       // in the last turns
  double time_ = 0;            // that they took, in seconds
  double per_second_ = 0;      // the best of the last turns
  double latency_min_ = 3600;  // seconds
  double waited_ = 0;          // in this turn
  time_point since_{};
};

}  // namespace amend
