// The circuit breaker for an outage of the API. While it is open, rows wait and keep their attempts, and single
// requests ask whether the outage is over.
//
//   closed     All requests go. It opens when attempts of at least `rows_to_open` different rows failed in a row as in
//              an outage. One row that the server cannot process is not an outage. Then `failures_to_open` failures
//              open it, or failures for at least `failing_for` at any rate. If the last of them was a 429, they must
//              also have lasted `throttled_for`: a rate limit that was exceeded is not an outage yet. Of gateway
//              responses `gateways_to_open` are enough, of any number of rows: the API itself does not respond any
//              more. It also opens when a row would end and no success shows that the API works (`ask_for_proof`).
//   open       No request goes until a probe is due: after 1 s, then twice as long each time, 30 s at most, with
//              jitter; at once when fewer than `rows_to_open` rows have failed.
//   half open  One request, the probe, is in flight. Its success closes the circuit step by step. When all rows that
//              are left have failed, the probe is the echo call, and its success closes the circuit at once. A failure
//              of the probe opens the circuit again.
//   closing    The number of requests in flight is at most the successes since the probe, plus one. At `ramp_end` the
//              circuit is closed. Failures in a row of `rows_to_open` rows open it again. A healthy API may fail now
//              and then, and some rows always fail: neither may count as an outage for ever.
//
// Between `ask_for_proof` and its answer, results of requests that were sent before count as while it is closed.
//
// Attempts that fail while it is open or half open do not count against their rows (`breaks`), but those between
// `ask_for_proof` and its answer do. The time it is not closed does not count against the rows' deadline
// (run_clock.hpp).
//
// *Threads.* Any; one object, shared by all workers. While it is closed, a success costs one relaxed load. *Errors.*
// None. *Bounds.* It remembers the last `failures_to_open` rows. *Lifetime.* A value that stays where it is. *Source.*
// A policy: time and random bits are arguments.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace amend {

class CircuitBreaker {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::uint32_t failures_to_open = 20;
  static constexpr std::uint32_t rows_to_open = 5;
  static constexpr std::uint32_t gateways_to_open = 5;
  static constexpr std::chrono::milliseconds failing_for{60'000};
  static constexpr std::chrono::milliseconds throttled_for{2'000};
  /// This many failures in a row are suspicious: untried rows go first then. That shows soon whether many fail, and no
  /// row uses up its attempts until then.
  static constexpr std::uint32_t suspicious = 3;
  static constexpr std::chrono::milliseconds first_wait{1'000};
  static constexpr std::chrono::milliseconds wait_max{30'000};
  static constexpr std::uint32_t ramp_end = 64;
  static constexpr std::chrono::milliseconds look_up{20};  ///< how soon to ask again while others must end first

  /// A request that goes while the circuit is not closed has a number, which comes back with its result.
  using ProbeRound = std::uint32_t;
  static constexpr ProbeRound no_round = 0;

  class Decision {
   public:
    Decision(bool go_, time_point at_, ProbeRound round_ = no_round) noexcept : go(go_), at(at_), round(round_) {}
    bool go;        ///< one request may be sent now
    time_point at;  ///< when not: when to ask again
    ProbeRound round;
  };

  /// What an attempt shows.
  enum class Result : std::uint8_t {
    success,    ///< the API responded as it does when it works, also with a refusal
    proof,      ///< the same, for the echo call, which concerns no row
    failure,    ///< as in an outage: 5xx, timeout, a lost connection
    gateway,    ///< the same: a response that is not the API's own
    refusal,    ///< a gateway refuses every client: CredentialGuard stops the run, and the circuit stays as it is
    throttled,  ///< 429
    nothing,    ///< neither: not sent, or its end was not its fault
  };

  enum class Change : std::uint8_t {
    none,
    opened,  ///< an outage: the operator should know
    closed,  ///< the outage is over: the operator should know
    asks,    ///< a probe is to show whether it is an outage
    proved,  ///< the probe showed that there is none
  };

  CircuitBreaker() = default;
  CircuitBreaker(const CircuitBreaker&) = delete;
  CircuitBreaker& operator=(const CircuitBreaker&) = delete;

  Decision ask(time_point now) noexcept;

  /// Each attempt once. `row` distinguishes rows; `random`: 64 fresh uniform bits.
  Change record(Result result, ProbeRound round, std::uint64_t row, time_point now, std::uint64_t random) noexcept;

  /// A row would end with a failure, and no request has succeeded since its failure before. So a probe is due now.
  Change ask_for_proof(time_point now) noexcept;

  /// The number of the present or next failures in a row. It changes when a request has succeeded.
  std::uint32_t streak() const noexcept { return streak_.number(); }
  std::uint32_t failures() const noexcept { return streak_.failures(); }
  /// Different rows among the last failures in a row.
  std::size_t rows_failing() const noexcept;

  /// An attempt that fails now fails because of the outage, not because of its row; except while is_only_asked().
  bool breaks() const noexcept {
    const State now = state();
    return now == State::open || now == State::half_open;
  }
  /// While it is not closed: it is certain that there is an outage.
  bool is_announced() const noexcept { return announced_.load(std::memory_order_relaxed); }
  /// While it is not closed: ask_for_proof() has opened it, and no result since then has shown an outage.
  bool is_only_asked() const noexcept { return asked_.load(std::memory_order_relaxed) && !is_announced(); }
  bool suspects() const noexcept { return failures() >= suspicious; }
  bool closed() const noexcept { return state_.load(std::memory_order_acquire) == State::closed; }
  /// The total time in which it was not closed.
  std::chrono::nanoseconds time_open(time_point now) const noexcept;
  /// While it is open: when the next probe is due.
  time_point probe_at() const noexcept;

  enum class State : std::uint8_t { closed, open, half_open, closing };
  State state() const noexcept { return state_.load(std::memory_order_acquire); }

 private:
  // Failures in a row, while closed or closing. They are written under the mutex, except by end().
  class Streak {
   public:
    void note(Result result, std::uint64_t row, time_point now) noexcept;
    void end() noexcept;
    std::uint32_t number() const noexcept { return number_.load(std::memory_order_relaxed); }
    std::uint32_t failures() const noexcept { return failures_.load(std::memory_order_relaxed); }
    bool has_enough_gateways() const noexcept { return gateways_ >= gateways_to_open; }
    bool is_outage(Result last, time_point now) const noexcept;
    std::size_t distinct_rows() const noexcept;

   private:
    std::atomic<std::uint32_t> failures_{0};
    std::atomic<std::uint32_t> number_{1};
    std::array<std::uint64_t, failures_to_open> rows_{};  // of the last failures
    std::uint32_t gateways_ = 0;                          // among the failures
    time_point since_{};                                  // the first of them
  };

  Change record_closed(Result result, std::uint64_t row, time_point now, std::uint64_t random) noexcept;
  Change record_asked(Result result, std::uint64_t row, time_point now) noexcept;
  Change record_half_open(Result result, time_point now, std::uint64_t random) noexcept;
  Change record_closing(Result result, std::uint64_t row, time_point now, std::uint64_t random) noexcept;
  void open(time_point now, std::uint64_t random) noexcept;
  void open_for_probe(time_point now) noexcept;
  Change close(time_point now) noexcept;
  void set(State state) noexcept { state_.store(state, std::memory_order_release); }

  mutable std::mutex mutex_;
  std::atomic<State> state_{State::closed};
  Streak streak_;
  std::atomic<bool> announced_{false};  // the operator knows that it is open
  std::atomic<bool> asked_{false};      // ask_for_proof() has opened it, not failures
  std::chrono::nanoseconds wait_{first_wait};
  time_point opened_at_{};
  time_point probe_at_{};
  std::atomic<std::int64_t> open_before_{0};  // ns, total of the earlier times it was open
  ProbeRound round_ = no_round;               // of the requests that count now
  std::uint32_t out_ = 0;                     // trials in flight while closing
  std::uint32_t window_ = 0;
};

/// A result that a row must not end with while no success shows that the API works.
bool is_trouble(CircuitBreaker::Result result) noexcept;

}  // namespace amend
