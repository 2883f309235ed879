// The first rows are tried before all others: one, then ten, then full speed, each group judged before the next, so
// that a wrong mapping, a wrong environment or a wrong key costs a few rows and not a hundred thousand.
//
// Place: layer 1, pure. One object, shared by all workers; every call thread-safe. Once it is over, a call costs one
// relaxed load.
//
//   first   one request is out at a time until a row has succeeded. `first_rows_max` rows that ended without success,
//           and none that succeeded: stop.
//   group   rows that have ended and requests that are out are `group_rows` together, at most. When more than
//           `group_failures_max` rows have ended without success: stop.
//   over    everything goes.
//
// Only rows that have ended are judged: one that waits for its retry lets another one go, so that an outage at the
// start is met by the circuit (admission/circuit.hpp) and burns no row.
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

  /// All may go from now on.
  void skip() noexcept { phase_.store(Phase::over, std::memory_order_relaxed); }

  enum class Admission : std::uint8_t {
    no,         ///< others are being waited for
    as_canary,  ///< one request may go, and its end must be told by `attempt_over`
    freely,     ///< it is over
  };
  Admission admit() noexcept;
  /// A request that was admitted as canary has come back, or was not sent after all.
  void attempt_over() noexcept;

  enum class Judgement : std::uint8_t { go_on, passed, stop };
  /// A row has ended. `passed` and `stop` are said once. Rows that were never sent do not come here.
  Judgement row_ended(Status status) noexcept;

  /// After `stop`: how many of how many failed, for people.
  std::string describe() const;

 private:
  enum class Phase : std::uint8_t { first, group, over };

  Judgement judge_first(Status status) noexcept;
  Judgement judge_group() noexcept;

  mutable std::mutex mutex_;
  std::atomic<Phase> phase_;
  std::uint32_t out_ = 0;
  std::uint32_t ended_ = 0;   // rows of this phase
  std::uint32_t failed_ = 0;  // of those
  bool stopped_ = false;
};

}  // namespace amend
