// Decides when a connection is opened and when it rests, and how long it waits before it is opened again.
//
// | event                                         | next phase                                     | failures |
// |-----------------------------------------------|------------------------------------------------|----------|
// | wanted                                        | opening                                        |          |
// | opened                                        | open                                           |          |
// | failed: not opened, or ended with no response | stays                                          | + 1      |
// | responded                                     | stays                                          | 0        |
// | distrusted: a response is not to be believed  | stays                                          | 1        |
// | ended                                         | asleep                                         |          |
// | rests: its end has been handled               | backing_off if there are failures, else at rest |          |
// | waited: its wait is over                      | at rest                                        |          |
//
// At rest: asleep until it is wanted, or opening where connections are always open.
//
// The n-th failure in a row waits first · 2^(n−1), up to the longest wait. On demand, the wait is uniform between 0 and
// that value ("full jitter"). So the workers of many runs do not reconnect at the same time.
//
// *Threads.* Any: a policy has no state of its own. *Errors.* None. *Bounds.* The longest wait is `longest_wait`.
// *Lifetime.* A value. *Source.* A pure function: the time and random bits are arguments.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace amend {

class ReconnectPolicy {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using milliseconds = std::chrono::milliseconds;

  enum class Use : std::uint8_t {
    on_demand,    ///< a run: opened when rows wait for it
    always_open,  ///< a measurement: opened again at once
  };
  enum class Phase : std::uint8_t { asleep, opening, open, backing_off };
  enum class Event : std::uint8_t { wanted, opened, failed, responded, distrusted, ended, rests, waited };

  class State {
   public:
    Phase phase = Phase::asleep;
    std::uint32_t failures = 0;  ///< in a row
    time_point at{};             ///< when the phase began, or when backing off is over
  };

  explicit constexpr ReconnectPolicy(Use use) noexcept : use_(use) {}

  constexpr bool on_demand() const noexcept { return use_ == Use::on_demand; }
  constexpr milliseconds first_wait() const noexcept { return milliseconds(on_demand() ? 100 : 50); }
  constexpr milliseconds longest_wait() const noexcept { return milliseconds(on_demand() ? 10'000 : 2'000); }

  /// The state of a new connection.
  constexpr State first() const noexcept { return at_rest(State(), time_point{}); }
  /// `random`: 64 fresh uniform bits; only `rests` uses them.
  constexpr State next(State state, Event event, time_point now, std::uint64_t random = 0) const noexcept {
    switch (event) {
      case Event::wanted: return in(state, Phase::opening, now);
      case Event::opened: return in(state, Phase::open, now);
      case Event::failed: ++state.failures; return state;
      case Event::responded: state.failures = 0; return state;
      case Event::distrusted: state.failures = 1; return state;
      case Event::ended: return in(state, Phase::asleep, now);
      case Event::rests:
        if (state.failures > 0) return in(state, Phase::backing_off, now + wait(state.failures, random));
        return at_rest(state, now);
      case Event::waited: break;
    }
    return at_rest(state, now);
  }

 private:
  static constexpr State in(State state, Phase phase, time_point at) noexcept {
    state.phase = phase;
    state.at = at;
    return state;
  }
  constexpr State at_rest(State state, time_point now) const noexcept {
    return in(state, on_demand() ? Phase::asleep : Phase::opening, now);
  }
  constexpr milliseconds wait(std::uint32_t failures, std::uint64_t random) const noexcept {
    const auto longest = std::min(longest_wait(), first_wait() * (1 << (std::min(failures, 10U) - 1)));
    return on_demand() ? milliseconds(random % static_cast<std::uint64_t>(longest.count() + 1)) : longest;
  }

  Use use_;
};

}  // namespace amend
