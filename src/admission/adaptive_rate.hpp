// `--rate auto`: finds the highest rate that the API takes without pushing back, and keeps it with few refusals.
//
//   slow start  ×1.5 per second, beginning at 10/s, until the API pushes back.
//   cut         At a push-back, w is the present rate. If the rate accepted of late is clearly less, w is that rate,
//               but at least half the present one: one second must not undo a run. The rate becomes 0.9 · w.
//   cubic       W(t) = w · (1 + 0.1 · ((t − K) / K)³) while t < K, (… / 10 s)³ later. It is soon near w, stays close to
//               it for a while, then exceeds it ever faster. K is 10 s. While the limit does not move, K grows by half
//               each time, up to 24 s.
//   new limit   Beyond 1.25 · w: ×1.25 per second.
//
// This is CUBIC (RFC 9438) for a rate instead of a window. It has no unit, so 20/s and 20,000/s are found in the same
// time. The measured rate, and growth only while the rate is used, are as in the adaptive mode of the AWS SDKs.
//
// One congestion causes one cut: requests sent before a cut or within 1 s after it cause no other. An API that counts
// each second by itself, and refuses all requests until the second is over, so causes one cut. A limit that was halved
// is found by the second cut, when the accepted rate has been measured.
//
// A share of 429s that a lower rate does not make smaller does not depend on the rate (constant_share.hpp). Once that
// is proven, the rate grows as at the start, and only refusals beyond that share cut it.
//
// It grows only while the rate is the limiting factor: four fifths of the requests it allowed in the last second got a
// response. A gap in the responses does not count as time. After a gap longer than both 250 ms and two intervals it
// measures again. After a pause, an outage or a suspended process it continues where it was.
//
// The tests expect 97 % of a limit used and 0.3 % refused. For 2/s they expect 95 % and 3 %: one refusal per 20 s. They
// expect half the limit within 10 s, twice the limit within 45 s.
//
// *Threads.* Any; one object, shared by all workers. A response takes a mutex and a few additions; each tenth of a
// second takes a sum over ten slots. Reading the interval is one relaxed load. *Errors.* None. *Bounds.* About 1,000
// bytes. The rate is at least 0.5/s. It is at most the given rate, or 1,000,000/s without one. *Lifetime.* A value that
// stays where it is. *Source.* A policy: the time is an argument.
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

  static constexpr double first_rate = 10;      ///< requests per second
  static constexpr double slowest = 0.5;        ///< requests per second
  static constexpr double fastest = 1'000'000;  ///< requests per second
  static constexpr double cut_to = 0.9;
  static constexpr std::chrono::milliseconds same_congestion{1'000};
  static constexpr double overload_share = 0.05;  ///< of the latest responses: more is a push-back

  /// What an attempt shows about the rate.
  enum class Signal : std::uint8_t {
    accepted,    ///< any response of a working API, also one that refuses the row
    refused,     ///< 429: always a push-back
    overloaded,  ///< 503, or no response in time: a push-back above one response in twenty
    nothing,     ///< neither: not sent, or lost without the API's fault
  };

  /// `shortest_interval`: the interval of the highest rate allowed; 0: of 1,000,000/s. `first`: the first rate in
  /// requests per second, cut to the highest rate allowed.
  explicit AdaptiveRate(std::chrono::nanoseconds shortest_interval, double first = first_rate) noexcept;
  AdaptiveRate(const AdaptiveRate&) = delete;
  AdaptiveRate& operator=(const AdaptiveRate&) = delete;

  /// Call it once for each attempt that ended. `sent`: when the request was sent. Returns the interval now in force.
  std::chrono::nanoseconds record(Signal signal, time_point sent, time_point now) noexcept;

  /// The time between two requests.
  std::chrono::nanoseconds interval() const noexcept;
  /// Requests per second, for display.
  double rate() const noexcept;
  /// Returns the proven share of 429s that does not depend on the rate, once after each proof. Returns 0 if there is no
  /// such share, or if it was taken already.
  double take_proven_share() noexcept;

 private:
  // A tenth of a second, or longer when responses are rare.
  class Slot {
   public:
    double answers() const noexcept { return accepted + refused + overloaded; }
    double seconds = 0;
    double allowed = 0;  // requests: the rate, integrated over the time
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

  const double ceiling_;  // requests per second
  mutable std::mutex mutex_;
  double rate_;           // requests per second
  double peak_ = 0;       // w, requests per second; 0 until the first push-back
  double probe_after_;    // K, seconds
  double since_cut_ = 0;  // seconds in which the rate could grow
  ConstantShare share_;
  double proof_to_ = 0;  // the rate that a proof of the share must reach
  bool proven_ = false;  // and take_proven_share() has not returned it yet
  time_point deaf_until_ = time_point::min();
  time_point last_ = time_point::min();
  std::array<Slot, 10> slots_{};  // the latest ones since the last cut or gap
  std::size_t newest_ = 0;
  std::atomic<std::int64_t> interval_{0};  // ns
};

}  // namespace amend
