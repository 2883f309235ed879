// Takes rows on their way to a connection: key gate, admission control, signature, hand-over. It also takes rows whose
// retry is due.
//
// *Threads.* The worker's. *Errors.* What Signer, ApiCall and Entropy throw. *Bounds.* Rows wait in the job table. No batch is
// taken while waiting rows use the worker's share of `parked_bytes_max`. *Lifetime.* State, connections and input
// outlive it. *Source.* src/README.md §3: AdmissionControl decides when a request may be sent.
#pragma once

#include <optional>

#include "connections.hpp"
#include "worker_state.hpp"

namespace amend {

class Dispatcher {
 public:
  using Clock = WorkerState::Clock;

  Dispatcher(WorkerState& state, Connections& connections, BatchQueue& input)
      : state_(state), connections_(connections), input_(input) {}

  /// Takes rows that have come or are due, and sends all that may be sent now.
  void dispatch(Clock::time_point now);
  /// The next time at which dispatch() has work again without another event.
  Clock::time_point due() const noexcept;
  void show_held_customers();
  /// The run stops: rows that are not in flight are dropped.
  void drop_waiting();
  /// Pipelines are refilled at half their depth, and responses need not be measured one by one.
  bool reads_in_turns() const noexcept;

 private:
  enum class Refill : std::uint8_t { at_once, at_half };

  void take_due(Clock::time_point now);
  bool may_retry(RowJob& job) noexcept;
  void fetch();
  void take_batch(const RowRef& batch);
  bool admit(JobNumber number);
  bool dispatch_waiting(Clock::time_point now);
  bool dispatch_ready(Refill refill, Clock::time_point now);
  bool gathers_requests(Refill refill, Clock::time_point now);
  bool dispatch_alone(Clock::time_point now);
  void dispatch_echo(Clock::time_point now);
  bool may_send(Clock::time_point now);
  Refill refill_now() const noexcept;
  std::size_t in_flight_max(Refill refill) const noexcept;
  void submit(Connection& connection, const SignedRequest& request, Clock::time_point now);
  void want_connection_in_time(Clock::time_point now);

  WorkerState& state_;
  Connections& connections_;
  BatchQueue& input_;
  Clock::time_point due_ = Clock::time_point::max();         // when more rows may be sent
  Clock::time_point budget_due_ = Clock::time_point::min();  // when a due retry asks the budget again
  Clock::time_point group_due_{};  // when the group is sent, or sooner, when a connection has room
  SignedRequest alone_;
  Permit permit_;                                // of the next request
  std::optional<Clock::time_point> pace_waits_;  // since when ready rows wait for the rate
  std::size_t signatures_left_ = 0;              // in this turn; signatures while no request is in flight are free
  std::size_t held_shown_ = 0;                   // of this worker, in the metrics
  bool sent_ = false;                            // in this turn
};

}  // namespace amend
