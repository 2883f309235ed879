// Decides how long a worker lets responses gather before it reads its connections again.
//
// *Threads.* The worker's; each worker has one. *Errors.* None. *Bounds.* `longest`. *Lifetime.* A value. *Source.*
// Pure: the time is an argument.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace amend {

/// The wait is the time in which the server, and the way to it, are busy with the requests in flight. The shortest
/// latency and the time of reading are subtracted, because new requests are sent only after them. So it does not wait
/// where latency alone limits the run.
class ResponseGathering {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using nanoseconds = std::chrono::nanoseconds;

  static constexpr std::chrono::microseconds longest{2'000};
  static constexpr std::chrono::microseconds shortest{100};  ///< a shorter wait is not worth it
  static constexpr std::size_t in_flight_min = 32;           ///< below it there is no wait

  /// `responses` have been read; `latency` is that of the fastest.
  void received(std::size_t responses, nanoseconds latency) noexcept {
    came_ += static_cast<double>(responses);
    latency_min_ = std::min(latency_min_, std::chrono::duration<double>(latency).count());
  }

  /// All available responses have been read, and new requests are sent. Returns how long to wait now; 0: do not wait.
  nanoseconds wait(std::size_t in_flight, time_point now) noexcept {
    const double turn = std::chrono::duration<double>(now - since_).count();
    const double busy = std::max(0.0, turn - std::exchange(waited_, 0.0));
    const double came = std::exchange(came_, 0.0);
    since_ = now;
    // The first turn, or one in which the run made no progress, shows no rate.
    if (turn <= 0 || turn > 10 * seconds(longest)) return {};
    responses_ = responses_ * memory + came;
    time_ = time_ * memory + turn;
    // Where latency limits the run, each wait lowers the rate. So the best rate counts: the present rate would justify
    // the next wait.
    per_second_ = std::max(per_second_ * forgetting, responses_ / time_);
    if (in_flight < in_flight_min || per_second_ <= 0) return {};
    const double all = static_cast<double>(in_flight) / per_second_;  // until all requests have a response
    // Reading counts twice: the server got the first of these requests one reading ago, and waits one reading for the
    // next.
    const double most = all - latency_min_ - 2 * busy;
    if (most < seconds(shortest)) return {};
    waited_ = std::min(most, seconds(longest));
    return std::chrono::duration_cast<nanoseconds>(std::chrono::duration<double>(waited_));
  }

 private:
  static constexpr double memory = 15.0 / 16;      // weight of a turn, compared with the next one
  static constexpr double forgetting = 63.0 / 64;  // of the best rate, per turn
  static constexpr double seconds(std::chrono::microseconds time) noexcept {
    return std::chrono::duration<double>(time).count();
  }

  double came_ = 0;            // since the last turn
  double responses_ = 0;       // in the last turns
  double time_ = 0;            // of the last turns, in seconds
  double per_second_ = 0;      // the best of the last turns
  double latency_min_ = 3600;  // seconds
  double waited_ = 0;          // in this turn
  time_point since_{};
};

}  // namespace amend
