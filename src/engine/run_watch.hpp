// When a run as a whole has taken too long, or makes no progress. Layer 1: pure; events and time are arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "amend/config.hpp"
#include "amend/metrics/metrics.hpp"

namespace amend {

/// How often a run is looked at; a deadline is noticed so late at most.
inline constexpr std::chrono::milliseconds run_watch_interval{100};
/// What the time between two looks counts for at most: while the process was stopped (Ctrl-Z) nothing could happen.
inline constexpr std::chrono::milliseconds run_watch_gap_max{1'000};

/// What moves in a run, at one moment.
class RunProgress {
 public:
  RunProgress() = default;

  std::uint64_t steps = 0;  ///< all that happened: bytes read, attempts, connections made and failed, rows ended
  std::uint64_t rows_ended = 0;
  std::uint64_t rows_left = 0;  ///< read and not ended
  std::uint64_t in_flight = 0;
  std::chrono::nanoseconds interval{0};                ///< between two requests, at the pace in force
  std::chrono::steady_clock::time_point held_until{};  ///< the server asked to wait, or an operator paused the run
};

RunProgress progress_of(const Metrics& metrics) noexcept;

/// The last guard behind all other deadlines: what none of them ends, ends here. For one thread.
class RunWatch {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Decision : std::uint8_t {
    go_on,
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
  Clock::duration still_{};  ///< how long nothing has happened
  std::uint64_t steps_ = 0;
  std::optional<std::uint64_t> rows_ended_at_reconnect_;
};

}  // namespace amend
