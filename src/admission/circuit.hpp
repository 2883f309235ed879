// An outage of the API: while it lasts rows wait instead of being burnt, and one request now and then asks whether it
// is over.
//
// Place: layer 1, pure (time and randomness are handed in). One object, shared by all workers; every call thread-safe.
// While it is closed a success costs one relaxed load.
//
//   closed     everything goes. Opens when attempts in a row failed as in an outage, of at least `rows_to_open`
//              different rows (a row that the server cannot digest is not an outage): `failures_to_open` of them, or
//              for `failing_for` at least, at however slow a pace. When the last of them was 429 they must have lasted
//              `throttled_for` besides: a limit that was overrun is not an outage yet. Of gateway responses
//              `gateways_to_open` are enough, of however few rows: the API itself says nothing any more.
//              Opens too when a row would end and nothing says that the API is well (`ask_for_proof`).
//   open       nothing goes until a probe is due: after 1 s, then twice as long each time, 30 s at most, with jitter;
//              at once when fewer than `rows_to_open` rows have failed.
//   half open  one request, the probe, is out. Its success closes the circuit step by step. When all rows that are left
//              have failed, the probe is the echo call, and its success closes the circuit at once. A failure of the
//              probe opens the circuit again.
//   closing    at most as many requests are out as have succeeded since the probe, plus one. At `ramp_end` the circuit
//              is closed. Failures in a row of `rows_to_open` rows open it again. A healthy API may fail now and then,
//              and some rows always fail: neither may count as an outage for ever.
//
// While it is only asked whether there is an outage (`ask_for_proof`), results of requests that were sent before count as
// while it is closed.
//
// Attempts that fail while it is open or half open do not count against their rows (`breaks`), but while it is only
// asked they do; the time it is not closed does not count against the rows' deadline (run_clock.hpp).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace amend {

class Circuit {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::uint32_t failures_to_open = 20;
  static constexpr std::uint32_t rows_to_open = 5;
  static constexpr std::uint32_t gateways_to_open = 5;
  static constexpr std::chrono::milliseconds failing_for{60'000};
  static constexpr std::chrono::milliseconds throttled_for{2'000};
  /// So many failures in a row are suspicious: rows that have not been tried go first then, so that it is soon known
  /// whether many fail, and none uses up its attempts meanwhile.
  static constexpr std::uint32_t suspicious = 3;
  static constexpr std::chrono::milliseconds first_wait{1'000};
  static constexpr std::chrono::milliseconds wait_max{30'000};
  static constexpr std::uint32_t ramp_end = 64;
  static constexpr std::chrono::milliseconds look_up{20};  ///< how soon to ask again while others are being waited for

  /// A request that goes while the circuit is not closed carries a number, to be given back with its result.
  using Trial = std::uint32_t;
  static constexpr Trial no_trial = 0;

  class Decision {
   public:
    Decision(bool go_, time_point at_, Trial trial_ = no_trial) noexcept : go(go_), at(at_), trial(trial_) {}
    bool go;        ///< one request may be sent now
    time_point at;  ///< when not: when to ask again
    Trial trial;
  };

  /// What an attempt says.
  enum class Result : std::uint8_t {
    success,    ///< the API answered as it does when it is well, be it with a refusal
    proof,      ///< the same, to the echo call: it is about no row
    failure,    ///< as in an outage: 5xx, timeout, a lost connection
    gateway,    ///< the same: a response that is not the API's own
    refusal,    ///< a gateway refuses whoever asks: CredentialGuard stops the run for it, it opens nothing
    throttled,  ///< 429
    nothing,    ///< neither: given back unsent, or taken back without anybody's fault
  };

  enum class Change : std::uint8_t {
    none,
    opened,  ///< an outage: the operator should know
    closed,  ///< it is over: the same
    asks,    ///< a probe is to show whether it is an outage
    proved,  ///< it showed that there is none
  };

  Circuit() = default;
  Circuit(const Circuit&) = delete;
  Circuit& operator=(const Circuit&) = delete;

  Decision ask(time_point now) noexcept;

  /// Each attempt once. `row` tells rows apart; `random`: 64 fresh uniform bits.
  Change record(Result result, Trial trial, std::uint64_t row, time_point now, std::uint64_t random) noexcept;

  /// A row would end with a failure, and since its failure before no request has succeeded: a probe is due now.
  Change ask_for_proof(time_point now) noexcept;

  /// The failures in a row that are under way, or the next ones. Another number than before: a request has succeeded
  /// since.
  std::uint32_t streak() const noexcept { return streak_.number(); }
  std::uint32_t failures() const noexcept { return streak_.failures(); }
  /// Different rows among the last failures in a row.
  std::size_t rows_failing() const noexcept;

  /// An attempt that fails now fails for the outage, not for its row; unless is_only_asked().
  bool breaks() const noexcept {
    const State now = state();
    return now == State::open || now == State::half_open;
  }
  /// While it is not closed: it is an outage, and not only asked whether it is one.
  bool is_announced() const noexcept { return announced_.load(std::memory_order_relaxed); }
  /// While it is not closed: ask_for_proof() has opened it, and nothing has shown since that there is an outage.
  bool is_only_asked() const noexcept { return asked_.load(std::memory_order_relaxed) && !is_announced(); }
  bool suspects() const noexcept { return failures() >= suspicious; }
  bool closed() const noexcept { return state_.load(std::memory_order_acquire) == State::closed; }
  /// How long it has not been closed, in all.
  std::chrono::nanoseconds time_open(time_point now) const noexcept;
  /// While it is open: when the next probe is due.
  time_point probe_at() const noexcept;

  enum class State : std::uint8_t { closed, open, half_open, closing };
  State state() const noexcept { return state_.load(std::memory_order_acquire); }

 private:
  // Failures in a row, while closed or closing. Written under the mutex, except end().
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
  std::atomic<std::int64_t> open_before_{0};  // ns, of the times it was open before
  Trial trial_ = no_trial;                    // of the requests that count now; older ones do not
  std::uint32_t out_ = 0;                     // trials out while closing
  std::uint32_t window_ = 0;
};

/// A result that a row must not end with while nothing says that the API is well.
bool is_trouble(Circuit::Result result) noexcept;

}  // namespace amend
