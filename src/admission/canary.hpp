// The first rows are tried before all others: one, then ten, then full speed. Each group is judged before the next. So
// a wrong mapping, environment or key costs a few rows and not a hundred thousand.
//
//   first   One request is in flight at a time until a row has succeeded. `first_rows_max` rows that ended without
//           success, and none that succeeded: stop.
//   group   Rows that have ended and requests in flight are together at most `group_rows`. When more than
//           `group_failures_max` rows have ended without success: stop.
//   over    All requests may go.
//
// Only rows that have ended are judged: a row that waits for its retry lets another one go. So the circuit breaker
// (admission/circuit_breaker.hpp) meets an outage at the start, and no row uses up its attempts.
//
// *Threads.* Any; one object, shared by all workers. Once it is over, a call costs one relaxed load. *Errors.* None.
// *Bounds.* A few counters. *Lifetime.* A value that stays where it is. *Source.* A policy.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "amend/config.hpp"
#include "amend/row/outcome.hpp"

namespace amend {

class Canary {
 public:
  static constexpr std::uint32_t first_rows_max = 3;
  static constexpr std::uint32_t group_rows = 10;
  static constexpr std::uint32_t group_failures_max = 5;

  explicit Canary(CanaryMode mode) noexcept : phase_(mode == CanaryMode::on ? Phase::first : Phase::over) {}
  Canary(const Canary&) = delete;
  Canary& operator=(const Canary&) = delete;

  bool over() const noexcept { return phase_.load(std::memory_order_relaxed) == Phase::over; }

  enum class Admission : std::uint8_t {
    no,         ///< other requests must end first
    as_canary,  ///< one request may go; call `attempt_over` at its end
    freely,     ///< the canary is over
  };
  Admission admit() noexcept;
  /// A request that was admitted as canary has ended, or was not sent after all.
  void attempt_over() noexcept;

  enum class Decision : std::uint8_t { undecided, passed, stop };
  /// A row has ended. `passed` and `stop` are returned once each. Rows that were never sent do not come here.
  Decision row_ended(Status status) noexcept;

  /// After `stop`: how many rows of how many failed, for the operator.
  std::string describe() const;

 private:
  enum class Phase : std::uint8_t { first, group, over };

  Decision judge_first(Status status) noexcept;
  Decision judge_group() noexcept;

  mutable std::mutex mutex_;
  std::atomic<Phase> phase_;
  std::uint32_t out_ = 0;
  std::uint32_t ended_ = 0;   // rows of this phase
  std::uint32_t failed_ = 0;  // of those
  bool stopped_ = false;
};

}  // namespace amend
