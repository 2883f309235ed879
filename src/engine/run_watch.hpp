// Decides when a run as a whole has taken too long, or makes no progress. Layer 1.
//
// *Threads.* RunWatch: one thread. *Errors.* None. *Bounds.* A few numbers. *Lifetime.* A value. *Source.* A policy:
// events and time are arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "amend/config.hpp"
#include "amend/metrics/metrics.hpp"

namespace amend {

/// The time between two looks. A deadline is noticed up to this much later.
inline constexpr std::chrono::milliseconds run_watch_interval{100};
/// The time between two looks counts up to this much: a stopped process (Ctrl-Z) could make no progress.
inline constexpr std::chrono::milliseconds run_watch_gap_max{1'000};

/// The progress of a run at one moment.
class RunProgress {
 public:
  RunProgress() = default;

  std::uint64_t steps = 0;  ///< bytes read, attempts, connections made and failed, rows ended
  std::uint64_t rows_ended = 0;
  std::uint64_t rows_left = 0;  ///< read and not ended
  std::uint64_t in_flight = 0;
  std::chrono::nanoseconds interval{0};                ///< between two requests, at the present rate
  std::chrono::steady_clock::time_point held_until{};  ///< the server asked to wait, or an operator paused the run
};

RunProgress progress_of(const Metrics& metrics) noexcept;

/// The last guard after all other deadlines: it ends a run that none of them ends.
class RunWatch {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Decision : std::uint8_t {
    keep_running,
    past_deadline,
    reconnect,  ///< no progress: connections may be the cause
    stalled,    ///< again no progress, and no row has ended since reconnecting
  };

  RunWatch(const Config& config, Clock::time_point start) noexcept;

  Decision look(const RunProgress& progress, Clock::time_point now) noexcept;
  std::string describe_stall(const RunProgress& progress) const;
  std::chrono::milliseconds patience() const noexcept { return patience_; }

 private:
  std::chrono::milliseconds patience_;
  Clock::time_point end_;
  Clock::time_point looked_at_;
  Clock::duration still_{};  ///< how long there was no progress
  std::uint64_t steps_ = 0;
  std::optional<std::uint64_t> rows_ended_at_reconnect_;
};

}  // namespace amend
