// How long a worker lets answers gather before it looks at its connections again. Layer 1, pure (the time is handed
// in). One for each worker.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace amend {

class AnswerGathering {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::microseconds longest{2'000};
  static constexpr std::chrono::microseconds shortest{100};  ///< less is not worth going to sleep for
  static constexpr std::size_t in_flight_min = 32;           ///< below it nothing waits
  /// Waits for so large a share of what is in flight: the server is left with the rest to work on.
  static constexpr std::size_t share = 4;

  void answered(std::size_t answers) noexcept { answers_ += answers; }

  /// Everything that was there has been looked at. How long to wait now; 0: not at all.
  std::chrono::nanoseconds wait(std::size_t in_flight, time_point now) noexcept {
    constexpr std::chrono::nanoseconds not_at_all{0};
    const std::chrono::duration<double> turn = now - since_;
    const auto came = static_cast<double>(answers_);
    answers_ = 0;
    since_ = now;
    // The first turn, or one in which the run stood still: nothing to go by.
    if (turn > 10 * longest || turn.count() <= 0) return not_at_all;
    const double rate = came / turn.count();
    per_second_ = per_second_ == 0 ? rate : per_second_ + (rate - per_second_) / 8;
    const double wanted = static_cast<double>(in_flight) / share;
    if (in_flight < in_flight_min || came >= wanted || per_second_ <= 0) return not_at_all;
    const std::chrono::duration<double> until(wanted / per_second_);
    if (until < shortest) return not_at_all;
    return until < longest ? std::chrono::duration_cast<std::chrono::nanoseconds>(until) : longest;
  }

 private:
  std::size_t answers_ = 0;  // since the last turn
  time_point since_{};
  double per_second_ = 0;  // of late
};

}  // namespace amend
