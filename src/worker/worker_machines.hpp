// The three machines of a worker over one job table: Connections, Dispatcher, ResponseHandler. Tests drive them without
// an event loop; Worker adds the loop and the coroutines.
//
// *Threads.* The worker's, except the input queue. *Errors.* What Signer, ApiCall and Entropy throw. *Bounds.* Those of the job
// table. *Lifetime.* What the setup refers to outlives it. *Source.* src/README.md §1.
#pragma once

#include <optional>

#include "connections.hpp"
#include "dispatcher.hpp"
#include "quarantine.hpp"
#include "queue/batch_pool.hpp"
#include "response_handler.hpp"
#include "worker_state.hpp"

namespace amend {

class WorkerMachines {
 public:
  using Clock = WorkerState::Clock;

  /// Batches that may wait in the input queue.
  static constexpr std::size_t input_batches_max = 8;

  /// `rows_came`: the input queue has rows, or is closed; from any thread. `wake`: see Connections.
  WorkerMachines(WorkerSetup setup, std::function<void()> rows_came, std::function<void(Connection&)> wake);

  /// Does all that has become possible: rows came, a response came, a time is over, or the run must stop.
  void run(Clock::time_point now);
  /// The next time at which there is work again without another event.
  Clock::time_point due() const noexcept;
  /// This worker's share of the connections that the operator wants.
  std::uint32_t connections_wanted() const noexcept;

  WorkerState state;
  BatchQueue input;
  Connections connections;
  Quarantine quarantine;
  ResponseHandler responses;
  Dispatcher dispatcher;

 private:
  void drain(Clock::time_point now);

  std::uint32_t reconnects_ = 0;  // requested reconnects that are done
  std::optional<Clock::time_point> drain_until_;
};

}  // namespace amend
