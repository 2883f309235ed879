// The one brake of the whole run: whether a request may go now, and what each answer changes in that.
//
// Place: layer 1, pure (time and randomness are handed in). One object, shared by all workers; every call thread-safe.
// It joins the policies that each have a header of their own, in the order in which they are asked:
//
//   a person's pause → canary → circuit → concurrency limit → rate limiter
//
// The pace in force is the slowest of: --rate or what `amend control` made of it, the rate that --rate auto has found,
// and what the server's rate-limit fields ask for as long as they hold. A Retry-After holds everybody. With a fixed
// rate (or none) the first 429 says that it is too high: from then on the rate is found as with --rate auto, up to that
// one; 429s that a lower rate does not make rarer do not count for long (constant_share.hpp). While the run waits on
// purpose the clock of the rows' deadlines stands still (`clock`).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "amend/config.hpp"
#include "amend/worker/adaptive_rate.hpp"
#include "amend/worker/canary.hpp"
#include "amend/worker/circuit.hpp"
#include "amend/worker/concurrency_limit.hpp"
#include "amend/worker/connection_trouble.hpp"
#include "amend/worker/credential_guard.hpp"
#include "amend/worker/rate_limiter.hpp"
#include "amend/worker/retry_budget.hpp"
#include "amend/worker/retry_policy.hpp"
#include "amend/worker/run_clock.hpp"
#include "amend/worker/server_pace.hpp"

namespace amend {

/// What a request that was let go must give back, once, with its end.
class Permit {
 public:
  Permit() = default;

  Circuit::Trial trial = Circuit::no_trial;
  Canary::Admission admission = Canary::Admission::freely;
};

class Brake {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// How soon to ask again when others are being waited for; an answer that comes sooner is a reason to ask too.
  static constexpr std::chrono::milliseconds look_up{5};

  explicit Brake(const PaceConfig& pace) noexcept;
  Brake(const Brake&) = delete;
  Brake& operator=(const Brake&) = delete;

  enum class Answer : std::uint8_t {
    go,
    wait,      ///< for others, or for a person
    too_fast,  ///< the pace, or the server's hold
  };
  class Decision {
   public:
    Decision(Answer answer_, time_point at_, Permit permit_) noexcept : answer(answer_), at(at_), permit(permit_) {}
    Answer answer;
    time_point at;  ///< when it may not go: when to ask again; max(): when somebody wakes the worker
    Permit permit;  ///< when it may
  };

  /// Until when nothing can go whoever asks, as a person or the server wants it so: not later than `now` when it can;
  /// max(): until somebody wakes the worker. Connections are not worth being made before.
  time_point standing_until(time_point now) const noexcept;

  /// The earliest moment at which ask() may let a request go, as far as the pace and the circuit say now; not before
  /// `now`.
  time_point earliest(time_point now) const noexcept;

  /// Asks for one request. `in_flight`: of the whole run.
  Decision ask(time_point now, std::uint64_t in_flight) noexcept;

  /// An attempt has ended. Each that was let go comes here or to give_back(), once. `row` tells rows apart.
  class Ended {
   public:
    Ended(Permit permit_, std::uint64_t row_, time_point sent_, std::uint64_t in_flight_) noexcept
        : permit(permit_), row(row_), sent(sent_), in_flight(in_flight_) {}
    Permit permit;
    std::uint64_t row;
    time_point sent;
    std::uint64_t in_flight;  ///< of the whole run when it ended, itself included
  };
  /// `random`: 64 fresh uniform bits.
  Circuit::Change record(const AttemptEnd& end, const Ended& ended, time_point now, std::uint64_t random) noexcept;
  /// The echo call has ended: the probe where every row that is left has failed.
  Circuit::Change record_echo(Circuit::Result result, Permit permit, time_point now, std::uint64_t random) noexcept;
  /// Circuit::ask_for_proof.
  Circuit::Change ask_for_proof(time_point now) noexcept;
  /// An attempt that ended so, now, failed for an outage and not for its row.
  bool breaks(const AttemptEnd& end) const noexcept;
  /// For how long attempts have failed in a row, pauses left out; 0: the last one did not.
  std::chrono::nanoseconds failing_for(time_point now) const noexcept;
  /// How long the present outage has lasted, pauses left out.
  std::chrono::nanoseconds outage_lasted(time_point now) const noexcept;
  /// A connection could not be made, or brought no response; and one has brought a response.
  ConnectionTrouble::Change unreachable(const ConnectFailure& failure, time_point now);
  ConnectionTrouble::Change reached(time_point now);
  const ConnectionTrouble& connections() const noexcept { return connections_; }
  /// For how long no connection has brought a response, pauses left out; 0: one has since the last failure.
  std::chrono::nanoseconds unreachable_for(time_point now) const noexcept;

  /// Rows wait until then because amend wants it so: to be tried again, for the row of their customer before them, or
  /// for the next try to connect. That nothing happens before is no stall.
  void wait_on_purpose(time_point until) noexcept;
  time_point waits_until() const noexcept {
    return time_point(time_point::duration(waits_until_.load(std::memory_order_relaxed)));
  }

  /// It says nothing about the API: not sent after all, or taken back without anybody's fault.
  void give_back(Permit permit, time_point now) noexcept;

  /// Nobody goes before `until`: a Retry-After.
  void hold_until(time_point until, time_point now) noexcept;
  /// What an answer's rate-limit fields ask for.
  void heed(const ServerPace& asked, time_point now) noexcept;

  /// By a person. Whoever unpauses wakes the workers.
  void pause(time_point now) noexcept;
  void unpause(time_point now) noexcept;
  bool paused() const noexcept { return paused_.load(std::memory_order_acquire); }
  /// A clock that stands still while the run is paused: for patience with others, who are not asked for anything then.
  time_point awake(time_point now) const noexcept { return awake_.at(now); }
  /// Another --rate from now on, without a burst.
  void set_rate(const RateSetting& rate, time_point now) noexcept;
  void set_in_flight_max(std::uint32_t requests) noexcept;
  /// True once: a 429 came at a rate that a person had set, and it is slowed down from here on.
  bool take_slowed_down() noexcept { return slowed_down_.exchange(false, std::memory_order_relaxed); }

  /// Once after each proof: the share of 429s that is the same at every rate, so that the rate returns to --rate; 0:
  /// none.
  double take_constant_share() noexcept {
    return constant_share_.load(std::memory_order_relaxed) == 0 ? 0 : constant_share_.exchange(0);
  }

  enum class Pacer : std::uint8_t { option, adaptive, server };
  class Pace {
   public:
    Pace(std::chrono::nanoseconds interval_, Pacer pacer_) noexcept : interval(interval_), pacer(pacer_) {}
    std::chrono::nanoseconds interval;  ///< between two requests; 0: unlimited
    Pacer pacer;
  };
  Pace pace() const noexcept;
  /// No pace is in force.
  bool unlimited() const noexcept { return limiter_.unlimited(); }
  time_point held_until() const noexcept { return limiter_.held_until(); }
  /// Requests in flight that are allowed now, in the whole run.
  std::uint32_t in_flight_max() const noexcept;

  Canary& canary() noexcept { return canary_; }
  CredentialGuard& refusals() noexcept { return refusals_; }
  const Circuit& circuit() const noexcept { return circuit_; }
  RetryBudget& budget() noexcept { return budget_; }
  const RetryBudget& budget() const noexcept { return budget_; }
  const RunClock& clock() const noexcept { return clock_; }

 private:
  Decision refuse(Answer answer, time_point at, Permit permit, time_point now) noexcept;
  void adapt(const AttemptEnd& end, const Ended& ended, time_point now) noexcept;
  void find_rate_below(const Ended& ended, time_point now) noexcept;
  void follow_circuit(time_point now) noexcept;
  Pace slowest() const noexcept;
  void set_pace(time_point now) noexcept;

  Canary canary_;
  Circuit circuit_;
  CredentialGuard refusals_;
  RetryBudget budget_;
  ConnectionTrouble connections_;
  RunClock clock_;
  RunClock awake_;
  RateLimiter limiter_;
  ConcurrencyLimit concurrency_;
  const Concurrency concurrency_mode_;
  std::atomic<std::uint32_t> in_flight_max_;  // what connections and pipelines allow
  std::atomic<bool> paused_{false};
  std::atomic<std::int64_t> failing_since_{0};  // ns on the clock awake_
  std::atomic<bool> unreachable_{false};
  std::atomic<std::int64_t> unreachable_since_{0};  // ns on the clock awake_
  std::atomic<bool> slowed_down_{false};
  std::atomic<double> constant_share_{0};
  std::atomic<time_point::rep> waits_until_{0};

  mutable std::mutex outage_mutex_;  // guards what follows
  bool in_outage_ = false;
  time_point outage_began_{};  // on the clock `awake_`

  mutable std::mutex pace_mutex_;  // guards what follows
  RateSetting rate_;
  std::optional<AdaptiveRate> adaptive_;
  std::chrono::nanoseconds server_interval_{0};
  std::atomic<bool> adapts_;                                // adaptive_ is there: looked at without the mutex
  std::atomic<std::int64_t> server_until_{no_server_word};  // ns on the steady clock, likewise

  static constexpr std::int64_t no_server_word = std::numeric_limits<std::int64_t>::max();
};

/// What an attempt says about the API as a whole, not about its row.
Circuit::Result result_of(const AttemptEnd& end) noexcept;

}  // namespace amend
