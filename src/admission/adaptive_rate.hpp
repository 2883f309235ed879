// `--rate auto`: finds the highest rate that the API takes without pushing back, and holds it with few refusals.
//
// Place: layer 1, pure (the time is handed in). One object, shared by all workers; every call thread-safe: a mutex for
// each answer, one relaxed load to read the interval. About 1,000 bytes; an answer costs a few additions, each tenth of
// a second a sum over ten slots.
//
//   slow start  ×1.5 a second from 10/s on, until the API pushes back.
//   cut         at a push-back: w = the rate, or the rate that was accepted of late when that is clearly less (but at
//               least half the rate: one second must not undo a run). The rate becomes 0.9 · w.
//   cubic       W(t) = w · (1 + 0.1 · ((t − K) / K)³) while t < K, (… / 10 s)³ from then on: soon near w, a while close
//               to it, then beyond it, faster and faster. K is 10 s; while the limit proves to stay where it was it
//               grows by half each time, to 24 s.
//   new limit   beyond 1.25 · w: ×1.25 a second.
//
// (CUBIC, RFC 9438, of a rate instead of a window and without a unit: 20/s and 20,000/s are found in the same time. The
// measured rate, and "only while it is used", as in the adaptive mode of the AWS SDKs.)
//
// One cut for one congestion: requests sent before a cut or within 1 s after it count for no other. So an API that
// counts each second by itself, and refuses all until the second is over, cuts once; a limit that was halved is found
// by the second cut, when what it accepts has been measured.
//
// A share of 429s that a lower rate does not make smaller has nothing to do with the rate (constant_share.hpp): when it is
// proven the rate grows as at the start, and only refusals beyond that share cut it.
//
// It grows only while the rate is what limits: four fifths of what it allowed in the last second were answered. Time
// without answers is no time: after a gap longer than 250 ms, or two intervals when that is longer, it measures anew,
// and after a pause, an outage or a suspended process it goes on where it was.
//
// To be expected of it, as the tests hold it: 97 % of a limit used and 0.3 % refused (of 2/s 95 % and 3 %: one refusal
// in 20 s is that many); half the limit found within 10 s, twice the limit within 45 s.
//
// Bounds: 0.5/s to the rate it is given; 1,000,000/s when given none.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "admission/constant_share.hpp"

namespace amend {

class AdaptiveRate {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr double first_rate = 10;      ///< requests a second
  static constexpr double slowest = 0.5;        ///< requests a second
  static constexpr double fastest = 1'000'000;  ///< requests a second
  static constexpr double cut_to = 0.9;
  static constexpr std::chrono::milliseconds same_congestion{1'000};
  static constexpr double overload_share = 0.05;  ///< of the answers of late: more is a push-back

  /// What an attempt says about the rate.
  enum class Signal : std::uint8_t {
    accepted,    ///< any answer of a healthy API, be it that the row is wrong
    refused,     ///< 429: always a push-back
    overloaded,  ///< 503, or no answer in time: a push-back when it is more than one answer in twenty
    nothing,     ///< neither: given back unsent, or lost without the API's doing
  };

  /// `shortest_interval`: that of the highest rate allowed; 0: of 1,000,000/s. `first`: requests a second to begin
  /// with, cut to what is allowed.
  explicit AdaptiveRate(std::chrono::nanoseconds shortest_interval, double first = first_rate) noexcept;
  AdaptiveRate(const AdaptiveRate&) = delete;
  AdaptiveRate& operator=(const AdaptiveRate&) = delete;

  /// Each attempt that ended, once; `sent` is when it went out. Returns the interval now in force.
  std::chrono::nanoseconds record(Signal signal, time_point sent, time_point now) noexcept;

  /// Between two requests.
  std::chrono::nanoseconds interval() const noexcept;
  /// Requests a second, for display.
  double rate() const noexcept;
  /// Once after it was proven: the share of 429s that does not depend on the rate; 0: none, or it was taken.
  double take_proven_share() noexcept;

 private:
  // A tenth of a second, or longer when few answers come.
  class Slot {
   public:
    double answers() const noexcept { return accepted + refused + overloaded; }
    double seconds = 0;
    double allowed = 0;  // requests: the rate, summed up over the time
    double accepted = 0;
    double refused = 0;
    double overloaded = 0;
  };

  Slot& count(Signal signal, time_point now) noexcept;
  Slot of_late() const noexcept;
  bool pushes_back(Signal signal, time_point sent) noexcept;
  void follow(ConstantShare::Step step) noexcept;
  void cut(time_point now) noexcept;
  void pace_probes(double peak) noexcept;
  void grow(double seconds) noexcept;
  void set(double rate) noexcept;

  const double ceiling_;  // requests a second
  mutable std::mutex mutex_;
  double rate_;           // requests a second
  double peak_ = 0;       // w, requests a second; 0 until the first push-back
  double probe_after_;    // K, seconds
  double since_cut_ = 0;  // seconds in which it may have grown
  ConstantShare share_;
  double proof_to_ = 0;  // the rate that a proof of the share needs
  bool proven_ = false;  // and not taken yet
  time_point deaf_until_ = time_point::min();
  time_point last_ = time_point::min();
  std::array<Slot, 10> slots_{};  // the last ones, none from before a cut or a gap
  std::size_t newest_ = 0;
  std::atomic<std::int64_t> interval_{0};  // ns
};

}  // namespace amend
